"""The steps that a lodged declaration takes after it was registered. Each one: lock, ask the life cycle, write,
record, tell the parties, queue what reacts.

Callers that hold the row already (they read a snapshot with `lock=True` in the same transaction) pass it as `locked`
and spare the second read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from declarations.selectors.snapshots import declaration_head
from declarations.services.cargo import cargo_accept
from declarations.services.notices import parties_tell, step_record
from declarations.states import GOODS, LEGAL, GoodsState, LegalState
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.cargo.services import write_off_reverse
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import TransitionRefused


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its action in each life cycle (empty: none), what it is called, and which time it sets."""

    verb: Verb
    notice: str
    legal: str = ""
    goods: str = ""
    time_column: str = ""
    reaction: str = ""


ACCEPT = Step(Verb.DECLARATION_ACCEPTED, "accepted", legal="accept", time_column="accepted_at")
RELEASE = Step(
    Verb.DECLARATION_RELEASED,
    "released",
    legal="release",
    goods="release",
    time_column="released_at",
    reaction="DeclarationReleased",
)
REFUSE = Step(Verb.DECLARATION_REFUSED, "refused", legal="refuse", time_column="ended_at")
CLEAR = Step(Verb.DECLARATION_CLEARED, "cleared", legal="clear", time_column="cleared_at")
EXPIRE = Step(Verb.DECLARATION_EXPIRED, "expired", legal="expire", time_column="ended_at", reaction="DeclarationEnded")
INVALIDATE = Step(
    Verb.DECLARATION_INVALIDATED, "invalidated", legal="invalidate", time_column="ended_at", reaction="DeclarationEnded"
)
INVALIDATE_RELEASED = replace(INVALIDATE, legal="invalidate_after_release")
PRESENT = Step(
    Verb.GOODS_PRESENTED, "presented", goods="present", time_column="presented_at", reaction="GoodsPresented"
)
CONTROL = Step(Verb.CONTROL_CHANGED, "", goods="control")
REMOVE = Step(Verb.GOODS_REMOVED, "removed", goods="remove")
EXIT = Step(Verb.GOODS_EXITED, "exited", goods="exit")

UPDATE_SQL = """
UPDATE declarations_declaration SET legal_state = %s, goods_state = %s{time}
WHERE id = %s AND legal_state = %s AND goods_state = %s AND version = %s
"""


def declaration_accept(
    work: Work, declaration_id: UUID, actor: Actor, *, locked: DeclarationHead | None = None
) -> DeclarationHead:
    """Give the declaration legal effect, at the later of lodgement and presentation: rates of that instant apply.

    Locks: the declaration.

    Source: UCC article 172; docs/rules/lodgement.md, DL-ACC.

    Raises:
        TransitionRefused: it is not registered, or the goods are not presented.
    """
    head = locked or declaration_head(declaration_id, lock=True)
    if head.presented_at is None:
        raise TransitionRefused("'accept' is not possible before the goods are presented.")
    accepted = step_take(work, ACCEPT, head, actor, at=max(head.lodged_at, head.presented_at))
    cargo_accept(work, accepted, actor)
    return accepted


def declaration_release(
    work: Work, declaration_id: UUID, actor: Actor, *, reason: str = "", locked: DeclarationHead | None = None
) -> DeclarationHead:
    """Release the goods: they may be removed. Whether they may be is the caller's predicate, checked under this lock.

    Locks: the declaration.

    Raises:
        TransitionRefused: it is not accepted, or the goods are not at the place of presentation.
    """
    return step_take(work, RELEASE, locked or declaration_head(declaration_id, lock=True), actor, reason=reason)


def declaration_refuse(
    work: Work, declaration_id: UUID, actor: Actor, *, reason: str, locked: DeclarationHead | None = None
) -> DeclarationHead:
    """Refuse release; the reason goes to the parties.

    Locks: the declaration.

    Raises:
        TransitionRefused: it is not accepted.
    """
    head = locked or declaration_head(declaration_id, lock=True)
    write_off_reverse(work, head.id, actor)
    return step_take(work, REFUSE, head, actor, reason=reason, more={"reason": reason})


def declaration_clear(
    work: Work, declaration_id: UUID, actor: Actor, *, locked: DeclarationHead | None = None
) -> DeclarationHead:
    """Close the declaration: its debt is final and settled.

    Locks: the declaration.

    Raises:
        TransitionRefused: it is neither accepted nor released.
    """
    return step_take(work, CLEAR, locked or declaration_head(declaration_id, lock=True), actor)


