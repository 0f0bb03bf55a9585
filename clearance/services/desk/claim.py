"""Taking a case, the next one among them, and giving it back."""

from uuid import UUID

from clearance.models import Case
from clearance.services.desk.common import case_event
from clearance.states import WORK, ControlState
from declarations.selectors import declaration_head
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict


def case_claim(*, declaration_id: UUID, actor: Actor) -> None:
    """Take a case that nobody has; of two officers at once, one gets it.

    Source: CL-CLM-01.

    Raises:
        NotPermitted: the actor is no officer of the desk.
        Conflict: somebody else has it, or it is closed.
    """
    actor.require(Permission.CLAIM_CASE)
    with unit_of_work() as work:
        taken = Case.objects.filter(
            pk=declaration_id, claimed_by=None, closed_at=None, control_state__in=[s.value for s in WORK]
        ).update(claimed_by_id=int(actor.id), claimed_at=clock.now())
        if not taken:
            raise Conflict("Somebody else has this case, or it needs no officer any more.", code="case_taken")
        case_event(work, declaration_head(declaration_id), actor, Verb.CASE_CLAIMED)


def case_take_next(*, actor: Actor, office: str = "") -> UUID | None:
    """Take the free case whose deadline is nearest and return its declaration; nothing when none is free.

    Locks: the row of the case; rows that a colleague is just taking are passed by, so two officers who ask at once
    get two cases.

    Source: CL-CLM-02.

    Raises:
        NotPermitted: the actor is no officer of the desk.
    """
    actor.require(Permission.CLAIM_CASE)
    free = Case.objects.filter(claimed_by=None, closed_at=None, control_state__in=[s.value for s in WORK]).exclude(
        control_state=ControlState.QUERY.value
    )
    if office:
        free = free.filter(office=office)
    with unit_of_work() as work:
        case = free.order_by("red_at", "declaration_id").select_for_update(skip_locked=True).first()
        if case is None:
            return None
        case.claimed_by_id, case.claimed_at = int(actor.id), clock.now()
        case.save(update_fields=["claimed_by", "claimed_at"])
        case_event(work, declaration_head(case.pk), actor, Verb.CASE_CLAIMED)
        return case.declaration_id


def case_give_back(*, declaration_id: UUID, actor: Actor) -> None:
    """Put a case back on the desk. Raises Conflict when the actor has not got it."""
    actor.require(Permission.CLAIM_CASE)
    with unit_of_work() as work:
        given = Case.objects.filter(pk=declaration_id, claimed_by_id=int(actor.id), closed_at=None).update(
            claimed_by=None, claimed_at=None
        )
        if not given:
            raise Conflict("You do not have this case.", code="case_not_yours")
        case_event(work, declaration_head(declaration_id), actor, Verb.CASE_GIVEN_BACK)
