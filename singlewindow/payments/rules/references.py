"""Structured creditor references (ISO 11649), and what a remittance text names."""

import re
import secrets
from collections.abc import Iterable, Iterator

from stdnum import iban, iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that are not mistaken for each other when they are written down."""
LENGTH = 14
IN_TEXT = re.compile(r"RF[0-9]{2}(?:[ .\-]?[A-Z0-9]){1,21}", re.ASCII)
WORD = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)


def reference_make() -> str:
    """A new reference that nobody can guess from another one."""
    base = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"RF{mod_97_10.calc_check_digits(base + 'RF')}{base}"


def reference_spaced(reference: str) -> str:
    """The reference in groups of four, as people copy it."""
    return str(iso11649.format(reference))


def references_in(structured: Iterable[str], text: str) -> Iterator[str]:
    """References with right check digits: those of the structured fields first, then any in free text.

    In free text a reference may be followed by other words without a break, so shorter readings are tried too.
    """
    seen = set()
    for candidate in (*structured, *_readings(text)):
        try:
            found = str(iso11649.validate(candidate[:40]))
        except ValidationError:
            continue
        if found not in seen:
            seen.add(found)
            yield found


def _readings(text: str) -> Iterator[str]:
    for match in IN_TEXT.finditer(text.upper()):
        whole = re.sub(r"[ .\-]", "", match[0])
        for length in range(len(whole), 4, -1):
            yield whole[:length]


def identifiers_in(text: str) -> set[str]:
    """Words of a remittance text that may be the identifier of an organisation."""
    return set(WORD.findall(text.upper()))


def iban_read(text: str) -> str:
    """A bank account's number in its compact form; empty where the check digits are wrong."""
    try:
        return str(iban.validate(text[:60], check_country=False))
    except ValidationError:
        return ""
