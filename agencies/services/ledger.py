"""The write-off ledger of permits: the statements that guard it, and what follows a reservation.

Source: docs/rules/agencies.md, AG-020 to AG-025.
"""

from datetime import datetime
from uuid import UUID

from agencies.services.certificates import certificates_return
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work

TAKE_SQL = """
UPDATE agencies_permit SET used = used + %(quantity)s, value_used = value_used + %(value)s,
    state = CASE WHEN single_use OR used + %(quantity)s = quantity * (1 + tolerance) THEN 'exhausted' ELSE state END
WHERE id = %(permit)s AND state = 'issued' AND valid_from <= %(on)s AND valid_to >= %(on)s
  AND used + %(quantity)s <= quantity * (1 + tolerance)
  AND (value_limit IS NULL OR value_used + %(value)s <= value_limit)
"""
"""The guard: whoever comes second sees what the first left, because the row is read again after the wait."""

LOCK_SQL = """
SELECT id FROM agencies_permit
WHERE id IN (SELECT permit_id FROM agencies_writeoff WHERE declaration_id = %s AND kind = 'reserve')
ORDER BY id FOR NO KEY UPDATE
"""

CONSUME_SQL = """
INSERT INTO agencies_writeoff (permit_id, declaration_id, item, version, kind, quantity, value, at, actor, reason)
SELECT permit_id, declaration_id, item, version, 'consume', quantity, value, %(at)s, %(actor)s, ''
FROM agencies_writeoff r WHERE declaration_id = %(declaration)s AND kind = 'reserve' AND NOT EXISTS (
    SELECT FROM agencies_writeoff o WHERE o.declaration_id = r.declaration_id AND o.permit_id = r.permit_id
      AND o.item = r.item AND o.version = r.version AND o.kind IN ('consume', 'free', 'recredit'))
RETURNING permit_id, quantity, false
"""

FREE_SQL = """
WITH back AS (
    INSERT INTO agencies_writeoff (permit_id, declaration_id, item, version, kind, quantity, value, at, actor, reason)
    SELECT permit_id, declaration_id, item, version, CASE WHEN EXISTS (
        SELECT FROM agencies_writeoff u WHERE u.declaration_id = r.declaration_id AND u.permit_id = r.permit_id
          AND u.item = r.item AND u.version = r.version AND u.kind = 'consume') THEN 'recredit' ELSE 'free' END,
        quantity, value, %(at)s, %(actor)s, ''
    FROM agencies_writeoff r WHERE declaration_id = %(declaration)s AND kind = 'reserve' AND NOT EXISTS (
        SELECT FROM agencies_writeoff o WHERE o.declaration_id = r.declaration_id AND o.permit_id = r.permit_id
          AND o.item = r.item AND o.version = r.version AND o.kind IN ('free', 'recredit'))
    RETURNING permit_id, quantity, value, kind)
UPDATE agencies_permit p SET used = used - b.quantity, value_used = value_used - b.value,
    state = CASE WHEN state = 'exhausted' THEN 'issued' ELSE state END
FROM (SELECT permit_id, sum(quantity) AS quantity, sum(value) AS value, bool_or(kind = 'recredit') AS recredited
      FROM back GROUP BY permit_id) b
WHERE p.id = b.permit_id RETURNING p.id, b.quantity, b.recredited
"""

WRITE_OFF_COLUMNS = (
    "permit_id",
    "declaration_id",
    "item",
    "version",
    "kind",
    "quantity",
    "value",
    "at",
    "actor",
    "reason",
)


def permits_lock(work: Work, declaration_id: UUID) -> None:
    """Lock the permits that a declaration reserved, in the order of their ids.

    Release asks for this before it locks an account: permits come first everywhere, so that no two acts wait for
    each other.
    """
    work.fetch(LOCK_SQL, [declaration_id])


def permits_consume(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Use up for good what a declaration reserved; belongs into the release transaction. Returns the entries made.

    Locks: its permits in the order of their ids; none when it reserved none.

    Idempotent: what is consumed or given back stays so.
    """
    return _settle(work, CONSUME_SQL, Verb.PERMIT_CONSUMED, declaration_id, actor=actor, at=at)


def permits_free(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Give back what a declaration reserved, after its refusal or invalidation. Returns the permits given back to.

    Locks: its permits in the order of their ids; none when it reserved none.

    Where the goods were released already, the entry is a re-credit. What was taken of certificates comes back too.

    Idempotent: each reservation is given back once, whoever asks and how often.

    Source: docs/rules/agencies.md, AG-023, AG-025.
    """
    given = _settle(work, FREE_SQL, Verb.PERMIT_FREED, declaration_id, actor=actor, at=at)
    certificates_return(work, declaration_id)
    return given


def _settle(work: Work, sql: str, verb: Verb, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    if not work.fetch(LOCK_SQL, [declaration_id]):
        return 0
    rows = work.fetch(sql, {"declaration": declaration_id, "at": at, "actor": actor.label})
    for permit_id, quantity, recredited in rows:
        event_record(
            work,
            actor=actor,
            verb=Verb.PERMIT_RECREDITED if recredited else verb,
            subject_type="permit",
            subject_id=str(permit_id),
            data={"declaration": str(declaration_id), "quantity": format(quantity, "f")},
            at=at,
        )
    return len(rows)
