"""The life cycle of a proposal, as a table. Source: docs/rules/approvals.md, AP-001."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"  # It waits for a second person.
    GRANTED = "granted"  # Another person agreed, and it took effect.
    REFUSED = "refused"  # Another person did not agree.
    WITHDRAWN = "withdrawn"  # Who proposed it took it back, or newer content took its place.


S, P = ProposalState, Permission

PROPOSAL = StateMachine(
    name="proposal",
    states=ProposalState,
    initial=S.OPEN,
    transitions=[
        Transition("grant", frozenset({S.OPEN}), S.GRANTED, P.DECIDE_PROPOSAL),
        Transition("refuse", frozenset({S.OPEN}), S.REFUSED, P.DECIDE_PROPOSAL),
        Transition("withdraw", frozenset({S.OPEN}), S.WITHDRAWN, P.EDIT_RISK),
    ],
)
