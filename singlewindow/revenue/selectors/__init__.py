"""Reads of revenue: deferments, statements, provisional debts, claims; each for whoever may see them."""

from singlewindow.revenue.selectors.claims import (
    ClaimableLine,
    ClaimLineView,
    ClaimView,
    DrawnView,
    claim_for,
    claimable_lines,
    claims_for,
)
from singlewindow.revenue.selectors.deferments import (
    DefermentView,
    StatementRow,
    deferment_for,
    deferments_for,
    statements_of,
)
from singlewindow.revenue.selectors.provisional import (
    ProvisionalDebt,
    determination_for,
    provisional_debt,
    provisional_debts,
)
from singlewindow.revenue.selectors.statements import StatementView, statement_for

__all__ = [
    "ClaimLineView",
    "ClaimView",
    "ClaimableLine",
    "DefermentView",
    "DrawnView",
    "ProvisionalDebt",
    "StatementRow",
    "StatementView",
    "claim_for",
    "claimable_lines",
    "claims_for",
    "deferment_for",
    "deferments_for",
    "determination_for",
    "provisional_debt",
    "provisional_debts",
    "statement_for",
    "statements_of",
]
