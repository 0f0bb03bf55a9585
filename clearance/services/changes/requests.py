"""Asking for a change: the request, and at once its decision where no officer is needed."""

from datetime import datetime, timedelta
from uuid import UUID

from clearance.rules.changes import Ruling, Way
from clearance.services.changes.effects import amendment_effect, invalidation_effect
from clearance.services.changes.standing import amendment_checked, money_of, ruling_for, text_violations
from declarations.selectors import declaration_head, declaration_snapshot
from declarations.selectors.changes import change_of
from declarations.services.authority import acting_for_required
from declarations.services.changes import Asked, change_decide, change_open
from declarations.types import Change, ChangeKind, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.reference.selectors import profile

AFTER_NOTICE = "A check was announced before this came: it is refused, and kept as disclosed after notice."
GRANTED = "Granted at once: no check was announced."


def change_request(*, actor: Actor, declaration_id: UUID, base_version: int, asked: Asked) -> Change:
    """Ask for a change in a transaction of its own. See `change_request_in`."""
    with unit_of_work() as work:
        return change_request_in(
            work, actor=actor, declaration_id=declaration_id, base_version=base_version, asked=asked
        )


def change_request_in(work: Work, *, actor: Actor, declaration_id: UUID, base_version: int, asked: Asked) -> Change:
    """Ask for an amendment or an invalidation, and decide it where the rules leave nothing to an officer.

    Everything that follows (version, permits, money, cargo, holds, timers) happens in this transaction or not at all.

    Locks: the declaration first, so that release, risk check, cancellation and amendment exclude each other; then
        permits, money and the account.

    Source: docs/rules/changes.md (domain.md K11, F20, F21).

    Raises:
        NotFound: there is no such declaration for this actor.
        NotPermitted: the mandate under which it was filed has ended, or a party of the new content gave none.
        Conflict: code `stale`, another version stands; `change_pending`, an earlier request waits.
        TransitionRefused: CH-END-01, it has ended.
        RuleViolated: everything else that is wrong, at once.
    """
    actor.require(Permission.LODGE_DECLARATION)
    now = clock.now()
    snapshot = declaration_snapshot(declaration_id, lock=True)
    acting_for_required(snapshot, actor, now)
    version_required(snapshot, base_version)
    ruling = ruling_for(snapshot, asked, now)
    if violations := tuple(text_violations(asked)):
        raise RuleViolated(violations=violations)
    if asked.proposed is not None and ruling.way is not Way.DISCLOSE:
        amendment_checked(snapshot, asked.proposed, actor, now)
    change = change_open(
        work,
        snapshot,
        actor,
        asked,
        rule=ruling.rule,
        at=now,
        deadline=_deadline(now) if ruling.way is Way.OFFICER else None,
        voluntary=ruling.voluntary,
        money=money_of(snapshot, asked.proposed, now),
    )
    return _decided(work, snapshot, change, asked, ruling, actor, now)


def _decided(
    work: Work,
    snapshot: DeclarationSnapshot,
    change: Change,
    asked: Asked,
    ruling: Ruling,
    actor: Actor,
    now: datetime,
) -> Change:
    window = system_actor("clearance", conversation_id=actor.conversation_id)
    if ruling.way is Way.DISCLOSE:
        return change_decide(work, snapshot, change, "disclose", window, at=now, reason=AFTER_NOTICE)
    if ruling.way is Way.OFFICER:
        return change
    if asked.kind is ChangeKind.INVALIDATE:
        return invalidation_effect(work, snapshot, change, window, reason=GRANTED, at=now)
    return amendment_effect(work, snapshot, change, window, reason=GRANTED, at=now)


def _deadline(at: datetime) -> datetime:
    return at + timedelta(hours=profile(at.date()).change_decision_hours)


def version_required(snapshot: DeclarationSnapshot, base_version: int) -> None:
    """Refuse a change that was written on another version (CH-VER-01). Raises Conflict."""
    if snapshot.version != base_version:
        raise Conflict(
            f"This was written on version {base_version}; version {snapshot.version} stands. Read it again.",
            code="stale",
        )


def change_withdraw(*, actor: Actor, declaration_id: UUID, number: int, reason: str = "") -> Change:
    """Take a request back in a transaction of its own. See `change_withdraw_in`."""
    with unit_of_work() as work:
        return change_withdraw_in(work, actor=actor, declaration_id=declaration_id, number=number, reason=reason)


def change_withdraw_in(work: Work, *, actor: Actor, declaration_id: UUID, number: int, reason: str = "") -> Change:
    """Take back a request that waits for its decision.

    Locks: the declaration, so that withdrawal and decision exclude each other.

    Source: CH-WDR-01.

    Raises:
        NotFound: there is no such declaration or request for this actor.
        NotPermitted: the mandate under which it was filed has ended.
        TransitionRefused: it was decided before.
    """
    actor.require(Permission.LODGE_DECLARATION)
    now = clock.now()
    head = declaration_head(declaration_id, lock=True)
    acting_for_required(head, actor, now)
    change = change_of(head.id, number)
    return change_decide(work, head, change, "withdraw", actor, at=now, reason=reason.strip()[:2000])
