"""Two-step declaration: a short one takes the goods, the full one follows. Rules TS-* (docs/rules/two-step.md)."""

from clearance.services.two_step.completion import supplementary_check, supplementary_link
from clearance.services.two_step.deadlines import supplementary_deadline
from clearance.services.two_step.obligations import supplementary_lift, supplementary_owe
from clearance.services.two_step.payment import full_declaration_cover

__all__ = [
    "full_declaration_cover",
    "supplementary_check",
    "supplementary_deadline",
    "supplementary_lift",
    "supplementary_link",
    "supplementary_owe",
]
