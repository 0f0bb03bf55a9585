"""The life cycle of a guarantee, as a table. Source: docs/rules/guarantees.md, GU-LIF-01."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class GuaranteeState(StrEnum):
    """Where a guarantee stands."""

    PENDING = "PENDING"  # Applied for; a second person has not agreed yet.
    ACTIVE = "ACTIVE"  # May be drawn on.
    SUSPENDED = "SUSPENDED"  # Not for now; what is reserved stays.
    REFUSED = "REFUSED"  # Never granted.
    REVOKED = "REVOKED"  # Withdrawn by customs.
    CANCELLED = "CANCELLED"  # Ended by holder or guarantor, after notice; what was reserved before stays.
    EXPIRED = "EXPIRED"  # Its last day has passed.
    USED = "USED"  # A voucher, a carnet or a deposit that covers its one declaration.


G, P = GuaranteeState, Permission

GUARANTEE: StateMachine[GuaranteeState] = StateMachine(
    name="guarantee",
    states=GuaranteeState,
    initial=G.PENDING,
    transitions=[
        Transition("grant", frozenset({G.PENDING}), G.ACTIVE, P.SYSTEM),
        Transition("refuse", frozenset({G.PENDING}), G.REFUSED, P.SYSTEM),
        Transition("suspend", frozenset({G.ACTIVE}), G.SUSPENDED, P.SYSTEM),
        Transition("reinstate", frozenset({G.SUSPENDED}), G.ACTIVE, P.SYSTEM),
        Transition("revoke", frozenset({G.ACTIVE, G.SUSPENDED}), G.REVOKED, P.SYSTEM),
        Transition("cancel", frozenset({G.ACTIVE, G.SUSPENDED}), G.CANCELLED, P.SYSTEM),
        Transition("expire", frozenset({G.PENDING, G.ACTIVE, G.SUSPENDED}), G.EXPIRED, P.SYSTEM),
        Transition("use", frozenset({G.ACTIVE}), G.USED, P.SYSTEM),
        # The declaration that a voucher covered was invalidated: it never happened.
        Transition("return", frozenset({G.USED}), G.ACTIVE, P.SYSTEM),
    ],
)

ENDED = GUARANTEE.terminal()
