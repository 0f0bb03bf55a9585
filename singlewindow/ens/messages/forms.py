"""The forms that values of an entry summary declaration may have: our own reading, form by form.

A text is compared after its white space is collapsed, as the message guide asks (identification numbers excepted).
A character is a Unicode character, a digit is an ASCII digit.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

_SPACE = re.compile(r"[ \t\n\r]+")


@dataclass(frozen=True, slots=True)
class Form:
    """What a value looks like, as a pattern of the whole value and in words."""

    words: str
    pattern: re.Pattern[str]
    collapse: bool = True
    total_digits: int = 0
    fraction_digits: int = 0

    def read(self, text: str) -> str:
        """The value of an element's text."""
        return _SPACE.sub(" ", text).strip(" ") if self.collapse else text

    def fits(self, value: str) -> bool:
        """Whether a value has this form."""
        if self.pattern.fullmatch(value) is None:
            return False
        return not self.total_digits or self._digits_fit(value)

    def _digits_fit(self, value: str) -> bool:
        """Digits that count: not zeros before the whole part nor after the fraction."""
        whole, _, fraction = value.lstrip("+-").partition(".")
        whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
        return len(fraction) <= self.fraction_digits and len(whole) + len(fraction) <= self.total_digits


def _form(words: str, pattern: str) -> Form:
    return Form(words, re.compile(pattern, re.ASCII))


@cache
def text(most: int) -> Form:
    """One to `most` characters on one line."""
    return _form(f"1 to {most} characters", rf"[^\n\r]{{1,{most}}}")


@cache
def digits(least: int, most: int) -> Form:
    """From `least` to `most` digits."""
    words = f"{least} digits" if least == most else f"{least} to {most} digits"
    return _form(words, rf"[0-9]{{{least},{most}}}")


# The bars inside the brackets stand in the published patterns of the months, and so are accepted as they are there.
_DAY_OF_YEAR: Final = (
    r"(?:0[13578|](?:0[1-9]|[12][0-9]|3[01])|0[469|](?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|[12][0-9])"
    r"|1[02|](?:0[1-9]|[12][0-9]|3[01])|11(?:0[1-9]|[12][0-9]|30))"
)
_TIME: Final = r"(?:2[0-3]|[01][0-9])[0-5][0-9]"

CAPITAL: Final = _form("one capital letter", r"[A-Z]")
LETTER: Final = _form("one letter", r"[a-zA-Z]")
COUNTRY: Final = _form("two capital letters (ISO 3166)", r"[A-Z]{2}")
LANGUAGE: Final = _form("two letters (ISO 639)", r"[a-zA-Z]{2}")
OFFICE: Final = _form("two letters and six letters or digits", r"[a-zA-Z]{2}[a-zA-Z0-9]{6}")
PLACE: Final = _form("two letters and 1 to 33 more characters", r"[a-zA-Z]{2}[^\n\r]{1,33}")
PACKAGE: Final = _form("two characters (UNECE recommendation 21)", r"[^\n\r]{2}")
MRN: Final = _form(
    "two digits, two capital letters, 13 capital letters or digits, one digit", r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]"
)
PREPARED_ON: Final = _form("a date YYMMDD", rf"[0-9]{{2}}{_DAY_OF_YEAR}")
PREPARED_AT: Final = _form("a time HHMM", _TIME)
INSTANT: Final = _form("a date and time YYYYMMDDHHMM", rf"[1-9][0-9]{{3}}{_DAY_OF_YEAR}{_TIME}")
MASS: Final = Form(
    "a number of at most 11 digits, 3 of them after the point",
    re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII),
    total_digits=11,
    fraction_digits=3,
)
TRADER: Final = Form(
    "two capital letters and 1 to 15 more characters of ASCII",
    re.compile(r"[A-Z]{2}[\x00-\x09\x0b\x0c\x0e-\x7f]{1,15}", re.ASCII),
    collapse=False,
)
MESSAGE_TYPE: Final = _form(
    "the name of an ICS message, for example CC315A",
    r"CC(?:304|305|313|315|316|323|324|325|328|351)A|CD(?:03[012]C|07[01]B|301A|302A|303A|319A|41[12]C|906B)"
    r"|CD(?:91[23467]B|93[12]C|971B)",
)