def declaration_invalidate(
    work: Work,
    declaration_id: UUID,
    actor: Actor,
    *,
    reason: str,
    locked: DeclarationHead | None = None,
    more: Mapping[str, JsonValue] | None = None,
) -> DeclarationHead:
    """Take back a declaration. After release that is another step, for an officer who knows that the goods came back.

    Locks: the declaration.

    Raises:
        TransitionRefused: it is cleared, or it has ended.
    """
    head = locked or declaration_head(declaration_id, lock=True)
    step = INVALIDATE_RELEASED if head.legal_state is LegalState.RELEASED else INVALIDATE
    write_off_reverse(work, head.id, actor)
    return step_take(work, step, head, actor, reason=reason, more={"reason": reason} | dict(more or {}))


def declaration_expire(work: Work, declaration_id: UUID, actor: Actor) -> DeclarationHead | None:
    """End a declaration whose goods were not presented in time; does nothing when they were, or when it has ended.

    Locks: the declaration, so that presentation and expiry exclude each other.
    Idempotent: the second run finds nothing to do.

    Source: UCC article 171; docs/rules/lodgement.md, DL-EXP.
    """
    head = declaration_head(declaration_id, lock=True)
    waiting = head.legal_state is LegalState.REGISTERED and head.goods_state is GoodsState.EXPECTED
    if not waiting or head.expires_at is None or clock.now() < head.expires_at:
        return None
    write_off_reverse(work, head.id, actor)
    return step_take(work, EXPIRE, head, actor)


def goods_control_begin(
    work: Work, declaration_id: UUID, actor: Actor, *, reason: str = "", locked: DeclarationHead | None = None
) -> DeclarationHead:
    """Note that the goods are under control: being checked, or held for a check. Parties learn it from the check.

    Locks: the declaration.

    Raises:
        TransitionRefused: the goods are not presented, or were released.
    """
    return step_take(work, CONTROL, locked or declaration_head(declaration_id, lock=True), actor, reason=reason)


def step_take(
    work: Work,
    step: Step,
    head: DeclarationHead,
    actor: Actor,
    *,
    at: datetime | None = None,
    reason: str = "",
    more: Mapping[str, JsonValue] | None = None,
) -> DeclarationHead:
    """Take one step of a declaration whose row this transaction holds.

    Args:
        at: from when the step counts, where that is not the present instant.
        more: what the notice tells the parties beside numbers and states.

    Raises:
        NotPermitted: the permission map denies the step to the actor.
        TransitionRefused: the life cycle has no such arrow from here.
    """
    legal, goods = head.legal_state, head.goods_state
    if step.legal:
        arrow = LEGAL.transition(step.legal, legal)
        _require(actor, arrow.permission)
        legal = arrow.target
    if step.goods:
        arrival = GOODS.transition(step.goods, goods)
        _require(actor, arrival.permission)
        goods = arrival.target
    now = clock.now()
    moment = at or now
    after = _after(head, legal, goods, step.time_column, moment)
    _write(work, head, after, step.time_column, moment)
    effective = {"effective_at": moment.isoformat()} if moment != now else {}
    step_record(
        work,
        declaration_id=head.id,
        actor=actor,
        verb=step.verb,
        at=now,
        data={"mrn": head.mrn, "legal_state": legal.value, "goods_state": goods.value, **effective},
        before=head.digest(),
        after=after.digest(),
        reason=reason,
    )
    if step.notice:
        parties_tell(
            work,
            parties=head.parties,
            declaration_id=head.id,
            type=step.notice,
            at=now,
            mrn=head.mrn,
            lrn=head.lrn,
            legal_state=legal,
            goods_state=goods,
            more={**effective, **(more or {})},
        )
    if step.reaction:
        queue(work, step.reaction, subject_id=str(head.id), dedup=f"{head.id}:{step.notice}", actor=actor)
    return after


def _require(actor: Actor, permission: str) -> None:
    """The window itself holds every permission: it may release where the predicate says so."""
    actor.require(Permission(permission))


def _after(
    head: DeclarationHead, legal: LegalState, goods: GoodsState, time_column: str, at: datetime
) -> DeclarationHead:
    changes: dict[str, Any] = {"legal_state": legal, "goods_state": goods}
    if time_column in {"presented_at", "accepted_at", "released_at"}:
        changes[time_column] = at
    return replace(head, **changes)


def _write(work: Work, before: DeclarationHead, after: DeclarationHead, time_column: str, at: datetime) -> None:
    """Write the new states, guarded by the old ones: a caller that did not hold the row changes nothing."""
    sql = UPDATE_SQL.format(time=f", {time_column} = %s" if time_column else "")
    times = [at] if time_column else []
    touched = work.execute(
        sql,
        [
            after.legal_state.value,
            after.goods_state.value,
            *times,
            before.id,
            before.legal_state.value,
            before.goods_state.value,
            before.version,
        ],
    )
    if touched != 1:
        raise TransitionRefused("The declaration took another step in the meantime; read it again.")
