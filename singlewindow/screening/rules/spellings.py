"""Usual spellings of one name, words that say nothing of who it is, and letters of one sound.

Source: docs/rules/screening.md, SC-NAM-03 to SC-NAM-05.
"""

import json
import re
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent.parent / "data"
_TABLES: Final = json.loads((DATA / "spellings.json").read_text(encoding="utf-8"))

VARIANTS: Final[dict[str, str]] = {
    spelling: name for name, spellings in _TABLES["variants"].items() for spelling in (name, *spellings)
}
"""The one usual spelling that stands for a spelling."""
LEGAL_FORMS: Final = frozenset[str](_TABLES["legal_forms"])
"""Forms of a company: they are written in ten ways and tell nobody apart."""
PARTICLES: Final = frozenset[str](_TABLES["particles"])
"""Little words between names: left out on both sides, unless nothing else is there."""
LEGAL_FORMS_HAN: Final = re.compile("|".join(_TABLES["legal_forms_han"]))
LEGAL_PHRASES: Final = re.compile(
    r"\b(?:(?:public|private|open|closed) )?joint stock (?:company|co)\b|\blimited liability (?:company|partnership)\b"
    r"|\b(?:public|private) (?:limited )?company\b|\bspolka z o o\b|\bs r o\b|\bs a(?: r l)?\b|\bl l c\b|\bg m b h\b"
)

_ABD = re.compile(r"^abd(?:ou|[aeuo])(?:l|r(?=r)|s(?=s)|n(?=n)|z(?=z)|d(?=d)|t(?=t))(?=..)")
_DIN = re.compile(r"^(\w{2,}?)[aeiu]+[ld]?d(?:i|ee|ie)ne?$")

_SOUNDS: Final[dict[str, str]] = _TABLES["sounds"]
_SOUND = re.compile("|".join(_SOUNDS))
_VOWELS = re.compile("[aeiouywv`']")
_TWICE = re.compile(r"([a-z])\1+")


def spelling_key(word: str) -> str:
    """The word as it is compared: a usual spelling where it is known, letters of one sound made one.

    Args:
        word: lower-case ASCII.
    """
    known = VARIANTS.get(word)
    if known is None:
        word = _ABD.sub("abdul", word)
        known = VARIANTS.get(word, word)
    return sound_key(known)


def sound_key(word: str) -> str:
    """The word with letters of one sound made one, and nothing else."""
    if not word.isalpha():
        return word
    if len(word) > 5 and word.endswith(("n", "ne")):
        word = _DIN.sub(r"\1udin", word)
    folded = _SOUND.sub(_sound, word)
    if folded.startswith("ie") and len(folded) > 3:
        folded = folded[1:]
    folded = _TWICE.sub(r"\1", folded)
    if len(folded) > 3 and folded.endswith("ah"):
        folded = folded[:-1]
    return folded


def _sound(found: re.Match[str]) -> str:
    return _SOUNDS[found[0]]


def skeleton(word: str) -> str:
    """The consonants of a word, for scripts that write few vowels."""
    return spelling_key(_VOWELS.sub("", word.removesuffix("ah").replace("dh", "z")))
