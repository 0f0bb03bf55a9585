"""Acts of revenue: defer, close and pay a month, determine, give back, waive."""

from singlewindow.revenue.services.deciding import (
    claim_accept,
    claim_approve,
    claim_refuse,
    claim_verify,
    claim_withdraw,
)
from singlewindow.revenue.services.deferments import (
    DefermentTerms,
    deferment_change,
    deferment_declined,
    deferment_goes_live,
    deferment_propose,
)
from singlewindow.revenue.services.deferral import debt_defer
from singlewindow.revenue.services.determination import debt_determine
from singlewindow.revenue.services.drawback import DrawbackAsked, drawback_file
from singlewindow.revenue.services.filing import remission_file, repayment_file
from singlewindow.revenue.services.following import Held, claims_end, claims_follow, claims_hold
from singlewindow.revenue.services.paying import statement_pay
from singlewindow.revenue.services.statements import statement_close, statement_correct, statement_due
from singlewindow.revenue.services.yields import YieldRow, yields_set

__all__ = [
    "DefermentTerms",
    "DrawbackAsked",
    "Held",
    "YieldRow",
    "claim_accept",
    "claim_approve",
    "claim_refuse",
    "claim_verify",
    "claim_withdraw",
    "claims_end",
    "claims_follow",
    "claims_hold",
    "debt_defer",
    "debt_determine",
    "deferment_change",
    "deferment_declined",
    "deferment_goes_live",
    "deferment_propose",
    "drawback_file",
    "remission_file",
    "repayment_file",
    "statement_close",
    "statement_correct",
    "statement_due",
    "statement_pay",
    "yields_set",
]
