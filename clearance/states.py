"""The control life cycle of a declaration, as a table.

The holds themselves are a set (agencies); this state says what customs is doing about the goods.

Source: docs/rules/clearance.md (domain.md K1, K2).
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class ControlState(StrEnum):
    """What customs is doing about the goods."""

    NONE = "NONE"  # No control: the goods are or will be released without an officer.
    SELECTED = "SELECTED"  # Chosen before arrival; the control begins with the presentation.
    DOCS_REQUIRED = "DOCS_REQUIRED"  # Documents are checked before release.
    PHYSICAL = "PHYSICAL"  # Documents and goods are checked before release.
    QUERY = "QUERY"  # Parked until the declarant answers.
    DETAINED = "DETAINED"  # Kept by customs.
    DONE = "DONE"  # Every check of customs is over.


C = ControlState
_CHECKED = frozenset({C.DOCS_REQUIRED, C.PHYSICAL})

CONTROL: StateMachine[ControlState] = StateMachine(
    name="control",
    states=ControlState,
    initial=C.NONE,
    transitions=[
        Transition("select", frozenset({C.NONE}), C.SELECTED, Permission.SYSTEM),
        Transition(
            "require_documents", frozenset({C.NONE, C.SELECTED, C.PHYSICAL}), C.DOCS_REQUIRED, Permission.SYSTEM
        ),
        Transition(
            "require_examination", frozenset({C.NONE, C.SELECTED, C.DOCS_REQUIRED}), C.PHYSICAL, Permission.SYSTEM
        ),
        Transition("reopen", frozenset({C.DONE}), C.DOCS_REQUIRED, Permission.SYSTEM),
        Transition("unselect", frozenset({C.SELECTED}), C.NONE, Permission.SYSTEM),
        Transition("ask", _CHECKED, C.QUERY, Permission.DECIDE_CASE),
        Transition("resume_documents", frozenset({C.QUERY}), C.DOCS_REQUIRED, Permission.SYSTEM),
        Transition("resume_examination", frozenset({C.QUERY}), C.PHYSICAL, Permission.SYSTEM),
        Transition("conclude", _CHECKED, C.DONE, Permission.DECIDE_CASE),
        Transition("detain", _CHECKED | {C.QUERY}, C.DETAINED, Permission.DECIDE_CASE),
        Transition("end_detention", frozenset({C.DETAINED}), C.DONE, Permission.DECIDE_CASE),
    ],
)

DMS_FUNCTION_CODES = {C.PHYSICAL: "05", C.DOCS_REQUIRED: "06", C.QUERY: "51", C.DETAINED: "52"}
"""The function code of the message that tells the trader of each state."""

WORK = frozenset({C.DOCS_REQUIRED, C.PHYSICAL, C.QUERY, C.DETAINED})
"""States in which an officer of customs has something to decide."""


class SupplementaryState(StrEnum):
    """How far the full declaration is that a simplified one owes."""

    OWED = "OWED"  # The goods were released on the short one; the full one may come until its day.
    OVERDUE = "OVERDUE"  # Its day is over; the full one is still taken.
    COMPLETED = "COMPLETED"  # The full one is in and its debt is settled.
    DEBT_FIXED = "DEBT_FIXED"  # It never came: the debt was fixed on what is known.
    LIFTED = "LIFTED"  # The simplified declaration was invalidated.


_S = SupplementaryState
_AWAITED = frozenset({_S.OWED, _S.OVERDUE})

SUPPLEMENTARY: StateMachine[SupplementaryState] = StateMachine(
    name="supplementary",
    states=SupplementaryState,
    initial=_S.OWED,
    transitions=[
        Transition("fall_due", frozenset({_S.OWED}), _S.OVERDUE, Permission.SYSTEM),
        Transition("complete", _AWAITED, _S.COMPLETED, Permission.SYSTEM),
        Transition("fix_debt", frozenset({_S.OVERDUE}), _S.DEBT_FIXED, Permission.SYSTEM),
        Transition("lift", _AWAITED, _S.LIFTED, Permission.SYSTEM),
    ],
)


class DisputeState(StrEnum):
    """Where a dispute of value, origin or classification stands."""

    OFFERED = "OFFERED"  # Opened; the goods are released as soon as the trader gives security.
    SECURED = "SECURED"  # Security was given.
    SETTLED = "SETTLED"  # The debt was determined; what secured it was freed or taken.
    WITHDRAWN = "WITHDRAWN"  # Customs took it back, or the declaration ended.


_D = DisputeState
_RUNNING = frozenset({_D.OFFERED, _D.SECURED})

DISPUTE: StateMachine[DisputeState] = StateMachine(
    name="dispute",
    states=DisputeState,
    initial=_D.OFFERED,
    transitions=[
        Transition("accept", frozenset({_D.OFFERED}), _D.SECURED, Permission.LODGE_DECLARATION),
        Transition("settle", frozenset({_D.SECURED}), _D.SETTLED, Permission.SYSTEM),
        Transition("withdraw", _RUNNING, _D.WITHDRAWN, Permission.OPEN_DISPUTE),
    ],
)
