"""What an entry of the alert list must say before it is put before a second person."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from risk.models.alerts import ALERT_DAYS_MAX
from risk.types import AlertKind
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.mrn import container_number_is_valid

VALUE_LENGTH, REASON_LENGTH, BASIS_LENGTH, OWNER_LENGTH = 70, 200, 200, 80
FORM, DAYS = "RM-ALE-05", "RM-ALE-06"
_COUNTRY = re.compile(r"[A-Z]{2}")
_DIGITS = re.compile(r"[0-9]{2,10}")


def alert_violations(
    *,
    kind: AlertKind,
    value: str,
    origin: str,
    reason: str,
    basis: str,
    owner: str,
    valid_to: date,
    today: date,
) -> list[Violation]:
    """All that is wrong with an entry, each at its field.

    Source: docs/rules/risk.md, RM-ALE-05 and RM-ALE-06.
    """
    found = [*_value(kind, value), *_origin(kind, origin)]
    found += _told("/reason", reason, REASON_LENGTH)
    found += _told("/basis", basis, BASIS_LENGTH)
    found += _told("/owner", owner, OWNER_LENGTH)
    if not today < valid_to <= today + timedelta(days=ALERT_DAYS_MAX):
        sentence = f"The last day lies from tomorrow to {ALERT_DAYS_MAX} days off."
        found.append(Violation(DAYS, "/valid_to", sentence, "Choose a day in that time.", valid_to.isoformat()))
    return found


def _value(kind: AlertKind, value: str) -> Iterator[Violation]:
    if not value.strip() or len(value) > VALUE_LENGTH:
        yield Violation(FORM, "/value", f"Write 1 to {VALUE_LENGTH} characters.", "", value[:VALUE_LENGTH])
    elif kind is AlertKind.GOODS and not _DIGITS.fullmatch(value):
        yield Violation(FORM, "/value", "Goods are 2 to 10 digits of a commodity code.", "", value)
    elif kind is AlertKind.CONTAINER and not container_number_is_valid(value):
        sentence = "This is no container number: four letters, six digits and the check digit that fits."
        yield Violation(FORM, "/value", sentence, "Read the number again.", value)


def _origin(kind: AlertKind, origin: str) -> Iterator[Violation]:
    if origin and kind is not AlertKind.GOODS:
        yield Violation(FORM, "/origin", "Only goods are watched by their origin.", "Leave the origin empty.", origin)
    elif origin and not _COUNTRY.fullmatch(origin):
        yield Violation(FORM, "/origin", "An origin is two capital letters.", "", origin)


def _told(pointer: str, text: str, length: int) -> Iterator[Violation]:
    if not text.strip() or len(text) > length:
        yield Violation(FORM, pointer, f"Write 1 to {length} characters.")
