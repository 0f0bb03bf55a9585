"""The life cycles of a permit and of a hold, as tables.

Source: docs/rules/agencies.md, AG-020 and AG-030.
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class PermitState(StrEnum):
    """Where a permit stands."""

    ISSUED = "issued"  # May be written off.
    SUSPENDED = "suspended"  # Not for now; the agency may reinstate it.
    REVOKED = "revoked"  # Withdrawn for good.
    EXPIRED = "expired"  # Its last day has passed.
    EXHAUSTED = "exhausted"  # Nothing is left, tolerance included.


class HoldState(StrEnum):
    """Where a hold stands. Goods leave only when none of their holds is open or upheld."""

    OPEN = "open"
    LIFTED = "lifted"  # The agency agrees to release.
    UPHELD = "upheld"  # The agency refuses; it may still change its mind.
    WITHDRAWN = "withdrawn"  # The declaration ended, so nothing is left to hold.


H, P, S = HoldState, Permission, PermitState

PERMIT = StateMachine(
    name="permit",
    states=PermitState,
    initial=S.ISSUED,
    transitions=[
        Transition("exhaust", frozenset({S.ISSUED}), S.EXHAUSTED, P.SYSTEM),
        Transition("recredit", frozenset({S.EXHAUSTED}), S.ISSUED, P.SYSTEM),
        Transition("expire", frozenset({S.ISSUED, S.SUSPENDED, S.EXHAUSTED}), S.EXPIRED, P.SYSTEM),
        Transition("suspend", frozenset({S.ISSUED, S.EXHAUSTED}), S.SUSPENDED, P.MANAGE_PERMIT),
        Transition("reinstate", frozenset({S.SUSPENDED}), S.ISSUED, P.MANAGE_PERMIT),
        Transition("revoke", frozenset({S.ISSUED, S.SUSPENDED, S.EXHAUSTED}), S.REVOKED, P.MANAGE_PERMIT),
    ],
)

HOLD = StateMachine(
    name="hold",
    states=HoldState,
    initial=H.OPEN,
    transitions=[
        Transition("lift", frozenset({H.OPEN, H.UPHELD}), H.LIFTED, P.DECIDE_AGENCY_HOLD),
        Transition("uphold", frozenset({H.OPEN}), H.UPHELD, P.DECIDE_AGENCY_HOLD),
        Transition("withdraw", frozenset({H.OPEN, H.UPHELD}), H.WITHDRAWN, P.SYSTEM),
    ],
)

BLOCKING = frozenset({H.OPEN, H.UPHELD})
"""States in which a hold keeps the goods from being released."""
