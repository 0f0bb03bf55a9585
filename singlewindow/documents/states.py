"""States of documents that other apps may know."""

from enum import StrEnum


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
