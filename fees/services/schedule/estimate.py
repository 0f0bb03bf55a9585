"""The total of all charges of all authorities for a described consignment."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fees.rules.estimate import PORT_EVENTS, EstimateLine, charges_described
from fees.rules.valuation import customs_values
from fees.selectors.tariff import tariff_current
from fees.services.quotes import profile_and_day, rates_for
from fees.types import ChargeEvent, Facts, Unbilled
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.reference.selectors import office as office_of

PORTS = frozenset({"seaport", "inland_port"})
"""Kinds of offices where goods pass a port."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is described: the goods as a declaration would state them, and what happens beside it."""

    facts: Facts
    office: str
    containers: int = 0
    storage_days: int = 0
    overtime_hours: int = 0
    permits: tuple[str, ...] = ()
    """Codes of the charges for permits."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Every charge with its law, and what they come to."""

    on: date
    currency: str
    tariff: str
    customs_value: Decimal
    lines: tuple[EstimateLine, ...]
    unbilled: tuple[Unbilled, ...]
    due: tuple[tuple[str, Decimal], ...]
    """What each authority is owed."""
    total: Decimal


def charges_estimate(described: Consignment, *, at: datetime | None = None) -> Estimate:
    """What a consignment is charged, by the rules that bill a declaration of the same goods; duties are not in it.

    Source: docs/rules/fees.md, FE-SCH-10 (TFA 6.1, domain.md F07).

    Raises:
        NotFound: there is no such office.
        RuleViolated: a value or an exchange rate is missing; every finding is listed.
    """
    profile, on = profile_and_day(at or clock.now())
    at_port = office_of(described.office, on).kind in PORTS
    tariff, currency, facts = tariff_current(), profile.currency, described.facts
    builds, _costs, _notes, findings = customs_values(
        facts,
        currency=currency,
        rates=rates_for(facts, currency=currency, on=on),
        basis=profile.valuation_basis,
        shared_by=profile.freight_shared_by,
    )
    if findings:
        raise RuleViolated("The charges cannot be worked out yet.", violations=findings)
    values = [build.customs_value for build in builds]
    occasions = {
        ChargeEvent.CONTAINER: described.containers,
        ChargeEvent.STORAGE_DAY: described.storage_days * max(1, described.containers),
        ChargeEvent.OVERTIME_HOUR: described.overtime_hours,
    }
    if not at_port:
        occasions = {event: count for event, count in occasions.items() if event not in PORT_EVENTS}
    lines, unbilled = charges_described(
        facts, occasions, described.permits, tariff=tariff, values=values, on=on, currency=currency
    )
    due: dict[str, Decimal] = {}
    for line in lines:
        due[line.authority] = due.get(line.authority, Decimal(0)) + line.amount
    return Estimate(
        on=on,
        currency=currency,
        tariff=tariff.label,
        customs_value=sum(values, Decimal(0)),
        lines=tuple(lines),
        unbilled=tuple(unbilled),
        due=tuple(sorted(due.items())),
        total=sum(due.values(), Decimal(0)),
    )
