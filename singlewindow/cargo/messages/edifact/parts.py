"""What CUSCAR and CUSREP have in common: their directories, texts, dates, places, parties, and what is kept unread."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pydantic import BaseModel

from singlewindow.cargo.schemas import CargoFieldsRefused, Part, read_as
from singlewindow.kernel.edifact import EdifactMessage, Segment
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported

DIRECTORIES = ("96B", "99B", "24A")
LATER = re.compile(r"9[0-9][AB]|[0-2][0-9][AB]", re.ASCII)
KEPT_MAX = 2_000
TEXT_MAX = 512

FORMS = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
}
_ZONED = re.compile(r"([0-9]{12})([0-9]{2})?(Z|UTC|GMT|[+-][0-9]{2}(?:[0-9]{2})?)", re.ASCII)
MODES = {"1": "sea", "2": "rail", "3": "road", "4": "air"}
MEANS = {"6": "air", "11": "sea", "31": "road", "25": "rail"}
"""Transport means (8179) that tell the mode where it is not given."""

_PLACE = re.compile(r"[A-Z0-9]{1,17}", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Z0-9/.-]{1,17}", re.ASCII)


class SegmentsRefused(FormatRefused):
    """The interchange is sound, but the segments do not make the message."""

    code = "format.structure"
    status = 422
    title = "The message does not have the structure that it claims"


class Notes:
    """What a reading keeps besides values: where each value stood, what was not read, what was found wrong."""

    def __init__(self, message: EdifactMessage) -> None:
        self.message = message
        self.places: dict[str, str] = {}
        self.kept: list[dict[str, Any]] = []
        self.found: list[Violation] = []

    def at(self, pointer: str, segment: Segment, element: int = 0) -> None:
        """Remember where a value stood."""
        self.places.setdefault(pointer, str(self.message.place(segment, element)))

    def keep(self, segment: Segment) -> None:
        """Keep a segment that has no field here, so that nothing is lost."""
        if len(self.kept) < KEPT_MAX:
            text = "+".join(":".join(parts) for parts in segment.elements)
            number = segment.position - self.message.segments[0].position + 1
            self.kept.append({"segment": number, "tag": segment.tag, "text": text[:700]})

    def wrong(self, rule: str, pointer: str, text: str, segment: Segment, value: str = "") -> None:
        """Note what is wrong with a segment."""
        source = str(self.message.place(segment))
        self.found.append(Violation(rule, pointer, text, value=value[:80], source=source))

    def placed(self, found: Iterable[Violation]) -> tuple[Violation, ...]:
        """The findings, each with the segment that it is about."""
        return tuple(one if one.source else self._with_source(one) for one in found)

    def _with_source(self, one: Violation) -> Violation:
        pointer = one.pointer
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        first = str(self.message.place(self.message.segments[0]))
        source = self.places.get(pointer, first)
        return Violation(one.rule, one.pointer, one.message, one.remedy, one.value, source)

    def remarks(self) -> tuple[Violation, ...]:
        """One remark on what is kept unread."""
        if not self.kept:
            return ()
        tags = ", ".join(dict.fromkeys(one["tag"] for one in self.kept))
        text = f"{len(self.kept)} segments ({tags}) have no field here; they are kept as they came."
        first = str(self.message.place(self.message.segments[0]))
        return (Violation("CA-050", "", text, source=first),)


def directory_required(message: EdifactMessage) -> None:
    """Take the directories that are read; the versions between them have the same segments.

    Raises:
        MessageUnsupported: an older or a later one, or another agency's.
    """
    if message.version == "D" and message.release in DIRECTORIES:
        return
    known = ", ".join(f"D.{release}" for release in DIRECTORIES)
    what = MessageKind("edifact", message.kind, f"{message.type} in UN/EDIFACT ({message.kind})")
    raise MessageUnsupported(what, f"{message.type} is read of the directories {known}.")


def read_values(model: type[Part], values: dict[str, Any], notes: Notes) -> Any:
    """Validate the values; every finding with its segment.

    Raises:
        SegmentsRefused: format.*, all findings at once.
    """
    found = list(notes.found)
    made: BaseModel | None = None
    try:
        made = read_as(model, values)
    except CargoFieldsRefused as refusal:
        found += refusal.violations
    if found:
        placed = notes.placed(found)
        raise SegmentsRefused(placed[0].message, code=placed[0].rule, violations=placed)
    return made


def text_of(*parts: str, limit: int = TEXT_MAX) -> str | None:
    """Components as one line of text; nothing where they are empty."""
    line = " ".join(" ".join(part.split()) for part in parts if part.strip())
    return line[:limit].strip() or None


def place_of(segment: Segment) -> str | None:
    """The place of a LOC, as a code."""
    code = segment.get(2, 1).strip().upper()
    return code if _PLACE.fullmatch(code) else None


def instant_of(segment: Segment) -> str | None:
    """The time of a DTM as JSON has it; a time without a zone is that of UTC. Nothing where it cannot be read."""
    value, form = segment.get(1, 2), segment.get(1, 3)
    if form in {"205", "303", "304"} and (zoned := _ZONED.fullmatch(value)):
        return _zoned(*zoned.groups())
    try:
        at = datetime.strptime(value, FORMS[form]).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
    return at.isoformat().replace("+00:00", "Z")


def _zoned(digits: str, seconds: str | None, zone: str) -> str | None:
    try:
        plain = datetime.strptime(digits + (seconds or "00"), "%Y%m%d%H%M%S")  # noqa: DTZ007  (its zone follows)
        offset = timedelta(0)
        if zone[0] in "+-":
            minutes = int(zone[1:3]) * 60 + int(zone[3:5] or 0)
            offset = timedelta(minutes=minutes if zone[0] == "+" else -minutes)
        at = plain.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at.isoformat().replace("+00:00", "Z")


def conveyance_of(segment: Segment, notes: Notes) -> tuple[dict[str, Any], str]:
    """The conveyance of a TDT, and its mode."""
    mode = MODES.get(segment.get(3, 1)[:1]) or MEANS.get(segment.get(4, 1), "")
    name = text_of(segment.get(8, 4), limit=70)
    values = {
        "id": text_of(segment.get(8, 1), limit=35),
        "name": name,
        "voyage": text_of(segment.get(2, 1), limit=35),
        "nationality": segment.get(8, 5) or None,
    }
    notes.at("/conveyance", segment)
    return {key: value for key, value in values.items() if value}, mode


def party_of(segment: Segment) -> dict[str, Any]:
    """The party of a NAD."""
    identifier = segment.get(2, 1).strip().upper()
    name = text_of(*_components(segment, 4)) or text_of(*_components(segment, 3))
    address = text_of(*_components(segment, 5), segment.get(6, 1), segment.get(8, 1), limit=250)
    country = segment.get(9, 1).strip().upper()
    values = {
        "id": identifier if _IDENTIFIER.fullmatch(identifier) else None,
        "name": (name or "")[:70].strip() or None,
        "address": address,
        "country": country if re.fullmatch(r"[A-Z]{2}", country) else None,
    }
    return {key: value for key, value in values.items() if value}


def _components(segment: Segment, element: int) -> tuple[str, ...]:
    return segment.elements[element - 1] if element <= len(segment.elements) else ()
