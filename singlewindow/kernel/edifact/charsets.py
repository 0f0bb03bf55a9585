"""Character repertoires by their syntax identifier (0001). Source: ISO 9735-1, 5.1; UNOA and UNOB are its levels."""

import re
from dataclasses import dataclass
from re import Pattern

_CONTROLS = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f"
"""Control characters; carriage return and line feed are layout between segments and are looked at apart."""

_ANY = re.compile(f"[{_CONTROLS}]")
_LEVEL_A = re.compile(r"[^A-Z0-9 .,\-()/=!\"%&*;<>'+:?\r\n]")
_LEVEL_B = re.compile(r"[^A-Za-z0-9 .,\-()/=!\"%&*;<>'+:?\r\n]")
UNREADABLE = re.compile(r"[\x00-\x04]")
"""Bytes that no interchange holds; the tokenizer uses four of them for itself."""


@dataclass(frozen=True, slots=True)
class Charset:
    """How the bytes of an interchange are read, and which characters it may hold."""

    codec: str
    outside: Pattern[str]
    """Finds the first character that is not of the repertoire."""
    writes_all: bool = False
    """Whether every character of Unicode can be written in it."""


CHARSETS: dict[str, Charset] = {
    "UNOA": Charset("latin-1", _LEVEL_A),
    "UNOB": Charset("latin-1", _LEVEL_B),
    "UNOC": Charset("iso8859-1", _ANY),
    "UNOD": Charset("iso8859-2", _ANY),
    "UNOE": Charset("iso8859-5", _ANY),
    "UNOF": Charset("iso8859-7", _ANY),
    "UNOG": Charset("iso8859-3", _ANY),
    "UNOH": Charset("iso8859-4", _ANY),
    "UNOI": Charset("iso8859-6", _ANY),
    "UNOJ": Charset("iso8859-8", _ANY),
    "UNOK": Charset("iso8859-9", _ANY),
    "UNOW": Charset("utf-8", _ANY, writes_all=True),
    "UNOY": Charset("utf-8", _ANY, writes_all=True),
}

UNKNOWN = Charset("latin-1", _ANY)
"""Read byte by byte, so that an interchange of another repertoire can at least be named and declined."""


def charset_for(text: str) -> str:
    """The syntax identifier to write a text with: UNOC where it can, UNOY (UTF-8) otherwise."""
    try:
        text.encode("iso8859-1")
    except UnicodeEncodeError:
        return "UNOY"
    return "UNOY" if _ANY.search(text) else "UNOC"
