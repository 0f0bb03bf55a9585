"""The ledger as a whole: what stands on every kind of account, and whether it holds together."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from fees.models import Account
from fees.selectors.accounts import AccountView

TOTALS_SQL = """
SELECT a.kind, a.authority, a.currency, count(DISTINCT a.id), count(p.id), coalesce(sum(p.amount_minor), 0)
FROM fees_account a LEFT JOIN fees_posting p ON p.account_id = a.id
GROUP BY a.kind, a.authority, a.currency ORDER BY a.kind, a.authority, a.currency
"""
UNBALANCED_SQL = """
SELECT t.source_event, coalesce(sum(p.amount_minor), 0) FROM fees_ledgertransaction t
LEFT JOIN fees_posting p ON p.transaction_id = t.id GROUP BY t.id, t.source_event
HAVING count(p.id) = 0 OR sum(p.amount_minor) <> 0 LIMIT %s
"""
MIXED_SQL = """
SELECT t.source_event, count(DISTINCT a.currency) FROM fees_ledgertransaction t
JOIN fees_posting p ON p.transaction_id = t.id JOIN fees_account a ON a.id = p.account_id
GROUP BY t.id, t.source_event HAVING count(DISTINCT a.currency) > 1 LIMIT %s
"""
APART_SQL = """
SELECT a.id::text, a.balance_minor - coalesce(sum(p.amount_minor), 0) FROM fees_account a
LEFT JOIN fees_posting p ON p.account_id = a.id WHERE a.kind = 'trader'
GROUP BY a.id, a.balance_minor HAVING a.balance_minor <> coalesce(sum(p.amount_minor), 0) LIMIT %s
"""
NEGATIVE_SQL = "SELECT id::text, balance_minor FROM fees_account WHERE balance_minor < 0 LIMIT %s"
KIND_SQL = """
SELECT a.currency, coalesce(sum(p.amount_minor), 0) FROM fees_account a JOIN fees_posting p ON p.account_id = a.id
WHERE a.kind = %s GROUP BY a.currency
"""
NAMED_MOST = 50

FINDINGS = (
    ("PY-LED-01", UNBALANCED_SQL, "The postings of a transaction do not sum to zero."),
    ("PY-LED-02", MIXED_SQL, "A transaction mixes currencies."),
    ("PY-LED-03", APART_SQL, "A trader's balance is not the sum of its postings."),
    ("PY-LED-04", NEGATIVE_SQL, "A balance is below zero."),
)


@dataclass(frozen=True, slots=True)
class LedgerTotal:
    """What stands on the accounts of one kind, holder's code and currency."""

    kind: str
    authority: str
    currency: str
    accounts: int
    postings: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One thing in the ledger that should be impossible."""

    rule: str
    sentence: str
    what: str
    amount_minor: int


def accounts_of(organisation_id: UUID) -> list[AccountView]:
    """The prepaid accounts of an organisation, one a currency."""
    rows = Account.objects.filter(organisation_id=organisation_id, kind="trader").order_by("currency")
    return [AccountView(row.pk, organisation_id, row.currency, row.balance_minor) for row in rows]


def ledger_totals() -> list[LedgerTotal]:
    """What stands on every kind of account, by currency; the amounts of one currency sum to zero."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS_SQL)
        return [
            LedgerTotal(kind, code, currency, accounts, postings, int(total))
            for kind, code, currency, accounts, postings, total in cursor.fetchall()
        ]


def ledger_findings() -> list[LedgerFinding]:
    """Everything in the ledger that should be impossible, at most fifty of each kind."""
    found = []
    with connection.cursor() as cursor:
        for rule, sql, sentence in FINDINGS:
            cursor.execute(sql, [NAMED_MOST])
            found += [LedgerFinding(rule, sentence, what, int(amount)) for what, amount in cursor.fetchall()]
    return found


def ledger_sum(kind: str) -> dict[str, int]:
    """The sum of all postings on accounts of a kind, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(KIND_SQL, [kind])
        return {currency: int(total) for currency, total in cursor.fetchall()}


def accounts_listed(kind: str, authority: str, currency: str, *, size: int = 200) -> list[tuple[UUID | None, str, int]]:
    """The accounts behind a total, the largest first: holder, code, and the sum of its postings."""
    sql = """
    SELECT a.organisation_id, a.authority, coalesce(sum(p.amount_minor), 0) AS total FROM fees_account a
    LEFT JOIN fees_posting p ON p.account_id = a.id WHERE a.kind = %s AND a.authority = %s AND a.currency = %s
    GROUP BY a.id ORDER BY abs(coalesce(sum(p.amount_minor), 0)) DESC, a.id LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, authority, currency, size])
        return [(holder, code, int(total)) for holder, code, total in cursor.fetchall()]
