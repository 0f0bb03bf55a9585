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
        coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'authority' AND NOT demanded AND NOT drawn), 0)
            AS authorities,
        coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'security'), 0) AS aside,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'receivable' AND NOT given_back), 0) AS deferred,
        -coalesce(sum(p.amount_minor) FILTER (WHERE a.kind = 'trader' AND NOT given_back), 0) AS paid
    FROM (SELECT *, source_event LIKE 'demand:%%' AS demanded, source_event LIKE 'drawback:%%' AS drawn,
              -- of a statement that was paid, whose payment names no goods
              source_event LIKE 'correct:%%' AS given_back
          FROM fees_ledgertransaction WHERE declaration_id = ANY(%s::uuid[])) t
    JOIN fees_posting p ON p.transaction_id = t.id JOIN fees_account a ON a.id = p.account_id GROUP BY 1),
held AS (
    SELECT subject_id, sum(CASE kind WHEN 'RESERVE' THEN amount_minor WHEN 'REPLENISH' THEN 0 ELSE -amount_minor END)
        AS minor FROM guarantees_entry WHERE subject_id = ANY(%s::uuid[]) GROUP BY 1),
claimed AS (
    SELECT c.declaration_id, count(*) AS claims FROM quotas_entry c
    WHERE c.declaration_id = ANY(%s::uuid[]) AND c.kind = 'claim' AND NOT EXISTS (
        SELECT FROM quotas_entry r WHERE r.kind = 'return' AND r.declaration_id = c.declaration_id
        AND r.item = c.item AND r.version = c.version AND r.quota_id = c.quota_id) GROUP BY 1),
completed AS (
    -- What a short declaration set aside is spent by the full one: both rows of the pair, with what went across.
    SELECT o.declaration_id, o.supplementary_id, m.aside FROM clearance_supplementaryobligation o
    JOIN moved m ON m.declaration_id = o.supplementary_id WHERE o.state = 'COMPLETED'),
asked AS (
    SELECT declaration_id, coalesce(sum(amount_minor), 0) AS minor,
        coalesce(sum(amount_minor) FILTER (WHERE state = 'paid'), 0) AS paid,
        count(*) FILTER (WHERE state = 'open') AS open FROM fees_demand
    WHERE declaration_id = ANY(%s::uuid[]) AND kind IN ('duty', 'guarantee_call')
        -- What is remitted is owed no more, and the total is less by it; a call that is taken back stands reserved.
        AND state <> 'remitted' AND NOT (state = 'cancelled' AND kind = 'guarantee_call') GROUP BY 1)
SELECT d.id, d.legal_state, f.state, coalesce(f.total_minor, 0),
    coalesce(m.paid, 0) + coalesce(s.aside, 0) - coalesce(u.aside, 0), coalesce(m.authorities, 0),
    coalesce(m.aside, 0) + coalesce(s.aside, 0) - coalesce(u.aside, 0), coalesce(m.deferred, 0),
    coalesce(h.minor, 0), coalesce(c.claims, 0),
    coalesce(a.minor, 0), coalesce(a.paid, 0), coalesce(a.open, 0),
    (SELECT count(*) FROM agencies_hold o WHERE o.declaration_id = d.id AND o.state IN ('open', 'upheld'))
FROM declarations_declaration d LEFT JOIN fees_fiscalstatus f ON f.declaration_id = d.id
LEFT JOIN moved m ON m.declaration_id = d.id LEFT JOIN held h ON h.subject_id = d.id
LEFT JOIN claimed c ON c.declaration_id = d.id LEFT JOIN asked a ON a.declaration_id = d.id
LEFT JOIN completed s ON s.declaration_id = d.id LEFT JOIN completed u ON u.supplementary_id = d.id
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


