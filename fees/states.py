"""The fiscal life cycle of a declaration, as a table. Source: domain.md K1."""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class FiscalState(StrEnum):
    """How far the debt of a declaration is: assessed, covered, final."""

    NOT_ASSESSED = "NOT_ASSESSED"
    ASSESSED = "ASSESSED"
    PAID = "PAID"
    DEFERRED = "DEFERRED"
    SECURED = "SECURED"
    NIL = "NIL"
    INSUFFICIENT = "INSUFFICIENT"
    FINAL = "FINAL"


F = FiscalState

COVERED = frozenset({F.PAID, F.DEFERRED, F.SECURED, F.NIL})
"""States in which the money does not stand against release."""

OPEN = frozenset({F.NOT_ASSESSED, F.ASSESSED, F.INSUFFICIENT})
"""States in which a new assessment may still replace the last one."""

_PAYABLE = frozenset({F.ASSESSED, F.INSUFFICIENT})

FISCAL: StateMachine[FiscalState] = StateMachine(
    name="fiscal",
    states=FiscalState,
    initial=F.NOT_ASSESSED,
    transitions=[
        Transition("assess", OPEN, F.ASSESSED, Permission.SYSTEM),
        # The declaration was amended: what was assessed is no longer what is declared.
        Transition("reopen", _PAYABLE, F.NOT_ASSESSED, Permission.SYSTEM),
        Transition("pay", _PAYABLE, F.PAID, Permission.SYSTEM),
        Transition("defer", _PAYABLE, F.DEFERRED, Permission.SYSTEM),
        Transition("secure", _PAYABLE, F.SECURED, Permission.SYSTEM),
        Transition("close_as_nil", _PAYABLE, F.NIL, Permission.SYSTEM),
        Transition("fall_short", _PAYABLE, F.INSUFFICIENT, Permission.SYSTEM),
        Transition("make_final", COVERED, F.FINAL, Permission.SYSTEM),
    ],
)


class DemandState(StrEnum):
    """Where a demand for money stands."""

    OPEN = "open"  # To be paid.
    PAID = "paid"  # The authority has it.
    CANCELLED = "cancelled"  # It was wrong, or what it was for fell away.
    REMITTED = "remitted"  # It was right and is waived by a decision.


D = DemandState

DEMAND: StateMachine[DemandState] = StateMachine(
    name="demand",
    states=DemandState,
    initial=D.OPEN,
    transitions=[
        Transition("pay", frozenset({D.OPEN}), D.PAID, Permission.SYSTEM),
        Transition("cancel", frozenset({D.OPEN}), D.CANCELLED, Permission.SYSTEM),
        Transition("remit", frozenset({D.OPEN}), D.REMITTED, Permission.SYSTEM),
    ],
)


class DraftState(StrEnum):
    """Where a draft charge stands. It is in force from its own day on, once published."""

    DRAFT = "DRAFT"  # Written by the authority; nobody else sees it.
    OPEN = "OPEN"  # The public reads it and comments.
    CLOSED = "CLOSED"  # The time for comments is over; the authority answers.
    PUBLISHED = "PUBLISHED"  # In the schedule, with its day.
    WITHDRAWN = "WITHDRAWN"  # It will not come.


C = DraftState

CHARGE_DRAFT: StateMachine[DraftState] = StateMachine(
    name="charge draft",
    states=DraftState,
    initial=C.DRAFT,
    transitions=[
        Transition("open", frozenset({C.DRAFT}), C.OPEN, Permission.DRAFT_CHARGE),
        Transition("close", frozenset({C.OPEN}), C.CLOSED, Permission.SYSTEM),
        # From OPEN only where it is urgent: the reason is published with it (FE-SCH-03).
        Transition("publish", frozenset({C.OPEN, C.CLOSED}), C.PUBLISHED, Permission.PUBLISH_CHARGE),
        Transition("withdraw", frozenset({C.DRAFT, C.OPEN, C.CLOSED}), C.WITHDRAWN, Permission.DRAFT_CHARGE),
    ],
)


class TariffChangeState(StrEnum):
    """Where a change of the tariff stands."""

    DRAFT = "DRAFT"  # Read and compared; nobody was asked yet.
    PROPOSED = "PROPOSED"  # A second person is asked.
    LIVE = "LIVE"  # A version of the tariff rests on it.
    DECLINED = "DECLINED"  # Not wanted, or taken back.


T = TariffChangeState

TARIFF_CHANGE: StateMachine[TariffChangeState] = StateMachine(
    name="change of the tariff",
    states=TariffChangeState,
    initial=T.DRAFT,
    transitions=[
        Transition("propose", frozenset({T.DRAFT}), T.PROPOSED, Permission.MANAGE_TARIFF),
        Transition("agree", frozenset({T.PROPOSED}), T.LIVE, Permission.DECIDE_PROPOSAL),
        Transition("decline", frozenset({T.DRAFT, T.PROPOSED}), T.DECLINED, Permission.MANAGE_TARIFF),
    ],
)


class RulingState(StrEnum):
    """Where an advance ruling stands; whether it is valid on a day, its days say."""

    PROPOSED = "proposed"  # Registered; a second person is asked.
    LIVE = "live"  # It binds from its first day to its last, and is published.
    DECLINED = "declined"


R = RulingState

RULING: StateMachine[RulingState] = StateMachine(
    name="advance ruling",
    states=RulingState,
    initial=R.PROPOSED,
    transitions=[
        Transition("agree", frozenset({R.PROPOSED}), R.LIVE, Permission.DECIDE_PROPOSAL),
        Transition("decline", frozenset({R.PROPOSED}), R.DECLINED, Permission.MANAGE_TARIFF),
    ],
)
