"""States of documents that other apps may know."""

from enum import StrEnum

from singlewindow.kernel.state_machine import StateMachine, Transition


class ScanState(StrEnum):
    """What the virus scanner said of a kept file."""

    CLEAN = "clean"
    UNSCANNED = "unscanned"  # There was no scanner, or it did not answer: officers see that.


class AskOutcome(StrEnum):
    """What became of a request for a document or an element."""

    ASKED = "asked"  # It was not here; the trader is asked.
    EXCEPTED = "excepted"  # It is here, and is asked for again under a published exception.
    HOLDER_ASKED = "holder_asked"  # Another body holds the original: a copy is accepted, the holder is asked.
    HELD = "held"  # Refused: it is here.
    EXEMPT = "exempt"  # Refused: it is not asked for in this direction.


TAKEN = frozenset({AskOutcome.ASKED, AskOutcome.EXCEPTED, AskOutcome.HOLDER_ASKED})


class OriginalState(StrEnum):
    """What the holder of an original said of it."""

    ASKED = "asked"  # The window asked the holder in the trader's place.
    AUTHENTIC = "authentic"  # The holder issued it, and it stands as it was issued.
    NOT_OURS = "not_ours"  # The holder knows no such original.


ORIGINAL = StateMachine(
    name="original",
    states=OriginalState,
    initial=OriginalState.ASKED,
    transitions=(
        Transition("confirm", frozenset({OriginalState.ASKED}), OriginalState.AUTHENTIC, "hold.decide"),
        Transition("disown", frozenset({OriginalState.ASKED}), OriginalState.NOT_OURS, "hold.decide"),
    ),
)
