"""Whether payments and the ledger say the same: what must hold, asked of the rows themselves."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from fees.selectors.ledger import LedgerFinding, ledger_findings, ledger_sum, ledger_totals
from singlewindow.payments.models import BankStatement, PayoutOrder, SuspenseItem
from singlewindow.payments.selectors.suspense import UNCLEARED
from singlewindow.payments.states import PayoutState

UNPAID = (PayoutState.ORDERED.value, PayoutState.FILED.value)


@dataclass(frozen=True, slots=True)
class SuspenseTotal:
    """What stands in suspense in one currency."""

    currency: str
    items: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BankPosition:
    """What the bank's newest statement says of an account."""

    iban: str
    currency: str
    closing_minor: int
    statement_id: str


def ledger_verify() -> list[LedgerFinding]:
    """Everything that does not hold: PY-LED-01 to PY-LED-04 of the ledger, PY-LED-05 suspense, PY-LED-06 payouts.

    Source: docs/rules/payments.md.
    """
    found = ledger_findings()
    items = {one.currency: one.amount_minor for one in suspense_totals()}
    found += _apart("PY-LED-05", "Suspense is not the sum of its uncleared items.", ledger_sum("suspense"), items)
    rows = PayoutOrder.objects.filter(state__in=UNPAID).values("currency").annotate(total=Sum("amount_minor"))
    orders = {str(row["currency"]): int(row["total"] or 0) for row in rows}
    return found + _apart("PY-LED-06", "Money on its way out is not the sum of its orders.", _ordered(), orders)


def _ordered() -> dict[str, int]:
    return {
        one.currency: one.amount_minor for one in ledger_totals() if (one.kind, one.authority) == ("clearing", "OUT")
    }


def _apart(rule: str, sentence: str, ledger: dict[str, int], rows: dict[str, int]) -> list[LedgerFinding]:
    return [
        LedgerFinding(rule, sentence, currency, ledger.get(currency, 0) - rows.get(currency, 0))
        for currency in sorted(ledger.keys() | rows.keys())
        if ledger.get(currency, 0) != rows.get(currency, 0)
    ]


def suspense_totals() -> list[SuspenseTotal]:
    """What stands in suspense, by currency."""
    rows = SuspenseItem.objects.filter(state__in=UNCLEARED).values("currency").order_by("currency")
    return [
        SuspenseTotal(row["currency"], row["items"], row["total"])
        for row in rows.annotate(items=Count("pk"), total=Sum("amount_minor"))
    ]


def bank_positions() -> list[BankPosition]:
    """The closing balance of the newest statement of every account."""
    rows = BankStatement.objects.order_by("iban", "-pk").distinct("iban")
    return [BankPosition(row.iban, row.currency, row.closing_minor, row.statement_id) for row in rows]
