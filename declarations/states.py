"""Two of the four life cycles of a declaration, its legal standing and where its goods are, and that of a change.

The fiscal one lives in fees, the control one in clearance; the release predicate joins them.

Source: docs/rules/declarations.md, life cycles (UCC articles 158 to 174 and 194, WCO Data Model response codes).
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class LegalState(StrEnum):
    """What the declaration is in law."""

    DRAFT = "DRAFT"  # Being written; nothing is declared.
    SUBMITTED = "SUBMITTED"  # Handed in; answered with a receipt.
    REJECTED = "REJECTED"  # Handed in with errors; a new version may be sent under the same LRN.
    REGISTERED = "REGISTERED"  # Has its MRN; the goods are not presented yet.
    ACCEPTED = "ACCEPTED"  # Has legal effect; rates and law of this instant apply.
    RELEASED = "RELEASED"  # The goods may leave; the debt may not be final.
    CLEARED = "CLEARED"  # The debt is final and settled.
    REFUSED = "REFUSED"  # The goods are not admitted.
    EXPIRED = "EXPIRED"  # The goods were not presented in time.
    INVALIDATED = "INVALIDATED"  # Taken back, with its effects.


class GoodsState(StrEnum):
    """Where the goods are, as far as customs knows."""

    EXPECTED = "EXPECTED"  # Not presented yet.
    PRESENTED = "PRESENTED"  # At the place of presentation.
    UNDER_CONTROL = "UNDER_CONTROL"  # Being checked, or held for it.
    RELEASABLE = "RELEASABLE"  # Released; may be removed.
    REMOVED = "REMOVED"  # Taken away.
    EXITED = "EXITED"  # Left the territory (exports).
    DISPOSED = "DISPOSED"  # Re-exported, returned, destroyed or abandoned after a refusal.


L, G = LegalState, GoodsState

LEGAL = StateMachine(
    name="legal",
    states=LegalState,
    initial=L.DRAFT,
    transitions=[
        Transition("lodge", frozenset({L.DRAFT}), L.SUBMITTED, Permission.LODGE_DECLARATION),
        Transition("reject", frozenset({L.SUBMITTED}), L.REJECTED, Permission.SYSTEM),
        Transition("register", frozenset({L.SUBMITTED}), L.REGISTERED, Permission.SYSTEM),
        Transition("accept", frozenset({L.SUBMITTED, L.REGISTERED}), L.ACCEPTED, Permission.SYSTEM),
        Transition("expire", frozenset({L.REGISTERED}), L.EXPIRED, Permission.SYSTEM),
        Transition("invalidate", frozenset({L.REGISTERED, L.ACCEPTED}), L.INVALIDATED, Permission.DECIDE_CASE),
        Transition("release", frozenset({L.ACCEPTED}), L.RELEASED, Permission.DECIDE_CASE),
        Transition("refuse", frozenset({L.ACCEPTED}), L.REFUSED, Permission.DECIDE_CASE),
        Transition("clear", frozenset({L.ACCEPTED, L.RELEASED}), L.CLEARED, Permission.SYSTEM),
        # Only with an officer's decision and evidence that the goods came back; never by the trader alone.
        Transition("invalidate_after_release", frozenset({L.RELEASED}), L.INVALIDATED, Permission.DECIDE_CASE),
    ],
)
"""Nothing leaves REJECTED, EXPIRED, INVALIDATED, REFUSED and CLEARED."""

GOODS = StateMachine(
    name="goods",
    states=GoodsState,
    initial=G.EXPECTED,
    transitions=[
        Transition("present", frozenset({G.EXPECTED}), G.PRESENTED, Permission.PRESENT_GOODS),
        Transition("control", frozenset({G.PRESENTED}), G.UNDER_CONTROL, Permission.DECIDE_CASE),
        Transition("release", frozenset({G.PRESENTED, G.UNDER_CONTROL}), G.RELEASABLE, Permission.DECIDE_CASE),
        Transition("remove", frozenset({G.RELEASABLE}), G.REMOVED, Permission.PRESENT_GOODS),
        Transition("exit", frozenset({G.RELEASABLE, G.REMOVED}), G.EXITED, Permission.PRESENT_GOODS),
        Transition("dispose", frozenset({G.PRESENTED, G.UNDER_CONTROL}), G.DISPOSED, Permission.DECIDE_CASE),
    ],
)


class ChangeState(StrEnum):
    """Where a request to change or withdraw a declaration stands."""

    REQUESTED = "REQUESTED"  # Asked for, not decided.
    GRANTED = "GRANTED"  # In force: a new version, or the end of the declaration.
    DENIED = "DENIED"  # Decided against, with a reason.
    WITHDRAWN = "WITHDRAWN"  # Taken back by who asked.
    DISCLOSED = "DISCLOSED"  # Came after a check was announced: refused, and kept as what was disclosed after notice.


C = ChangeState

CHANGE = StateMachine(
    name="change",
    states=ChangeState,
    initial=C.REQUESTED,
    transitions=[
        Transition("grant", frozenset({C.REQUESTED}), C.GRANTED, Permission.DECIDE_CASE),
        Transition("deny", frozenset({C.REQUESTED}), C.DENIED, Permission.DECIDE_CASE),
        Transition("withdraw", frozenset({C.REQUESTED}), C.WITHDRAWN, Permission.LODGE_DECLARATION),
        Transition("disclose", frozenset({C.REQUESTED}), C.DISCLOSED, Permission.SYSTEM),
    ],
)
"""A request is decided once."""

DMS_FUNCTION_CODES = {
    L.REGISTERED: "02",
    L.REJECTED: "03",
    L.ACCEPTED: "01",
    L.RELEASED: "08",
    L.CLEARED: "09",
    L.INVALIDATED: "10",
}
"""The function code of the response message that tells the trader of each state (as the CDS notifications use them)."""
