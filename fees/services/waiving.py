"""A demand for a part of a debt that is given up or taken back: the debt, and a guarantee that was called, know it."""

from datetime import datetime
from uuid import UUID

from fees.selectors.lines import demand_by_source, demand_law, demand_view
from fees.services.debts import Debt, debt_lock
from fees.services.demands import Asked, demand_end, demand_make, demands_lock
from fees.services.remissions import debt_remit_whole
from fees.states import DemandState, FiscalState
from fees.types import DEBT_DEMANDS, DemandKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services import guarantee_convert, guarantee_replenish, guarantee_restore, guarantees_lock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation

REASON_LENGTH = 500


def demand_waive(work: Work, demand_id: UUID, *, reason: str, waived: bool, actor: Actor, at: datetime) -> None:
    """Remit an open demand; where it is for a part of a declaration's debt, that debt is less by it from now on.

    What a guarantee was called for comes back to its limit, for nobody owes it any more.

    Locks: the fiscal status, then the demand, then the guarantees.

    Source: docs/rules/fees.md, FE-REM-03; docs/rules/guarantees.md, GU-CAL-02.

    Args:
        waived: whether it was right and is not asked for all the same; otherwise it was too much.

    Raises:
        NotFound: there is none.
        TransitionRefused: it is not open any more.
    """
    debt, demand = _locked(work, demand_id, actor, at)
    demand_end(work, demand, "remit", reason=reason, actor=actor, at=at)
    if debt is None:
        return
    if of_debt(demand):
        source = f"demand:{demand.id}"
        debt_remit_whole(work, debt, demand.authority, demand.amount_minor, waived=waived, source=source)
    if demand.kind is DemandKind.GUARANTEE_CALL:
        guarantee_replenish(
            work, subject_id=debt.declaration_id, amount_minor=demand.amount_minor, actor=actor, at=at, reason=reason
        )


def demand_cancel(work: Work, demand_id: UUID, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take an open demand back that should not have been made; of a called guarantee, undo what was taken.

    What was taken stands reserved again while the debt stands, so that it can be called anew (`call_again`); what
    nobody owes any more is free.

    Locks: the fiscal status, then the demand, then the guarantees.

    Source: docs/rules/guarantees.md, GU-CAL-01 (domain.md K6).

    Raises:
        NotPermitted: the actor may not determine debts.
        NotFound: there is none.
        RuleViolated: GU-CAL-03, no reason is given.
        TransitionRefused: it is not open any more: it was paid, or ended before.
    """
    actor.require(Permission.DETERMINE_DEBT)
    text = _reason(reason)
    debt, demand = _locked(work, demand_id, actor, at)
    demand_end(work, demand, "cancel", reason=text, actor=actor, at=at)
    if debt is None or demand.kind is not DemandKind.GUARANTEE_CALL:
        return
    stands = min(demand.amount_minor, debt.total_minor) if of_debt(demand) else 0
    subject = debt.declaration_id
    if stands:
        stands = guarantee_restore(work, subject_id=subject, amount_minor=stands, actor=actor, at=at, reason=text)
    if demand.amount_minor > stands:
        rest = demand.amount_minor - stands
        guarantee_replenish(work, subject_id=subject, amount_minor=rest, actor=actor, at=at, reason=text)


def call_again(work: Work, demand_id: UUID, *, reason: str, actor: Actor, at: datetime) -> UUID:
    """Call a guarantee again for what was called before and taken back; returns the new demand's id.

    As much is taken as still stands reserved for the debt.

    Locks: the fiscal status, then the demand, then the guarantees.

    Idempotent: a call is made again once; asked again, the answer is the demand that was made.

    Source: GU-CAL-04.

    Raises:
        NotPermitted: the actor may not determine debts.
        NotFound: it is no call on a guarantee.
        RuleViolated: GU-CAL-03, no reason is given.
        TransitionRefused: it was not taken back, or nothing stands reserved any more.
    """
    actor.require(Permission.DETERMINE_DEBT)
    text = _reason(reason)
    debt, demand = _locked(work, demand_id, actor, at)
    if debt is None or demand.kind is not DemandKind.GUARANTEE_CALL:
        raise NotFound
    if demand.state is not DemandState.CANCELLED or debt.state is not FiscalState.FINAL:
        raise TransitionRefused("Only a call that was taken back is made again.")
    source = f"again:{demand.id}"
    held = reserved_for(debt.declaration_id)
    guarantees_lock(work, [one.grn for one in held])
    left = min(demand.amount_minor, sum(one.open_minor for one in held))
    known = demand_by_source(source)
    if known is not None:
        return known
    if not left:
        raise TransitionRefused("Nothing stands reserved for this debt any more.")
    taken = 0
    for purpose in dict.fromkeys(one.purpose for one in held):
        taken += guarantee_convert(
            work,
            subject_id=debt.declaration_id,
            purpose=purpose,
            amount_minor=left - taken,
            actor=actor,
            at=at,
            reason=text,
        )
    return demand_make(
        work,
        source=source,
        kind=DemandKind.GUARANTEE_CALL,
        organisation_id=demand.organisation_id,
        authority=demand.authority,
        amount_minor=taken,
        currency=demand.currency,
        text=demand.text,
        law=demand_law(demand.id),
        subject_type=demand.subject_type,
        subject_id=demand.subject_id,
        event_on=at.date(),
        declaration_id=demand.declaration_id,
        actor=actor,
        at=at,
    )


def of_debt(demand: Asked) -> bool:
    """Whether a demand is for a part of a declaration's debt, and not for interest that a guarantee answers for."""
    return demand.kind in DEBT_DEMANDS and not (demand.source.startswith("final:") and demand.source.endswith(":i"))


def _locked(work: Work, demand_id: UUID, actor: Actor, at: datetime) -> tuple[Debt | None, Asked]:
    """A demand, and the debt that it is a part of; the debt first."""
    view = demand_view(demand_id)
    if view is None:
        raise NotFound
    debt = None
    if view.declaration_id is not None and view.kind in DEBT_DEMANDS:
        payer_id = view.organisation_id
        debt = debt_lock(work, declaration_id=view.declaration_id, organisation_id=payer_id, at=at, actor=actor)
    (demand,) = demands_lock(work, [demand_id])
    return debt, demand


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give reasons of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("GU-CAL-03", "/reason", sentence, "Say why.")])
    return text
