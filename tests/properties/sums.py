"""What must hold of money and permits whatever was done, asked of the tables themselves."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

POSTINGS = """
SELECT coalesce(sum(p.amount_minor), 0) FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
WHERE a.id = %s
"""
UNBALANCED = """
SELECT transaction_id FROM fees_posting GROUP BY transaction_id HAVING sum(amount_minor) <> 0 LIMIT 1
"""
DECLARATIONS = """
WITH moved AS (
    SELECT t.declaration_id,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'trader'), 0) AS paid,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'receivable'), 0) AS deferred
    FROM fees_ledgertransaction t JOIN fees_posting p ON p.transaction_id = t.id
    JOIN fees_account a ON a.id = p.account_id
    WHERE t.declaration_id = ANY(%s::uuid[]) AND t.source_event NOT LIKE 'demand:%%' GROUP BY 1)
SELECT d.id, d.legal_state, f.state, coalesce(f.total_minor, 0), coalesce(m.paid, 0), coalesce(m.deferred, 0),
    (SELECT count(*) FROM agencies_hold h WHERE h.declaration_id = d.id AND h.state IN ('open', 'upheld'))
FROM declarations_declaration d LEFT JOIN fees_fiscalstatus f ON f.declaration_id = d.id
LEFT JOIN moved m ON m.declaration_id = d.id WHERE d.id = ANY(%s::uuid[])
"""
PERMITS = """
SELECT p.id FROM agencies_permit p
WHERE p.holder_id = %s AND (p.used < 0 OR p.used > p.quantity * (1 + p.tolerance))
"""
WRITTEN_OFF = """
SELECT coalesce(sum(CASE w.kind WHEN 'reserve' THEN w.quantity WHEN 'free' THEN -w.quantity
                    WHEN 'recredit' THEN -w.quantity WHEN 'manual' THEN w.quantity ELSE 0 END), 0)
FROM agencies_writeoff w WHERE w.permit_id = %s
"""
RETURNED_TWICE = """
SELECT declaration_id, permit_id FROM agencies_writeoff WHERE permit_id = %s AND declaration_id IS NOT NULL
GROUP BY declaration_id, permit_id, item, version
HAVING sum(CASE WHEN kind IN ('free', 'recredit') THEN quantity ELSE 0 END)
     > sum(CASE WHEN kind = 'reserve' THEN quantity ELSE 0 END)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a declaration stands, and what moved for it."""

    id: UUID
    legal: str
    fiscal: str | None
    total: int
    """What was assessed."""
    paid: int
    """What left the trader's account for it."""
    deferred: int
    open_holds: int


def one(sql: str, *parameters: object) -> tuple:
    """The first row of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone() or ()


def number(sql: str, *parameters: object) -> int:
    """The one number of an answer."""
    return int(one(sql, *parameters)[0])


def nothing(sql: str, *parameters: object) -> bool:
    """Whether a question for what must not be finds nothing."""
    return one(sql, *parameters) == ()


def standings(declaration_ids: list[UUID]) -> list[Standing]:
    """Where declarations stand, in one question."""
    ids = [str(declaration_id) for declaration_id in declaration_ids]
    with connection.cursor() as cursor:
        cursor.execute(DECLARATIONS, [ids, ids])
        return [Standing(*row) for row in cursor.fetchall()]
