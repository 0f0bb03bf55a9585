"""The life cycles of cargo: of a manifest, of a transport document in it, and of what a declaration takes from them.

Source: docs/rules/cargo.md, life cycles.
"""

from enum import StrEnum

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.state_machine import StateMachine, Transition


class ManifestState(StrEnum):
    """Where a conveyance and its manifest are."""

    PRE_ARRIVAL = "PRE_ARRIVAL"  # Filed; the carrier may amend or cancel it.
    ARRIVED = "ARRIVED"  # The conveyance is here; its goods are presented.
    DEPARTED = "DEPARTED"  # The conveyance has left (again).
    CANCELLED = "CANCELLED"  # Taken back before arrival, as if it had not been filed.


class BillState(StrEnum):
    """Whether a transport document counts."""

    LIVE = "LIVE"  # Declarations write off from it.
    WITHDRAWN = "WITHDRAWN"  # An amendment left it out, or its manifest was cancelled.


class CargoState(StrEnum):
    """How a declaration stands to the manifests."""

    CITED = "CITED"  # Lodged; nothing is written off before acceptance.
    WRITTEN_OFF = "WRITTEN_OFF"  # Every line was written off.
    UNMANIFESTED = "UNMANIFESTED"  # Accepted, and some of its goods are in no manifest yet.
    SHORT = "SHORT"  # Accepted, and more than the manifest has left: the goods are not released.
    RETURNED = "RETURNED"  # The declaration ended; what it wrote off was given back.


M, B, C = ManifestState, BillState, CargoState

MANIFEST = StateMachine(
    name="manifest",
    states=ManifestState,
    initial=M.PRE_ARRIVAL,
    transitions=[
        Transition("amend", frozenset({M.PRE_ARRIVAL}), M.PRE_ARRIVAL, Permission.MANIFEST_FILE),
        Transition("correct", frozenset({M.ARRIVED}), M.ARRIVED, Permission.MANIFEST_FILE),
        Transition("cancel", frozenset({M.PRE_ARRIVAL}), M.CANCELLED, Permission.MANIFEST_FILE),
        Transition("arrive", frozenset({M.PRE_ARRIVAL}), M.ARRIVED, Permission.ARRIVAL_TELL),
        Transition("depart", frozenset({M.PRE_ARRIVAL, M.ARRIVED}), M.DEPARTED, Permission.ARRIVAL_TELL),
    ],
)
"""An outward manifest departs without arriving. Nothing leaves DEPARTED and CANCELLED."""

BILL = StateMachine(
    name="bill",
    states=BillState,
    initial=B.LIVE,
    transitions=[
        Transition("withdraw", frozenset({B.LIVE}), B.WITHDRAWN, Permission.MANIFEST_FILE),
        Transition("reinstate", frozenset({B.WITHDRAWN}), B.LIVE, Permission.MANIFEST_FILE),
    ],
)

_OPEN = frozenset({C.CITED, C.UNMANIFESTED, C.SHORT, C.WRITTEN_OFF})

CARGO = StateMachine(
    name="cargo",
    states=CargoState,
    initial=C.CITED,
    transitions=[
        Transition("cover", _OPEN, C.WRITTEN_OFF, Permission.SYSTEM),
        Transition("miss", _OPEN, C.UNMANIFESTED, Permission.SYSTEM),
        Transition("fall_short", frozenset({C.CITED, C.UNMANIFESTED, C.SHORT}), C.SHORT, Permission.SYSTEM),
        Transition("give_back", _OPEN, C.RETURNED, Permission.SYSTEM),
    ],
)
"""Nothing leaves RETURNED."""
