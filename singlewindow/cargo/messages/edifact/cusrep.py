"""CUSREP: a conveyance is expected, has arrived or has left.

Source: UN/EDIFACT D.96B, D.99B, D.24A (CUSREP); docs/rules/cargo.md, CA-052.
"""

from dataclasses import dataclass
from typing import Any

from singlewindow.cargo.messages.edifact.parts import (
    Notes,
    conveyance_of,
    directory_required,
    instant_of,
    place_of,
    read_values,
)
from singlewindow.cargo.schemas import ConveyanceReport
from singlewindow.kernel.edifact import EdifactMessage, Segment

TIMES = {
    # DTM qualifier: what it says, and how much it says of the report
    "178": ("arrived", 3),
    "136": ("departed", 2),
    "186": ("departed", 2),
    "132": ("expected", 1),
    "232": ("expected", 1),
    "133": ("expected", 0),
    "137": ("", -1),
}
PLACES = ("60", "11", "12", "8", "153", "125", "5", "9", "92", "94")
"""Where it happened, the best one first: arrival, discharge, destination, call, departure."""
OFFICES = frozenset({"22", "23", "41", "42", "43", "44", "50", "58"})
MANIFESTS = frozenset({"AAM", "MF", "AFM", "CRN", "MB"})
"""References (1153) that name a manifest."""


@dataclass(frozen=True, slots=True)
class CusrepRead:
    """A report as it was read, and what has no field."""

    message: ConveyanceReport
    notes: Notes


def cusrep_read(message: EdifactMessage) -> CusrepRead:
    """Read a conveyance report.

    Raises:
        MessageUnsupported: another directory.
        SegmentsRefused: format.*, every finding at once, each with its pointer and its segment.
    """
    directory_required(message)
    notes = Notes(message)
    values: dict[str, Any] = {"conveyance": {}}
    said = -2
    best = len(PLACES)
    for segment in message.segments[1:-1]:
        if segment.tag == "DTM":
            said = _time(segment, values, notes, said)
        elif segment.tag == "LOC":
            best = _place(segment, values, notes, best)
        elif not _other(segment, values, notes):
            notes.keep(segment)
    if "reference" not in values:
        notes.wrong("format.missing", "/reference", "The message has no document number (BGM).", message.segments[0])
    return CusrepRead(read_values(ConveyanceReport, values, notes), notes)


def _time(segment: Segment, values: dict[str, Any], notes: Notes, said: int) -> int:
    movement, weight = TIMES.get(segment.get(1, 1), ("", -2))
    at = instant_of(segment)
    if not movement or at is None or weight <= said:
        notes.keep(segment)
        return said
    values |= {"movement": movement, "at": at}
    notes.at("/at", segment)
    return weight


def _place(segment: Segment, values: dict[str, Any], notes: Notes, best: int) -> int:
    code, place = segment.get(1, 1), place_of(segment)
    if place is not None and code in OFFICES:
        values.setdefault("office", place)
        return best
    rank = PLACES.index(code) if code in PLACES else best
    if place is None or rank >= best:
        notes.keep(segment)
        return best
    values["place"] = place
    notes.at("/place", segment)
    return rank


def _other(segment: Segment, values: dict[str, Any], notes: Notes) -> bool:
    if segment.tag == "BGM" and segment.get(2, 1).strip():
        values["reference"] = segment.get(2, 1).strip()
        notes.at("/reference", segment, 2)
        return True
    if segment.tag == "TDT" and not values["conveyance"]:
        values["conveyance"], mode = conveyance_of(segment, notes)
        if mode:
            values["mode"] = mode
        return True
    if segment.tag == "RFF" and segment.get(1, 1) in MANIFESTS and segment.get(1, 2).strip():
        values.setdefault("manifest", segment.get(1, 2).strip())
        notes.at("/manifest", segment)
        return True
    return False
