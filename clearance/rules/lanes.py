"""Who may change a lane, and who may release after it (CL-LAN)."""

from clearance.states import ControlState
from risk.types import Lane

ACTION_OF_LANE: dict[Lane, str | None] = {
    Lane.GREEN: None,
    Lane.BLUE: None,
    Lane.YELLOW: "require_documents",
    Lane.RED: "require_examination",
}
"""The step of control that a lane asks for before release."""

RESUME: dict[str, str] = {
    ControlState.DOCS_REQUIRED.value: "resume_documents",
    ControlState.PHYSICAL.value: "resume_examination",
}


def lowering_needs_second_officer(present: Lane, wanted: Lane) -> bool:
    """Whether a change of lane needs another officer's word: every step down from RED does. Source: CL-LAN-01 (K2)."""
    return present is Lane.RED and wanted.rank < present.rank


def may_confirm(*, asked_by: str, confirming: str) -> bool:
    """A change is confirmed by somebody else than who asked for it. Source: CL-LAN-02."""
    return asked_by != confirming


def may_release(*, officer: str, lowered_by: str, confirmed_by: str) -> bool:
    """Whoever lowered the lane, or confirmed it, does not release the goods. Source: CL-LAN-03."""
    return officer not in {lowered_by, confirmed_by} - {""}
