"""Tables of revenue: deferments and statements, determinations, claims and what they use up."""

from singlewindow.revenue.models.claims import (
    Claim,
    ClaimLine,
    DrawbackLine,
    LineBalance,
    QuantityUse,
    YieldSet,
)
from singlewindow.revenue.models.deferments import Deferment, DefermentShort, Statement, StatementLine
from singlewindow.revenue.models.determinations import Determination

__all__ = [
    "Claim",
    "ClaimLine",
    "Deferment",
    "DefermentShort",
    "Determination",
    "DrawbackLine",
    "LineBalance",
    "QuantityUse",
    "Statement",
    "StatementLine",
    "YieldSet",
]
