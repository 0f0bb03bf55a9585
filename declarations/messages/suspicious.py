"""Text that looks like something else: stored as it came (in normal form C), and pointed out to whoever reads it.

Source: Unicode Technical Standard 39, sections 4 and 5; Unicode Technical Report 36.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from declarations.schemas import DeclarationMessage
from declarations.schemas.places import pointer
from singlewindow.kernel.errors import Violation

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOOK_ALIKE = ("LATIN", "CYRILLIC", "GREEK")
"""Scripts whose letters are drawn alike; a word that mixes them is no word of any language."""

TEXT_RULE = "DL-TXT"


def suspicious_text(message: DeclarationMessage) -> tuple[Violation, ...]:
    """A warning for each text with direction marks, invisible characters or letters of look-alike scripts in a word."""
    data = message.canonical_bytes()
    if data.isascii():
        return ()
    return tuple(_warnings(message.canonical(), ()))


def _warnings(value: Any, path: tuple[str | int, ...]) -> Iterator[Violation]:
    if isinstance(value, str):
        reason = _reason(value)
        if reason:
            yield Violation(
                TEXT_RULE, pointer(path), f"The text {reason}.", "Write it in visible letters of one script."
            )
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _warnings(part, (*path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _warnings(part, (*path, place))


def _reason(text: str) -> str:
    if text.isascii():
        return ""
    if _DIRECTION.search(text):
        return "holds marks that change the direction of writing"
    if _INVISIBLE.search(text):
        return "holds invisible characters"
    if any(_mixes_scripts(word) for word in _WORD.findall(text)):
        return "mixes letters of scripts that look alike in one word"
    return ""


def _mixes_scripts(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {unicodedata.name(letter, "").split(" ", 1)[0] for letter in word}
    return len(scripts.intersection(_LOOK_ALIKE)) > 1
