"""The number of a declaration: the one place that gives it out.

Source: domain.md K5. Eighteen characters: year of lodgement in the country's zone, country, four characters of the
office, eight of a serial number, the letter of the direction, the check character.
"""

import os
import string
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from declarations.types import Direction
from singlewindow.kernel.mrn import mrn_compose
from singlewindow.reference.types import CountryProfile

BLOCK = 64
"""Numbers that a process takes at once: one more round trip in so many lodgements."""

SERIAL_PLACES = 8
NO_OFFICE = "0000"
_DIGITS = string.digits + string.ascii_uppercase


class _Serials:
    """Serial numbers of this process, taken from the database in blocks. A block that is not used up leaves a gap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._next = self._end = 0

    def take(self) -> int:
        """The next number; no other process or thread ever gets it."""
        with self._lock:
            # A forked child must not go on with the block of its parent.
            if self._owner != os.getpid() or self._next >= self._end:
                self._owner = os.getpid()
                self._next = _block() * BLOCK
                self._end = self._next + BLOCK
            number = self._next
            self._next += 1
            return number


_serials = _Serials()


def mrn_next(*, profile: CountryProfile, direction: Direction, office: str, at: datetime) -> str:
    """The next MRN.

    Args:
        office: where the declaration is lodged; its last four characters stand in the number when it is of the
            country itself.
        at: the instant of lodgement.
    """
    series = _office_part(profile, office) + base36(_serials.take(), SERIAL_PLACES)
    return mrn_compose(
        year=at.astimezone(ZoneInfo(profile.time_zone)).year,
        country=profile.mrn_country,
        series=series,
        procedure=profile.mrn_letter_export if direction == "export" else profile.mrn_letter_import,
    )


def base36(number: int, places: int) -> str:
    """A number in digits and capital letters, filled up with zeros.

    Raises:
        ValueError: it has more places.
    """
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    if len(text) > places:
        raise ValueError(f"the number needs more than {places} places")
    return text.rjust(places, "0")


def _office_part(profile: CountryProfile, office: str) -> str:
    own = office.startswith(profile.mrn_country) and len(office) == 8 and office.isascii() and office.isalnum()
    return office[4:].upper() if own else NO_OFFICE


def _block() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('declarations_mrn_block')")
        (block,) = cursor.fetchone()
    return int(block)
