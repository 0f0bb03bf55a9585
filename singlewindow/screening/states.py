"""Life cycle of a version of a list, as a table. Source: docs/rules/screening.md, SC-LST."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class ListState(StrEnum):
    """Where a version of a list stands."""

    PROPOSED = "PROPOSED"  # Loaded; it waits for a second person.
    LIVE = "LIVE"  # Names are held against it.
    DECLINED = "DECLINED"  # The second person did not agree, or it was taken back.
    SUPERSEDED = "SUPERSEDED"  # A later version took its place.


class Verdict(StrEnum):
    """What an officer says of a possible match."""

    CONFIRMED = "CONFIRMED"  # It is them.
    DISMISSED = "DISMISSED"  # It is somebody else.


S, P = ListState, Permission

LIST = StateMachine(
    name="screening list",
    states=ListState,
    initial=S.PROPOSED,
    transitions=[
        Transition("agree", frozenset({S.PROPOSED}), S.LIVE, P.DECIDE_PROPOSAL),
        Transition("decline", frozenset({S.PROPOSED}), S.DECLINED, P.DECIDE_PROPOSAL),
        Transition("supersede", frozenset({S.LIVE}), S.SUPERSEDED, P.SYSTEM),
        Transition("propose", frozenset({S.DECLINED, S.SUPERSEDED}), S.PROPOSED, P.EDIT_RISK),
    ],
)
