"""Changes of lodged declarations: asked for by the declarant, decided by the window or an officer."""

from clearance.services.changes.decisions import change_decision, declaration_correct
from clearance.services.changes.requests import (
    change_request,
    change_request_in,
    change_withdraw,
    change_withdraw_in,
)
from clearance.services.changes.standing import amendment_checked, money_of, ruling_for

__all__ = [
    "amendment_checked",
    "change_decision",
    "change_request",
    "change_request_in",
    "change_withdraw",
    "change_withdraw_in",
    "declaration_correct",
    "money_of",
    "ruling_for",
]
