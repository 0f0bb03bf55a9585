"""Draft charges for tests: whole and allowed unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from fees.rules.schedule import ChargeTerms, CostPart
from fees.services.schedule import charge_draft_make, charge_draft_open
from fees.types import ChargeEvent
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from tests.factories import accounts

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
UNTIL = TODAY + timedelta(days=30)
AFTER = NOW + timedelta(days=31)


def terms(**changes: Any) -> ChargeTerms:
    """Plant health asks 38 for its check from March on; the check costs 40.50 each."""
    values = ChargeTerms(
        code="PHY-INS",
        title="Plant health check at the border",
        authority="PHY",
        authority_name="Plant Health Service",
        law="Plant Protection (Charges) Order 2026, part 1",
        event=ChargeEvent.IMPORT_DECLARATION,
        unit="per declaration with such goods",
        amount=Decimal(38),
        percentage=None,
        minimum=None,
        maximum=None,
        prefixes=("06", "07", "0901"),
        in_vat_base=False,
        valid_from=date(2027, 3, 1),
        valid_to=None,
        comment="One check a consignment",
        reason="Two inspectors more at the port.",
        cost_basis="Study of the hours worked in 2026.",
        cost_parts=(CostPart("Staff", Decimal("320000")), CostPart("Laboratory", Decimal("85000"))),
        services_a_year=10_000,
        expected_charge=Decimal(38),
    )
    return replace(values, **changes)


def officer(agency: str = "PHY") -> Actor:
    """An officer of an agency, who drafts its charges."""
    return accounts.actor(Role.AGENCY_OFFICER, agency=agency)


def opened(actor: Actor | None = None, until: date = UNTIL, **changes: Any) -> UUID:
    """A draft that is open for comment; call it under a frozen clock."""
    actor = actor or officer()
    draft_id = charge_draft_make(terms=terms(**changes), actor=actor)
    charge_draft_open(draft_id=draft_id, comments_until=until, actor=actor)
    return draft_id