DISPUTED_UNSECURED = """
SELECT d.declaration_id FROM clearance_dispute d JOIN fees_fiscalstatus f ON f.declaration_id = d.declaration_id
JOIN declarations_declaration x ON x.id = d.declaration_id
WHERE f.organisation_id = %s AND d.state = 'SECURED' AND x.legal_state IN ('RELEASED', 'CLEARED')
    AND NOT EXISTS (SELECT FROM revenue_determination r WHERE r.declaration_id = d.declaration_id)
    AND d.security_minor + d.fine_minor > coalesce((SELECT sum(p.amount_minor) FROM fees_posting p
        JOIN fees_account a ON a.id = p.account_id JOIN fees_ledgertransaction t ON t.id = p.transaction_id
        WHERE t.declaration_id = d.declaration_id AND a.kind = 'security'), 0)
    + coalesce((SELECT sum(CASE e.kind WHEN 'RESERVE' THEN e.amount_minor WHEN 'REPLENISH' THEN 0
        ELSE -e.amount_minor END) FROM guarantees_entry e WHERE e.subject_id = d.declaration_id
        AND e.purpose IN ('dispute', 'fine')), 0)
"""
SECURED_UNDISPUTED = """
SELECT e.subject_id FROM guarantees_entry e JOIN guarantees_guarantee g ON g.id = e.guarantee_id
WHERE g.holder_id = %s AND e.purpose IN ('dispute', 'fine') AND NOT EXISTS (
    SELECT FROM clearance_dispute d WHERE d.declaration_id = e.subject_id AND d.state = 'SECURED')
GROUP BY e.subject_id
HAVING sum(CASE e.kind WHEN 'RESERVE' THEN e.amount_minor WHEN 'REPLENISH' THEN 0 ELSE -e.amount_minor END) <> 0
"""
SHORT_UNSETTLED = """
SELECT o.declaration_id FROM clearance_supplementaryobligation o
JOIN declarations_declaration d ON d.id = o.declaration_id
WHERE o.organisation_id = %s AND CASE o.state
    WHEN 'OWED' THEN d.legal_state NOT IN ('RELEASED', 'CLEARED')
    WHEN 'OVERDUE' THEN d.legal_state NOT IN ('RELEASED', 'CLEARED')
    WHEN 'COMPLETED' THEN coalesce((SELECT sum(p.amount_minor) FROM fees_posting p
        JOIN fees_account a ON a.id = p.account_id JOIN fees_ledgertransaction t ON t.id = p.transaction_id
        WHERE t.declaration_id IN (o.declaration_id, o.supplementary_id) AND a.kind = 'security'), 0) <> 0
    ELSE false END
"""
DEPOSITED = """
SELECT coalesce(sum(p.amount_minor), 0) FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
JOIN fees_ledgertransaction t ON t.id = p.transaction_id
WHERE a.kind = 'security' AND t.source_event IN ('deposit:' || %s, 'deposit_back:' || %s)
"""
DEPOSITS_APART = """
SELECT g.id FROM guarantees_guarantee g WHERE g.holder_id = %s AND g.type = '3'
AND CASE WHEN g.state IN ('ACTIVE', 'SUSPENDED') THEN g.limit_minor ELSE 0 END <> coalesce((
    SELECT sum(p.amount_minor) FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
    JOIN fees_ledgertransaction t ON t.id = p.transaction_id
    WHERE a.kind = 'security' AND t.source_event IN ('deposit:' || g.grn, 'deposit_back:' || g.grn)), 0)
"""
DRAWN_OF_DEPOSIT = """
SELECT coalesce(sum(amount_minor), 0) FROM guarantees_entry WHERE guarantee_id = %s AND kind = 'CONVERT'
"""
SUSPENSE_APART = """
SELECT currency FROM (
    SELECT a.currency, sum(p.amount_minor) AS minor FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
    WHERE a.kind = 'suspense' GROUP BY a.currency
    UNION ALL SELECT currency, -sum(amount_minor) FROM payments_suspenseitem
    WHERE state IN ('open', 'proposed') GROUP BY currency) sides
GROUP BY currency HAVING sum(minor) <> 0
"""
QUANTITIES_APART = """
SELECT q.id FROM revenue_quantityuse q JOIN declarations_declaration d ON d.id = q.declaration_id
WHERE d.lodged_by_id = %s AND q.used <> coalesce((
    SELECT sum(CASE q.side WHEN 'import' THEN l.import_quantity ELSE l.export_quantity END)
    FROM revenue_drawbackline l JOIN revenue_claim c ON c.id = l.claim_id
    WHERE c.state NOT IN ('refused', 'withdrawn', 'lapsed') AND CASE q.side
        WHEN 'import' THEN l.import_declaration_id = q.declaration_id AND l.import_item = q.item
        ELSE l.export_declaration_id = q.declaration_id AND l.export_item = q.item END), 0)
"""
TAXES_APART = """
SELECT b.id FROM revenue_linebalance b JOIN declarations_declaration d ON d.id = b.declaration_id
WHERE d.lodged_by_id = %s AND b.claimed_minor <> coalesce((
    SELECT sum(coalesce(l.approved_minor, l.claimed_minor - l.dropped_minor)) FROM revenue_claimline l
    JOIN revenue_claim c ON c.id = l.claim_id WHERE c.state NOT IN ('refused', 'withdrawn', 'lapsed')
    AND NOT (c.kind = 'repayment' AND c.state = 'paid')
    AND l.declaration_id = b.declaration_id AND l.item = b.item AND l.tax_type = b.tax_type), 0)
    + coalesce((SELECT sum(greatest(0, least(r.high_minor, (
        SELECT coalesce(sum(x.amount_minor), 0) FROM fees_fiscalstatus f
        JOIN fees_assessmentline x ON x.assessment_id = f.assessment_id
        WHERE f.declaration_id = r.declaration_id AND x.item = r.item AND x.tax_type = r.tax_type
        AND x.authority = r.authority)) - r.low_minor))
    FROM fees_remission r WHERE r.declaration_id = b.declaration_id AND r.item = b.item
    AND r.tax_type = b.tax_type), 0)
"""
CLAIMS_APART = """
SELECT c.id FROM revenue_claim c WHERE c.claimant_id = %s AND c.kind <> 'remission'
AND CASE c.state WHEN 'paid' THEN c.approved_minor + c.interest_minor ELSE 0 END <> coalesce((
    SELECT sum(p.amount_minor) FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
    JOIN fees_ledgertransaction t ON t.id = p.transaction_id
    WHERE a.kind = 'trader' AND t.source_event IN ('claim:' || c.id, 'drawback:' || c.id)), 0)
"""
MATCHED_APART = """
SELECT e.id FROM agencies_contingencyentry e LEFT JOIN agencies_writeoff w ON w.id = e.write_off_id
JOIN declarations_declaration d ON d.id = e.declaration_id WHERE d.lodged_by_id = %s
AND ((e.state = 'matched') <> (w.id IS NOT NULL) OR w.quantity <> e.quantity - e.difference)
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
    """What the authorities were given, without what was paid for demands and what was drawn back."""
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
