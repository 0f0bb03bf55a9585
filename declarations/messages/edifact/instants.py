"""DTM: instants with their zone, dates, and the calendar that both must be of."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from declarations.messages.edifact.lines import Codec

_FORMS: Final = {
    "102": re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII),
    "203": re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII),
    "204": re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII),
    "205": re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)([-+]\d\d\d\d)", re.ASCII),
    "303": re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(Z|UTC|GMT|[-+]\d\d)", re.ASCII),
    "304": re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z|UTC|GMT|[-+]\d\d)", re.ASCII),
}
"""Forms of 2379 that are read; 203 and 204 have no zone, and are no instants."""

WRITTEN: Final = "304"


def instant_read(parts: Sequence[str]) -> Any:
    """The instant in JSON's form; anything else as it came, so that the schema refuses it."""
    value, form = parts[0], parts[1] if len(parts) > 1 else ""
    found = _FORMS[form].fullmatch(value) if form in _FORMS else None
    if found is None:
        return value
    year, month, day, *rest = found.groups()
    if form == "102":
        return f"{year}-{month}-{day}T00:00:00Z"
    if form in ("203", "204"):
        return f"{year}-{month}-{day}T{rest[0]}:{rest[1]}"
    seconds = rest[2] if form == WRITTEN else "00"
    return f"{year}-{month}-{day}T{rest[0]}:{rest[1]}:{seconds}{_zone(rest[-1])}"


def _zone(text: str) -> str:
    if text in ("Z", "UTC", "GMT"):
        return "Z"
    return f"{text[:3]}:{text[3:] or '00'}"


def instant_write(value: Any) -> Sequence[str] | None:
    """The instant as CCYYMMDDHHMMSSZZZ; one with parts of a second has no form here."""
    at = datetime.fromisoformat(value)
    return None if at.microsecond else (at.strftime("%Y%m%d%H%M%SUTC"), WRITTEN)


def is_no_day(value: str, form: str) -> bool:
    """Whether a value of a known form is no day of the calendar, or no time of the day."""
    if form not in _FORMS:
        return False
    found = _FORMS[form].fullmatch(value)
    if found is None:
        return True
    year, month, day, *rest = found.groups()
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return True
    clock = [int(part) for part in rest if part.isdigit()]
    return any(part > limit for part, limit in zip(clock, (23, 59, 59), strict=False))


instant = Codec(instant_write, instant_read)
