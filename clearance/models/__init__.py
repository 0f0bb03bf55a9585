"""Tables of clearance: one case a declaration, and what was done about it."""

from clearance.models.cases import Alert, Case, Check, LaneChange, PostClearanceCase, Query
from clearance.models.compared import Difference, EarlyWarning
from clearance.models.owed import Dispute, SupplementaryObligation

__all__ = [
    "Alert",
    "Case",
    "Check",
    "Difference",
    "Dispute",
    "EarlyWarning",
    "LaneChange",
    "PostClearanceCase",
    "Query",
    "SupplementaryObligation",
]
