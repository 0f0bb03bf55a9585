"""Life cycles of a file of low value, of a part of it, and of a line."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class FileState(StrEnum):
    """Where a file stands. One that cannot be read is refused before there is a row."""

    RECEIVED = "RECEIVED"
    FILING = "FILING"
    DONE = "DONE"


class LineState(StrEnum):
    """What became of a line."""

    LODGED = "LODGED"
    FAILED = "FAILED"


F = FileState

FILE: StateMachine[FileState] = StateMachine(
    name="bulk file",
    states=FileState,
    initial=F.RECEIVED,
    transitions=[
        Transition("file", frozenset({F.RECEIVED, F.FILING}), F.FILING, Permission.SYSTEM),
        Transition("finish", frozenset({F.FILING}), F.DONE, Permission.SYSTEM),
    ],
)
