"""What every act of the desk does: take the locks, check the claim, ask for a text, record the act."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from agencies.selectors import holds_open_for
from agencies.services import hold_settle
from agencies.services.holds import Decision
from clearance.models import Case
from clearance.rules.release import CUSTOMS
from clearance.selectors import case_view
from clearance.services.cases import case_lock
from clearance.services.endings import ENDED
from declarations.selectors import declaration_head
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel.errors import Conflict, RuleViolated, TransitionRefused, Violation

R = TypeVar("R")

TEXT_MAX = 2000


def case_mine(declaration_id: UUID, actor: Actor) -> tuple[DeclarationHead, Case]:
    """The declaration and its case, locked in this order, when the actor has claimed it.

    Raises:
        NotPermitted: the actor may not decide cases.
        Conflict: the actor has not claimed it.
        TransitionRefused: the case is closed, or its declaration ended a moment ago.
    """
    actor.require(Permission.DECIDE_CASE)
    head = declaration_head(declaration_id, lock=True)
    case = case_lock(declaration_id)
    if str(case.claimed_by_id) != actor.id:
        raise Conflict("Claim the case first: somebody else may be deciding it.", code="case_not_yours")
    case_still_open(case)
    if head.legal_state in ENDED:  # the job that closes the case may not have run yet
        raise TransitionRefused("The declaration ended: it was taken back, refused or not presented in time.")
    return head, case


def case_act_as_seen(*, declaration_id: UUID, actor: Actor, standing: str, act: Callable[[], R]) -> R:
    """Do an act on a case only while it stands as the officer saw it, so that of two acts at once one is done.

    Locks: the declaration, which every act on its case locks first.

    Raises:
        Conflict: code `case_stale`, the case changed since its page was drawn.
    """
    with unit_of_work():
        declaration_head(declaration_id, lock=True)
        if case_view(actor, declaration_id).standing != standing:
            raise Conflict("This case changed since you opened it, so nothing was done.", code="case_stale")
        return act()


def case_still_open(case: Case) -> None:
    """Refuse an act on a case that is over. Raises TransitionRefused."""
    if case.closed_at is not None:
        raise TransitionRefused("The case is closed: the goods are released, or the declaration ended.")


def customs_holds_lift(work: Work, head: DeclarationHead, actor: Actor, reason: str, now: datetime) -> None:
    for hold in holds_open_for(head.id):
        if hold.agency == CUSTOMS:
            hold_settle(work, hold_id=hold.id, actor=actor, decision=Decision.LIFT, reason=reason, at=now)


def case_event(work: Work, head: DeclarationHead, actor: Actor, verb: Verb, **data: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="declaration",
        subject_id=str(head.id),
        data={"mrn": head.mrn, **data},
    )


def text_required(rule: str, pointer: str, text: str, remedy: str) -> None:
    if not text.strip() or len(text) > TEXT_MAX:
        refuse(rule, pointer, f"A text of 1 to {TEXT_MAX} characters is needed.", remedy)


def refuse(rule: str, pointer: str, message: str, remedy: str = "") -> None:
    raise RuleViolated(violations=[Violation(rule, pointer, message, remedy)])
