"""Acts of revenue: defer, close and pay a month, determine, give back, waive."""

from singlewindow.revenue.services.deferments import (
    DefermentTerms,
    deferment_change,
    deferment_declined,
    deferment_goes_live,
    deferment_propose,
)
from singlewindow.revenue.services.deferral import debt_defer
from singlewindow.revenue.services.determination import debt_determine
from singlewindow.revenue.services.paying import statement_pay
from singlewindow.revenue.services.statements import statement_close, statement_correct, statement_due

__all__ = [
    "DefermentTerms",
    "debt_defer",
    "debt_determine",
    "deferment_change",
    "deferment_declined",
    "deferment_goes_live",
    "deferment_propose",
    "statement_close",
    "statement_correct",
    "statement_due",
    "statement_pay",
]
