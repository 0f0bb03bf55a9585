"""What a trader can pay now: demands that are open, and debts of declarations that wait for money."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from declarations.selectors.standing import legal_states
from declarations.states import LegalState
from fees.models import Demand, FiscalStatus
from fees.states import DemandState, FiscalState

LISTED_MOST = 200
AWAITED = (FiscalState.INSUFFICIENT.value, FiscalState.ASSESSED.value)
ALIVE = frozenset({LegalState.REGISTERED, LegalState.ACCEPTED, LegalState.RELEASED})
"""Legal states in which what was assessed is still owed."""


@dataclass(frozen=True, slots=True)
class Payable:
    """One thing that an organisation can pay, and to whom it is owed."""

    id: UUID
    """Of the demand, or of the declaration."""
    is_demand: bool
    text: str
    authority: str
    """Empty for the debt of a declaration, which is shared out among several."""
    currency: str
    amount_minor: int
    due_on: date | None
    kind: str
    """The kind of the demand, or the fiscal state of the debt."""
    mrn: str = ""


def demands_payable(organisation_id: UUID, *, ids: Collection[UUID] | None = None) -> list[Payable]:
    """The open demands on an organisation, those that are due first in front."""
    rows = Demand.objects.filter(organisation_id=organisation_id, state=DemandState.OPEN.value)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return [
        Payable(row.pk, True, row.text, row.authority, row.currency, row.amount_minor, row.due_on, row.kind)
        for row in rows.order_by("due_on", "pk")[:LISTED_MOST]
    ]


def debts_payable(organisation_id: UUID, *, ids: Collection[UUID] | None = None) -> list[Payable]:
    """The debts of declarations that an organisation is asked to pay and that stand against release, oldest first."""
    rows = FiscalStatus.objects.filter(organisation_id=organisation_id, state__in=AWAITED, total_minor__gt=0)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    found = list(rows.order_by("pk")[:LISTED_MOST])
    alive = legal_states(row.pk for row in found)
    return [
        Payable(row.pk, False, row.mrn, "", row.currency, row.total_minor, None, row.state, row.mrn)
        for row in found
        if alive.get(row.pk) in ALIVE
    ]


def demand_states(ids: Iterable[UUID]) -> Mapping[UUID, DemandState]:
    """The state of each demand by its id."""
    rows = Demand.objects.filter(pk__in=list(ids)).values_list("pk", "state")
    return {demand_id: DemandState(state) for demand_id, state in rows}


def debts_owed(ids: Iterable[UUID]) -> Mapping[UUID, tuple[FiscalState, int]]:
    """Fiscal state and total of each declaration that is still one: what ended owes nothing any more."""
    wanted = list(ids)
    alive = legal_states(wanted)
    rows = FiscalStatus.objects.filter(pk__in=wanted).values_list("pk", "state", "total_minor")
    return {
        declaration_id: (FiscalState(state), total)
        for declaration_id, state, total in rows
        if alive.get(declaration_id) in {*ALIVE, LegalState.CLEARED}
    }
