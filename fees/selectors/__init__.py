"""Reads of fees: the tariff of a version, what was assessed, where the money stands, the public schedule."""

from fees.selectors.accounts import AccountView, Movement, account_movements, account_of, ledger_total
from fees.selectors.assessments import (
    AssessmentView,
    assessment_explain,
    assessment_for,
    assessments_made,
    declarations_awaiting_money,
    fiscal_state,
    fiscal_state_of_version,
    fiscal_status,
    security_due,
)
from fees.selectors.measures import TariffAsOf, measures_for, tariff_as_of
from fees.selectors.nomenclature import nomenclature_children, nomenclature_line, nomenclature_path
from fees.selectors.schedule import ScheduleRow, authorities, charge_schedule
from fees.selectors.tariff import tariff_current, tariff_of_version

__all__ = [
    "AccountView",
    "AssessmentView",
    "Movement",
    "ScheduleRow",
    "TariffAsOf",
    "account_movements",
    "account_of",
    "assessment_explain",
    "assessment_for",
    "assessments_made",
    "authorities",
    "charge_schedule",
    "declarations_awaiting_money",
    "fiscal_state",
    "fiscal_state_of_version",
    "fiscal_status",
    "ledger_total",
    "measures_for",
    "nomenclature_children",
    "nomenclature_line",
    "nomenclature_path",
    "security_due",
    "tariff_as_of",
    "tariff_current",
    "tariff_of_version",
]
