"""Check characters: the MRN of a declaration and the number of a container.

Source: domain.md K5 (DG XXI/0879/99) and ISO 6346. Both give the letters the values 10 upwards with the multiples
of 11 left out (A=10, B=12 ... K=21, L=23 ... U=32, V=34 ... Z=38), weigh the places by powers of two and take the
sum modulo 11, where 10 counts as 0.
"""

import re
import string
from itertools import count
from operator import lshift

_VALUES = {digit: int(digit) for digit in string.digits}
_VALUES |= dict(zip(string.ascii_uppercase, (v for v in range(10, 39) if v % 11), strict=True))

MRN_FORM = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]", re.ASCII)
CONTAINER_FORM = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}", re.ASCII)


def check_character(characters: str) -> str:
    """The check digit of a run of capital letters and digits."""
    total = sum(map(lshift, map(_VALUES.__getitem__, characters), count()))
    return str(total % 11 % 10)


def mrn_compose(*, year: int, country: str, series: str, procedure: str) -> str:
    """An MRN of 18 characters from its parts.

    Args:
        year: of acceptance, four digits.
        country: ISO alpha-2.
        series: the national 12 characters, capital letters and digits.
        procedure: the procedure identifier, one character (17th place).

    Raises:
        ValueError: the parts do not make 17 characters of the form.
    """
    body = f"{year % 100:02d}{country}{series}{procedure}"
    mrn = body + check_character(body)
    if not MRN_FORM.fullmatch(mrn):
        raise ValueError(f"{body!r} is not the beginning of an MRN")
    return mrn


def mrn_is_valid(mrn: str) -> bool:
    """Whether the text has the form of an MRN and its check character is right."""
    return bool(MRN_FORM.fullmatch(mrn)) and check_character(mrn[:17]) == mrn[17]


def container_number_is_valid(number: str) -> bool:
    """Whether the text is a container number with the right check digit. Source: ISO 6346."""
    return bool(CONTAINER_FORM.fullmatch(number)) and check_character(number[:10]) == number[10]
