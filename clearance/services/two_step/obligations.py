"""The obligation itself: opened at release, moved on by its life cycle, told to whom it concerns."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from clearance.models import SupplementaryObligation
from clearance.states import SUPPLEMENTARY, SupplementaryState
from declarations.types import DeclarationHead
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue, timers_cancel
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.reference.selectors import profile
from singlewindow.reference.types import TwoStepScheme

TIMER = "clearance.two_step"
AWAITED = (SupplementaryState.OWED.value, SupplementaryState.OVERDUE.value)


def scheme_at(at: datetime) -> TwoStepScheme | None:
    """The country's scheme on a day."""
    return profile(at.date()).two_step


def is_simplified(head: DeclarationHead) -> bool:
    """Whether a declaration is a short one that owes a full one (TS-01)."""
    scheme = scheme_at(head.lodged_at)
    return scheme is not None and head.type_code[:2] in {"IM", "EX"} and head.type_code[2] in scheme.simplified


def supplementary_owe(work: Work, released: DeclarationHead, actor: Actor) -> None:
    """Open the obligation of a simplified declaration in the transaction of its release, with all its timers.

    Locks: the caller holds the declaration.

    Source: TS-02: the days count from the arrival of the goods.
    """
    scheme, now = scheme_at(released.lodged_at), clock.now()
    if scheme is None:
        return
    arrived = released.presented_at or now
    # Goods that a check kept longer than the days allowed still leave a day to complete.
    due = max(arrived + timedelta(days=scheme.days), now + timedelta(days=1))
    work.insert(
        SupplementaryObligation,
        (
            "declaration_id",
            "mrn",
            "lrn",
            "direction",
            "lodged_by_id",
            "organisation_id",
            "state",
            "opened_at",
            "due_at",
        ),
        [
            (
                *(released.id, released.mrn, released.lrn, released.direction, released.lodged_by),
                *(released.trader_org or released.lodged_by, SupplementaryState.OWED.value, now, due),
            )
        ],
    )
    timer(work, released.id, "fall_due", due, actor)
    timer(work, released.id, "fix_debt", due + timedelta(days=scheme.best_information_days), actor)
    for days in scheme.reminder_days:
        if (at := due - timedelta(days=days)) > now:
            timer(work, released.id, "remind", at, actor)
    tell(
        work,
        subject_id=released.id,
        parties=released.parties,
        verb=Verb.SUPPLEMENTARY_OWED,
        type_="supplementary_owed",
        data={"mrn": released.mrn, "lrn": released.lrn, "due_at": due.isoformat()},
        actor=actor,
    )


def timer(work: Work, declaration_id: UUID, step: str, at: datetime, actor: Actor) -> None:
    """Set one timer of an obligation."""
    queue(
        work,
        "SupplementaryDeadline",
        subject_id=str(declaration_id),
        payload={"step": step},
        dedup=f"{declaration_id}:{step}:{at:%Y%m%d%H%M}",
        not_before=at,
        actor=actor,
    )


def moved(work: Work, obligation: SupplementaryObligation, action: str, *, at: datetime) -> SupplementaryState:
    """Take a step of the life cycle; the row is locked by the caller."""
    state = SUPPLEMENTARY.next_state(action, SupplementaryState(obligation.state))
    obligation.state = state.value
    fields = ["state"]
    if state.value not in AWAITED:
        obligation.ended_at = at
        fields.append("ended_at")
        timers_cancel(work, subject_id=str(obligation.pk), kind=TIMER)
    obligation.save(update_fields=fields)
    return state


def obligation_locked(declaration_id: UUID) -> SupplementaryObligation | None:
    """The obligation of a simplified declaration, locked; nothing where it owes none."""
    return SupplementaryObligation.objects.select_for_update().filter(pk=declaration_id).first()


def supplementary_lift(work: Work, declaration_id: UUID, *, actor: Actor) -> None:
    """End the obligation of a simplified declaration that was invalidated.

    Locks: the obligation; the caller holds the declaration.

    Idempotent: what has ended stays ended.
    """
    obligation = obligation_locked(declaration_id)
    if obligation is None or obligation.state not in AWAITED:
        return
    moved(work, obligation, "lift", at=clock.now())
    told(work, obligation, Verb.SUPPLEMENTARY_LIFTED, "supplementary_lifted", actor=actor)


def told(
    work: Work,
    obligation: SupplementaryObligation,
    verb: Verb,
    type_: str,
    *,
    actor: Actor | None = None,
    more: dict[str, JsonValue] | None = None,
) -> None:
    """Record a step of an obligation and tell the filer and the trader."""
    data: dict[str, JsonValue] = {
        "mrn": obligation.mrn,
        "lrn": obligation.lrn,
        "due_at": obligation.due_at.isoformat(),
        **(more or {}),
    }
    tell(
        work,
        subject_id=obligation.pk,
        parties={obligation.lodged_by_id, obligation.organisation_id},
        verb=verb,
        type_=type_,
        data=data,
        actor=actor or system_actor("clearance"),
    )


def tell(
    work: Work,
    *,
    subject_id: UUID,
    parties: Iterable[UUID],
    verb: Verb,
    type_: str,
    data: dict[str, JsonValue],
    actor: Actor,
) -> None:
    """One event, and one notice for each party."""
    event_record(work, actor=actor, verb=verb, subject_type="declaration", subject_id=str(subject_id), data=data)
    party_event_publish(work, organisation_ids=sorted(parties), type=type_, subject_id=str(subject_id), data=data)
