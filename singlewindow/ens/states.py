"""The life cycle of an entry summary declaration, as a table.

Source: docs/rules/ens.md, EN-010; domain.md F19 and F28.
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class EntryState(StrEnum):
    """Where an entry summary declaration stands."""

    REGISTERED = "registered"  # It has its MRN; the assessment follows.
    INFORMATION_REQUESTED = "information_requested"  # Something is asked (RFI).
    ANSWERED = "answered"  # The filer answered; an officer reads it.
    PROPOSED = "proposed"  # The assessment proposes not to load; an officer decides.
    DO_NOT_LOAD = "do_not_load"  # The goods may not be loaded.
    ASSESSMENT_COMPLETE = "assessment_complete"  # The goods may be loaded.
    ENDED = "ended"  # Its time is over.


E, P = EntryState, Permission

ENTRY = StateMachine(
    name="entry summary",
    states=EntryState,
    initial=E.REGISTERED,
    transitions=[
        Transition("complete", frozenset({E.REGISTERED}), E.ASSESSMENT_COMPLETE, P.SYSTEM),
        Transition("request", frozenset({E.REGISTERED}), E.INFORMATION_REQUESTED, P.SYSTEM),
        Transition("propose", frozenset({E.REGISTERED}), E.PROPOSED, P.SYSTEM),
        Transition("answer", frozenset({E.INFORMATION_REQUESTED}), E.ANSWERED, P.ENTRY_FILE),
        Transition(
            "ask", frozenset({E.ANSWERED, E.PROPOSED, E.ASSESSMENT_COMPLETE}), E.INFORMATION_REQUESTED, P.ENTRY_ASSESS
        ),
        Transition(
            "clear",
            frozenset({E.INFORMATION_REQUESTED, E.ANSWERED, E.PROPOSED, E.DO_NOT_LOAD}),
            E.ASSESSMENT_COMPLETE,
            P.ENTRY_ASSESS,
        ),
        Transition(
            "forbid",
            frozenset({E.INFORMATION_REQUESTED, E.ANSWERED, E.PROPOSED, E.ASSESSMENT_COMPLETE}),
            E.DO_NOT_LOAD,
            P.ENTRY_ASSESS,
        ),
        Transition(
            "amend",
            frozenset({E.INFORMATION_REQUESTED, E.ANSWERED, E.ASSESSMENT_COMPLETE}),
            E.REGISTERED,
            P.ENTRY_FILE,
        ),
        Transition("end", frozenset(set(E) - {E.ENDED}), E.ENDED, P.SYSTEM),
    ],
)

DESK = (E.PROPOSED, E.ANSWERED, E.INFORMATION_REQUESTED, E.DO_NOT_LOAD)
"""States that the targeting desk lists."""


class QuestionCode(StrEnum):
    """What is asked, as a code that software understands."""

    DESCRIPTION = "RFI-DESC"  # A description that says what the goods are.
    DANGEROUS = "RFI-UN"  # Whether the goods are dangerous, and their UN number.
    PARTY = "RFI-PARTY"  # Who sends or gets the goods.
    CONTAINER = "RFI-CONT"  # The right container number.
    GOODS = "RFI-HS"  # More about goods of the alert list.
    OTHER = "RFI-OTH"  # What the officer writes.
