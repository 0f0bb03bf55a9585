"""The service characters of an interchange: the standard ones, or those that its UNA names."""

from typing import NamedTuple

from singlewindow.kernel.edifact.faults import InterchangeRefused, edifact_fault

_SPACE = " \t\r\n"


class Separators(NamedTuple):
    """Service characters in the order of the UNA."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = " "
    """A space where it is not used (syntax versions 1 to 3)."""
    terminator: str = "'"

    @property
    def una(self) -> str:
        """The service string advice that says so."""
        return "UNA" + "".join(self)

    @property
    def active(self) -> str:
        """The characters that end something, or take from the next one its meaning."""
        return self.component + self.element + self.release + self.terminator


STANDARD = Separators()


def separators_read(body: bytes) -> tuple[Separators, int]:
    """The service characters of an interchange, and where it goes on after them.

    Raises:
        InterchangeRefused: format.edifact.una, two are the same, or one is a letter, a digit, a space or no ASCII.
    """
    start = len(body) - len(body.lstrip(_SPACE.encode()))
    if body[start : start + 3] != b"UNA":
        return STANDARD, start
    text = body[start + 3 : start + 9].decode("latin-1")
    if len(text) < len(STANDARD):
        _refuse("UNA is cut off.")
    named = Separators(*text)
    if len(set(named.active)) < len(named.active):
        _refuse("UNA gives two service characters the same sign.")
    if named.repetition != " " and named.repetition in named.active:
        _refuse("UNA gives the repetition separator a sign that is taken.")
    if any(sign.isalnum() or not "!" <= sign <= "~" for sign in named.active + named.repetition.strip(" ")):
        _refuse("UNA names a letter, a digit, a space or an unprintable character as a service character.")
    return named, start + 9


def _refuse(text: str) -> None:
    raise InterchangeRefused(edifact_fault("una", text, remedy=f"Use {STANDARD.una}, or other signs that all differ."))
