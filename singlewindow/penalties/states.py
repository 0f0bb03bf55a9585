"""The life cycles of a penalty and of a disclosure, as tables. Source: docs/rules/penalties.md; TFA 6.3."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class PenaltyState(StrEnum):
    """Where a penalty stands."""

    NOTIFIED = "notified"  # The person was told what is held against them, and may answer.
    ISSUED = "issued"  # Decided: it is owed.
    DROPPED = "dropped"  # Not pursued.
    PAID = "paid"  # Its demand was paid.
    CANCELLED = "cancelled"  # Taken back after it was decided.


class DisclosureState(StrEnum):
    """Where a disclosure stands."""

    FILED = "filed"  # Kept with its instant; nobody can make it later or earlier.
    SETTLED = "settled"  # Customs told what follows from it.


P, S, D = Permission, PenaltyState, DisclosureState

PENALTY: StateMachine[PenaltyState] = StateMachine(
    name="penalty",
    states=PenaltyState,
    initial=S.NOTIFIED,
    transitions=[
        Transition("issue", frozenset({S.NOTIFIED}), S.ISSUED, P.DECIDE_PENALTY),
        Transition("drop", frozenset({S.NOTIFIED}), S.DROPPED, P.DECIDE_PENALTY),
        Transition("pay", frozenset({S.ISSUED}), S.PAID, P.SYSTEM),
        Transition("cancel", frozenset({S.ISSUED}), S.CANCELLED, P.DECIDE_PENALTY),
    ],
)

DISCLOSURE: StateMachine[DisclosureState] = StateMachine(
    name="disclosure",
    states=DisclosureState,
    initial=D.FILED,
    transitions=[Transition("settle", frozenset({D.FILED}), D.SETTLED, P.DECIDE_PENALTY)],
)
