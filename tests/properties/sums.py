"""What must hold of money and permits whatever was done, asked of the tables themselves."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

ACCOUNT = """
SELECT a.balance_minor, coalesce((SELECT sum(p.amount_minor) FROM fees_posting p WHERE p.account_id = a.id), 0)
FROM fees_account a WHERE a.organisation_id = %s AND a.kind = 'trader' AND a.currency = 'EUR'
"""
UNBALANCED = """
SELECT transaction_id FROM fees_posting GROUP BY transaction_id HAVING sum(amount_minor) <> 0 LIMIT 1
"""
DECLARATIONS = """
WITH moved AS (
    SELECT t.declaration_id,
        coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'authority' AND NOT demanded), 0) AS authorities,
        coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'security'), 0) AS aside,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'receivable'), 0) AS deferred,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'trader'), 0) AS paid
    FROM (SELECT *, source_event LIKE 'demand:%%' AS demanded FROM fees_ledgertransaction
          WHERE declaration_id = ANY(%s::uuid[])) t
    JOIN fees_posting p ON p.transaction_id = t.id JOIN fees_account a ON a.id = p.account_id GROUP BY 1),
held AS (
    SELECT subject_id, sum(CASE kind WHEN 'RESERVE' THEN amount_minor WHEN 'REPLENISH' THEN 0 ELSE -amount_minor END)
        AS minor FROM guarantees_entry WHERE subject_id = ANY(%s::uuid[]) GROUP BY 1),
claimed AS (
    SELECT c.declaration_id, count(*) AS claims FROM quotas_entry c
    WHERE c.declaration_id = ANY(%s::uuid[]) AND c.kind = 'claim' AND NOT EXISTS (
        SELECT FROM quotas_entry r WHERE r.kind = 'return' AND r.declaration_id = c.declaration_id
        AND r.item = c.item AND r.version = c.version AND r.quota_id = c.quota_id) GROUP BY 1),
asked AS (
    SELECT declaration_id, coalesce(sum(amount_minor), 0) AS minor,
        coalesce(sum(amount_minor) FILTER (WHERE state = 'paid'), 0) AS paid,
        count(*) FILTER (WHERE state = 'open') AS open FROM fees_demand
    WHERE declaration_id = ANY(%s::uuid[]) AND kind IN ('duty', 'guarantee_call') GROUP BY 1)
SELECT d.id, d.legal_state, f.state, coalesce(f.total_minor, 0), coalesce(m.paid, 0), coalesce(m.authorities, 0),
    coalesce(m.aside, 0), coalesce(m.deferred, 0), coalesce(h.minor, 0), coalesce(c.claims, 0),
    coalesce(a.minor, 0), coalesce(a.paid, 0), coalesce(a.open, 0),
    (SELECT count(*) FROM agencies_hold o WHERE o.declaration_id = d.id AND o.state IN ('open', 'upheld'))
FROM declarations_declaration d LEFT JOIN fees_fiscalstatus f ON f.declaration_id = d.id
LEFT JOIN moved m ON m.declaration_id = d.id LEFT JOIN held h ON h.subject_id = d.id
LEFT JOIN claimed c ON c.declaration_id = d.id LEFT JOIN asked a ON a.declaration_id = d.id
WHERE d.id = ANY(%s::uuid[])
"""
PERMITS = """
SELECT p.id FROM agencies_permit p
WHERE p.holder_id = %s AND (p.used < 0 OR p.used > p.quantity * (1 + p.tolerance))
"""
PERMITS_APART = """
SELECT p.id FROM agencies_permit p LEFT JOIN agencies_writeoff w ON w.permit_id = p.id WHERE p.holder_id = %s
GROUP BY p.id HAVING p.used <> coalesce(sum(CASE
    WHEN w.kind IN ('reserve', 'manual', 'contingency') THEN w.quantity
    WHEN w.kind IN ('free', 'recredit') THEN -w.quantity ELSE 0 END), 0)
"""
RETURNED_TWICE = """
SELECT w.declaration_id, w.permit_id FROM agencies_writeoff w JOIN agencies_permit p ON p.id = w.permit_id
WHERE p.holder_id = %s AND w.declaration_id IS NOT NULL
GROUP BY w.declaration_id, w.permit_id, w.item, w.version
HAVING sum(CASE WHEN kind IN ('free', 'recredit') THEN w.quantity ELSE 0 END)
     > sum(CASE WHEN kind = 'reserve' THEN w.quantity ELSE 0 END)
"""
GUARANTEE = """
SELECT g.used_minor, g.limit_minor, coalesce((SELECT sum(CASE e.kind
    WHEN 'RESERVE' THEN e.amount_minor WHEN 'CONVERT' THEN 0 ELSE -e.amount_minor END)
    FROM guarantees_entry e WHERE e.guarantee_id = g.id), 0)
FROM guarantees_guarantee g WHERE g.id = %s
"""
FREED_TWICE = """
SELECT subject_id FROM guarantees_entry WHERE guarantee_id = %s GROUP BY subject_id, purpose
HAVING sum(CASE kind WHEN 'RESERVE' THEN amount_minor WHEN 'REPLENISH' THEN 0 ELSE -amount_minor END) < 0
    OR sum(CASE kind WHEN 'CONVERT' THEN amount_minor WHEN 'REPLENISH' THEN -amount_minor ELSE 0 END) < 0
"""
DEFERMENT = """
SELECT d.used_minor, d.limit_minor, coalesce((SELECT sum(l.amount_minor) FROM revenue_statementline l
    JOIN revenue_statement s ON s.id = l.statement_id WHERE s.deferment_id = d.id AND s.state <> 'paid'), 0),
    -coalesce((SELECT sum(p.amount_minor) FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
    WHERE a.kind = 'receivable' AND a.organisation_id = d.holder_id), 0)
FROM revenue_deferment d WHERE d.id = %s
"""
QUOTA = """
SELECT q.balance, q.volume, q.initial, coalesce(sum(CASE e.kind WHEN 'allocate' THEN e.quantity
    WHEN 'return' THEN -e.quantity ELSE 0 END), 0)
FROM quotas_quota q LEFT JOIN quotas_entry e ON e.quota_id = q.id WHERE q.id = %s GROUP BY q.id
"""
CLAIMED_TWICE = """
SELECT l.declaration_id FROM revenue_claimline l JOIN revenue_claim c ON c.id = l.claim_id
WHERE c.claimant_id = %s AND c.state = 'paid' GROUP BY l.declaration_id, l.item, l.tax_type
HAVING sum(l.approved_minor) > (SELECT max(b.amount_minor) FROM fees_assessmentline b
    JOIN fees_assessment a ON a.id = b.assessment_id WHERE a.declaration_id = l.declaration_id
    AND b.item = l.item AND b.tax_type = l.tax_type)
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
    """What left the trader's account for it, what was paid for demands included."""
    authorities: int
    """What the authorities were given, without what was paid for demands."""
    aside: int
    """What is set aside in money."""
    deferred: int
    """What is still to be paid on a statement."""
    held: int
    """What guarantees hold for it."""
    claims: int
    """Claims of quotas that were not given back."""
    demanded: int
    """What of the duty was demanded because nothing bore it."""
    demands_paid: int
    demands_open: int
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
        cursor.execute(DECLARATIONS, [ids] * 5)
        return [Standing(*row) for row in cursor.fetchall()]
