"""JSON from strangers: bounded before it is parsed, and nothing in it that two readers could understand differently.

A parser that takes the last of two equal keys, turns 1e999 into infinity or lets half a surrogate through stores
something else than the sender signed. Each such body is refused with a code of its own (`json.*`).
"""

import json
import math
import re
import unicodedata
from typing import Any, Final, NoReturn

from singlewindow.kernel.errors import TooLarge, Violation
from singlewindow.kernel.refusals import refuse_format

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 64
MAX_VALUES: Final = 100_000
"""Values of one body, so that a long list of nothing does not cost more than a long declaration."""

MAX_DIGITS: Final = 18
"""Digits of a whole number: fits 64 bits. Longer identifiers are strings."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_COMMAS = bytes(set(range(256)) - set(b',"'))
_ONE_BRACKET = bytes.maketrans(b"[]", b"{}")


def loads(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value; text comes out in Unicode normal form C, and `null` members are left out.

    Raises:
        TooLarge: json.too_large.
        FormatRefused: json.encoding, json.too_deep, json.too_many_values, json.duplicate_key, json.number,
            json.control_character, json.surrogate, json.malformed.
    """
    if len(body) > max_bytes:
        detail = f"The body has {len(body)} bytes; at most {max_bytes} are read."
        raise TooLarge(detail, code="json.too_large", violations=(Violation("format.json.too_large", "", detail),))
    text = _decode(body)
    if _depth_exceeds(body, max_depth):
        refuse_format("json.too_deep", f"Lists and objects are nested deeper than {max_depth} levels.")
    if body.count(b",") >= MAX_VALUES and _separators(body) >= MAX_VALUES:
        refuse_format("json.too_many_values", f"The body has more than {MAX_VALUES} values.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_with_nulls if b"null" in body or b"{}" in body else _object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        refuse_format(
            "json.malformed", f"The body is not JSON{where}.", "Check quotes, commas and brackets at that place."
        )
    if b"\\" in body or b"\x7f" in body or not text.isascii():
        value = _clean(value)
    return value


def _decode(body: bytes) -> str:
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        refuse_format("json.encoding", "The body begins with a byte order mark.", "Send UTF-8 without one.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse_format("json.encoding", f"The body is not UTF-8 (byte {error.start}).", "Send UTF-8.")


def _depth_exceeds(body: bytes, limit: int) -> bool:
    """Whether brackets outside strings nest deeper than the limit; a few passes of C code, no recursion.

    Each pass takes away the innermost pairs. Whatever is left after `limit` passes is too deep, or does not match and
    is left to the parser.
    """
    brackets = _outside_strings(body, _BRACKETS).translate(_ONE_BRACKET)
    if b"{" * (limit + 1) in brackets:
        return True
    for _ in range(limit):
        if b"{}" not in brackets:
            break
        brackets = brackets.replace(b"{}", b"")
    # Pairs that are left lie deeper; without any, what is left is closers and then unclosed openers.
    return b"{}" in brackets or brackets.count(b"{") > limit


def _separators(body: bytes) -> int:
    """The number of commas outside strings."""
    return len(_outside_strings(body, _COMMAS))


def _outside_strings(body: bytes, dropped: bytes) -> bytes:
    """The bytes outside strings without the dropped ones; escaped quotes go first, then every second part is inside."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.translate(None, dropped).split(b'"')[::2])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """An object with its members; one that holds nothing is nothing."""
    members = dict(pairs)
    if len(members) != len(pairs):
        last = {name: place for place, (name, _) in enumerate(pairs)}
        twice = next(name for place, (name, _) in enumerate(pairs) if last[name] != place)
        refuse_format(
            "json.duplicate_key", f"The field {printable(twice)} stands twice in one object.", "Keep one of them."
        )
    return members or None


def _object_with_nulls(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    members = _object(pairs)
    return members and ({name: value for name, value in members.items() if value is not None} or None)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        refuse_format(
            "json.number", f"A whole number has more than {MAX_DIGITS} digits.", "Send long numbers as strings."
        )
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        refuse_format("json.number", "A number is too large to be kept.", "Send amounts as decimal strings.")
    return number


def _constant(name: str) -> NoReturn:
    refuse_format("json.number", f"{name} is not a number of JSON.", "Leave the field out, or send a decimal string.")


def _clean(value: Any) -> Any:
    """The value with every text checked and in normal form C; recursion is bounded by the depth scan."""
    if type(value) is str:
        return clean_text(value)
    if type(value) is list:
        return [_clean(part) for part in value]
    if type(value) is dict:
        return {clean_text(key): _clean(part) for key, part in value.items()}
    return value


def clean_text(value: str) -> str:
    """A text in normal form C.

    Raises:
        FormatRefused: json.surrogate for half a surrogate pair (no database stores it), json.control_character for
            line breaks and other control characters (they would forge lines in logs, mails and forms).
    """
    if _SURROGATE.search(value):
        refuse_format("json.surrogate", "A text holds half a surrogate pair.", "Send whole characters.")
    control = _CONTROL.search(value)
    if control is not None:
        name = f"U+{ord(control[0]):04X}"
        refuse_format(
            "json.control_character", f"A text holds the control character {name}.", "Send each text on one line."
        )
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def printable(value: str, limit: int = 80) -> str:
    """A short quoted form of a stranger's text that is safe in logs and messages."""
    shown = value if len(value) <= limit else value[:limit] + "…"
    return json.dumps(shown)
