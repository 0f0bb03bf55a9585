"""What an officer does about changes: decides a request, or corrects a declaration that is under check."""

from uuid import UUID

from clearance.models import Case
from clearance.services.changes.effects import amendment_effect, invalidation_effect
from clearance.services.changes.requests import version_required
from clearance.services.changes.standing import amendment_checked, money_of, text_violations
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.selectors.changes import change_of
from declarations.services.changes import Asked, change_decide, change_open
from declarations.states import CHANGE, LegalState
from declarations.types import Change, ChangeKind, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused, Violation

REASON_MAX = 2000


def change_decision(*, actor: Actor, declaration_id: UUID, number: int, grant: bool, reason: str) -> Change:
    """Grant or deny a request that waits for an officer; a grant takes effect in the same transaction.

    Locks: the declaration, then what the effect locks.

    Source: CH-DEC-01, CH-DEC-02, CH-VER-01.

    Raises:
        NotFound: there is no such request.
        NotPermitted: the actor may not decide, or asked for it.
        TransitionRefused: it was decided before, or the declaration has ended.
        Conflict: code `stale`, the declaration has another version by now.
        RuleViolated: CH-DEC-01, no reason; or what stands against the new content now.
    """
    actor.require(Permission.DECIDE_CASE)
    with unit_of_work() as work:
        now = clock.now()
        snapshot = declaration_snapshot(declaration_id, lock=True)
        change = change_of(snapshot.id, number)
        CHANGE.transition("grant" if grant else "deny", change.state)
        if change.requested_by == actor.label:
            raise NotPermitted("You asked for this change; somebody else decides it (CH-DEC-02).")
        text = _reason(reason)
        if not grant:
            return change_decide(work, snapshot, change, "deny", actor, at=now, reason=text)
        version_required(snapshot, change.base_version)
        if change.kind is ChangeKind.INVALIDATE:
            if snapshot.legal_state is not change.stage:
                raise TransitionRefused("The goods were released since this was asked for; it is another request now.")
            return invalidation_effect(work, snapshot, change, actor, reason=text, at=now)
        _still_released(snapshot)
        return amendment_effect(work, snapshot, change, actor, reason=text, at=now)


def _still_released(snapshot: DeclarationSnapshot) -> None:
    if snapshot.legal_state not in (LegalState.RELEASED, LegalState.CLEARED):
        raise TransitionRefused(f"A declaration in state {snapshot.legal_state} cannot be amended this way.")


def _reason(text: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > REASON_MAX:
        message = f"Give the reason of the decision, in {REASON_MAX} characters at most."
        raise RuleViolated(violations=[Violation("CH-DEC-01", "/reason", message, "It is told to the parties.")])
    return plain


def declaration_correct(
    *, actor: Actor, declaration_id: UUID, base_version: int, proposed: DeclarationMessage, reason: str
) -> Change:
    """Correct a declaration that is under check, by the officer who has its case; it is a decision of its own kind.

    Money, permits and holds follow as after an amendment; the check goes on as it is.

    Locks: the declaration, its case, then what the effect locks.

    Source: CH-COR-01 (domain.md K11: an officer may correct).

    Raises:
        NotFound: there is no such case.
        NotPermitted: the actor may not decide cases.
        Conflict: code `case_not_yours`, the actor has not claimed it; `stale`, another version stands.
        TransitionRefused: it is not accepted any more.
        RuleViolated: no reason, or what stands against the new content.
    """
    actor.require(Permission.DECIDE_CASE)
    with unit_of_work() as work:
        now = clock.now()
        snapshot = declaration_snapshot(declaration_id, lock=True)
        if snapshot.legal_state is not LegalState.ACCEPTED:
            raise TransitionRefused("Only an accepted declaration under check is corrected.")
        claimed = Case.objects.filter(pk=snapshot.id, closed_at=None).values_list("claimed_by_id", flat=True).first()
        if str(claimed) != actor.id:
            raise Conflict("Claim the case first: somebody else may be deciding it.", code="case_not_yours")
        version_required(snapshot, base_version)
        asked = Asked(kind=ChangeKind.CORRECT, reason=reason.strip(), channel="web", proposed=proposed)
        if violations := tuple(text_violations(asked)):
            raise RuleViolated(violations=violations)
        amendment_checked(snapshot, proposed, actor, now, by_declarant=False)
        money = money_of(snapshot, proposed, now)
        change = change_open(work, snapshot, actor, asked, rule="CH-COR-01", at=now, money=money)
        return amendment_effect(work, snapshot, change, actor, reason=asked.reason, at=now)
