"""Life cycles of revenue, as tables. Source: domain.md K18, F53; docs/rules/revenue.md."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition

P = Permission


class DefermentState(StrEnum):
    """Where the approval of deferred payment stands."""

    PROPOSED = "proposed"  # It waits for a second person.
    DECLINED = "declined"  # Nobody agreed to it.
    ACTIVE = "active"  # Debts are deferred under it.
    SUSPENDED = "suspended"  # Nothing more is deferred until what is overdue is paid.
    ENDED = "ended"  # It is over.


D = DefermentState

DEFERMENT = StateMachine(
    name="deferment",
    states=DefermentState,
    initial=D.PROPOSED,
    transitions=[
        Transition("grant", frozenset({D.PROPOSED}), D.ACTIVE, P.DECIDE_PROPOSAL),
        Transition("decline", frozenset({D.PROPOSED}), D.DECLINED, P.DECIDE_PROPOSAL),
        Transition("suspend", frozenset({D.ACTIVE}), D.SUSPENDED, P.MANAGE_DEFERMENT),
        Transition("resume", frozenset({D.SUSPENDED}), D.ACTIVE, P.MANAGE_DEFERMENT),
        Transition("end", frozenset({D.ACTIVE, D.SUSPENDED}), D.ENDED, P.MANAGE_DEFERMENT),
    ],
)


class StatementState(StrEnum):
    """Where the statement of one month stands."""

    OPEN = "open"  # The month runs, or its statement was not closed yet.
    DUE = "due"  # Closed: to be paid by its day.
    OVERDUE = "overdue"  # The day passed; interest runs.
    PAID = "paid"  # Everything on it is paid.


S = StatementState

STATEMENT = StateMachine(
    name="statement",
    states=StatementState,
    initial=S.OPEN,
    transitions=[
        Transition("close", frozenset({S.OPEN}), S.DUE, P.SYSTEM),
        Transition("fall_overdue", frozenset({S.DUE}), S.OVERDUE, P.SYSTEM),
        Transition("pay", frozenset({S.DUE, S.OVERDUE}), S.PAID, P.PAY),
    ],
)


class ClaimState(StrEnum):
    """Where a claim for repayment, remission or drawback stands (K18)."""

    FILED = "filed"  # It arrived; what it asks for is held, so that nothing is claimed twice.
    ACCEPTED = "accepted"  # It is complete, and an officer looks at it.
    VERIFIED = "verified"  # An officer verified it and proposed an amount.
    APPROVED = "approved"  # A second officer approved it.
    PAID = "paid"  # The money was given back, or the demand waived.
    REFUSED = "refused"  # It was refused with reasons.
    WITHDRAWN = "withdrawn"  # Who filed it took it back.
    LAPSED = "lapsed"  # A change of the declaration gave back what it asks for, or took its subject away.


C = ClaimState

CLAIM = StateMachine(
    name="claim",
    states=ClaimState,
    initial=C.FILED,
    transitions=[
        Transition("accept", frozenset({C.FILED}), C.ACCEPTED, P.DECIDE_REPAYMENT),
        Transition("verify", frozenset({C.ACCEPTED}), C.VERIFIED, P.DECIDE_REPAYMENT),
        Transition("approve", frozenset({C.VERIFIED}), C.APPROVED, P.APPROVE_REPAYMENT),
        Transition("pay", frozenset({C.APPROVED}), C.PAID, P.SYSTEM),
        Transition("refuse", frozenset({C.FILED, C.ACCEPTED, C.VERIFIED}), C.REFUSED, P.DECIDE_REPAYMENT),
        Transition("withdraw", frozenset({C.FILED, C.ACCEPTED}), C.WITHDRAWN, P.CLAIM_REPAYMENT),
        Transition("recall", frozenset({C.VERIFIED}), C.ACCEPTED, P.SYSTEM),
        Transition("lapse", frozenset({C.FILED, C.ACCEPTED, C.VERIFIED}), C.LAPSED, P.SYSTEM),
    ],
)

ENDED_CLAIMS = frozenset({C.PAID, C.REFUSED, C.WITHDRAWN, C.LAPSED})
"""Claims about which nothing more is decided."""
OPEN_CLAIMS = frozenset({C.FILED, C.ACCEPTED, C.VERIFIED})
"""Claims that wait for somebody: what they ask for is held."""
