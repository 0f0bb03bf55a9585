"""The goods have arrived and are presented to customs."""

from datetime import datetime
from uuid import UUID

from declarations.selectors.snapshots import declaration_head, declaration_id_of_mrn
from declarations.services.authority import acting_for_required, office_of
from declarations.services.steps import PRESENT, step_take
from declarations.states import LegalState
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import timers_cancel
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation

EXPIRY_TASK = "declarations.tasks.expire"


def goods_present(
    *, actor: Actor, declaration_id: UUID | None = None, mrn: str = "", at: datetime | None = None
) -> DeclarationHead:
    """Present the goods of a pre-lodged declaration, named by its id or its MRN. See `goods_present_in`."""
    with unit_of_work() as work:
        return goods_present_in(work, actor=actor, declaration_id=declaration_id, mrn=mrn, at=at)


def goods_present_in(
    work: Work, *, actor: Actor, declaration_id: UUID | None = None, mrn: str = "", at: datetime | None = None
) -> DeclarationHead:
    """Present the goods of a pre-lodged declaration; acceptance follows by job.

    Locks: the declaration, so that presentation and expiry exclude each other.
    Idempotent: no; the second presentation is refused.

    Args:
        at: when the goods arrived, where that is earlier than now.

    Raises:
        NotFound: there is no such declaration for this actor.
        NotPermitted: the mandate under which it was filed has ended.
        TransitionRefused: the goods were presented before, or the declaration has ended.
        RuleViolated: DL-PRE, the stated arrival is in the future.
    """
    actor.require(Permission.PRESENT_GOODS)
    now = clock.now()
    found = declaration_id or declaration_id_of_mrn(mrn)
    if found is None:
        raise NotFound
    head = declaration_head(found, lock=True)
    if not office_of(actor):
        acting_for_required(head, actor, now)
    if head.legal_state is not LegalState.REGISTERED:
        raise TransitionRefused(f"Goods cannot be presented for a declaration in state {head.legal_state}.")
    if at is not None and at > now:
        raise RuleViolated(violations=[_in_the_future(at)])
    after = step_take(work, PRESENT, head, actor, at=at or now)
    timers_cancel(work, subject_id=str(head.id), kind=EXPIRY_TASK)
    return after


def _in_the_future(at: datetime) -> Violation:
    return Violation(
        rule="DL-PRE",
        pointer="/presented_at",
        message="The goods cannot have arrived in the future.",
        remedy="Send the present moment or an earlier one, or leave the time out.",
        value=at.isoformat(),
    )
