"""The ledger of a guarantee: one entry at a time, under the lock of its row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.services.monitoring import usage_watch
from singlewindow.guarantees.types import EntryKind
from singlewindow.jobs.services import queue
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.money import from_minor

DRAW_SQL = """
UPDATE guarantees_guarantee SET used_minor = used_minor + %(by)s
WHERE id = %(id)s AND used_minor + %(by)s BETWEEN 0 AND limit_minor RETURNING used_minor
"""
"""The guard: a limit is not passed even where two acts have read the row before either of them wrote."""

LAST_SQL = """
SELECT sequence, open_after_minor, taken_after_minor FROM guarantees_entry
WHERE guarantee_id = %s AND subject_id = %s AND purpose = %s ORDER BY sequence DESC LIMIT 1
"""
ENTRY_SQL = """
INSERT INTO guarantees_entry (guarantee_id, subject_id, purpose, sequence, kind, amount_minor, open_after_minor,
    taken_after_minor, used_after_minor, at, actor, reason, undone)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
VERBS: dict[EntryKind, tuple[Verb, str]] = {
    EntryKind.RESERVE: (Verb.GUARANTEE_RESERVED, "guarantee.reserved"),
    EntryKind.FREE: (Verb.GUARANTEE_FREED, "guarantee.freed"),
    EntryKind.CONVERT: (Verb.GUARANTEE_CONVERTED, "guarantee.converted"),
    EntryKind.REPLENISH: (Verb.GUARANTEE_REPLENISHED, "guarantee.replenished"),
}


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the entries of a subject and purpose stand."""

    guarantee: Guarantee
    subject_id: UUID
    purpose: str
    sequence: int = 0
    open_minor: int = 0
    taken_minor: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Who moves an amount, when and why."""

    actor: Actor
    at: datetime
    reason: str = ""
    undone: bool = False
    """The declaration never came about."""


def chain_of(work: Work, guarantee: Guarantee, subject_id: UUID, purpose: str) -> Chain:
    """The chain of a subject and purpose on a locked guarantee."""
    rows = work.fetch(LAST_SQL, [guarantee.pk, subject_id, purpose])
    return Chain(guarantee, subject_id, purpose, *(rows[0] if rows else ()))


def entry_write(work: Work, chain: Chain, kind: EntryKind, amount_minor: int, cause: Cause) -> bool:
    """Add one entry and move what is used; returns whether the limit bears it.

    Locks: the caller holds the guarantee.

    Idempotent: not by itself; the place in the chain is taken once, and returning more than is open is refused.
    """
    change = {EntryKind.RESERVE: amount_minor, EntryKind.FREE: -amount_minor, EntryKind.REPLENISH: -amount_minor}
    rows = work.fetch(DRAW_SQL, {"id": chain.guarantee.pk, "by": change.get(kind, 0)})
    if not rows:
        return False
    used = rows[0][0]
    opened = {EntryKind.RESERVE: amount_minor, EntryKind.FREE: -amount_minor, EntryKind.CONVERT: -amount_minor}
    taken = {EntryKind.CONVERT: amount_minor, EntryKind.REPLENISH: -amount_minor}
    after = (chain.open_minor + opened.get(kind, 0), chain.taken_minor + taken.get(kind, 0))
    row = [chain.guarantee.pk, chain.subject_id, chain.purpose, chain.sequence + 1, kind.value, amount_minor]
    work.execute(ENTRY_SQL, [*row, *after, used, cause.at, cause.actor.label, cause.reason, cause.undone])
    chain.guarantee.used_minor = used
    _tell(work, chain, kind, amount_minor, cause)
    usage_watch(work, chain.guarantee, actor=cause.actor, at=cause.at)
    return True


def _tell(work: Work, chain: Chain, kind: EntryKind, amount_minor: int, cause: Cause) -> None:
    guarantee = chain.guarantee
    verb, type_ = VERBS[kind]
    data: dict[str, JsonValue] = {
        "grn": guarantee.grn,
        "declaration": str(chain.subject_id),
        "purpose": chain.purpose,
        "amount": format(from_minor(amount_minor, guarantee.currency), "f"),
        "currency": guarantee.currency,
    }
    event_record(
        work,
        actor=cause.actor,
        verb=verb,
        subject_type="guarantee",
        subject_id=str(guarantee.pk),
        data=data,
        reason=cause.reason,
        at=cause.at,
    )
    party_event_publish(
        work, organisation_ids=[guarantee.holder_id], type=type_, subject_id=str(guarantee.pk), data=data, at=cause.at
    )
    if kind in {EntryKind.FREE, EntryKind.REPLENISH}:
        queue(work, "GuaranteeGrew", subject_id=str(guarantee.holder_id), actor=cause.actor)
