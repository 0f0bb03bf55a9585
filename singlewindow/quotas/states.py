"""The life cycle of a tariff quota, as a table. Source: docs/rules/quotas.md, QU-STA-01."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class QuotaState(StrEnum):
    """Where a quota stands."""

    OPEN = "open"  # More is left than the critical level: its rate is granted at once.
    CRITICAL = "critical"  # Little is left: its rate is granted, and the difference secured.
    EXHAUSTED = "exhausted"  # Nothing is left: its rate is not granted.
    BLOCKED = "blocked"  # Customs stopped its use for a time.
    CLOSED = "closed"  # Its period is over and settled.


S, P = QuotaState, Permission
USABLE = frozenset({S.OPEN, S.CRITICAL})
"""States in which the in-quota rate may be claimed."""
LIVING = frozenset({S.OPEN, S.CRITICAL, S.EXHAUSTED, S.BLOCKED})
"""States of a quota whose period is not settled yet."""

QUOTA = StateMachine(
    name="quota",
    states=QuotaState,
    initial=S.OPEN,
    transitions=[
        Transition("reopen", frozenset({S.CRITICAL, S.EXHAUSTED, S.BLOCKED}), S.OPEN, P.MANAGE_QUOTA),
        Transition("tighten", frozenset({S.OPEN, S.EXHAUSTED, S.BLOCKED}), S.CRITICAL, P.MANAGE_QUOTA),
        Transition("exhaust", frozenset({S.OPEN, S.CRITICAL, S.BLOCKED}), S.EXHAUSTED, P.MANAGE_QUOTA),
        Transition("block", frozenset({S.OPEN, S.CRITICAL, S.EXHAUSTED}), S.BLOCKED, P.MANAGE_QUOTA),
        Transition("close", LIVING, S.CLOSED, P.MANAGE_QUOTA),
    ],
)
