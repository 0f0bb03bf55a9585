"""Names of other scripts in Latin letters: usual readings first, letter by letter where none is known.

Letter by letter is the work of anyascii. It cannot know vowels that are not written, nor how a person reads a
character; the tables here hold what is usual, and no more than that.

Source: docs/rules/screening.md, SC-NAM-02.
"""

import json
import re
import unicodedata
from typing import Final

from anyascii import anyascii

from singlewindow.screening.rules.spellings import DATA

CYRILLIC_OR_GREEK: Final = re.compile("[\u0370-\u052f\u1f00-\u1fff]")
LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
ABJAD: Final = re.compile("[\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u0e00-\u0e7f]")
"""Scripts that leave vowels out, wholly or in part: Hebrew, Arabic and its sisters, Thai."""
HANGUL: Final = re.compile("[\uac00-\ud7a3]+")
HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_ONE_LETTER: Final = str.maketrans("أإآٱیک", "ااااي" + "ك")
_MARKS: Final = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")

LOOK_ALIKE: Final = str.maketrans(
    "аАвВеЕёЁкКмМнНоОрРсСтТуУхХіІїЇјЈѕЅһԛԜԁӏαΑβΒεΕζΖηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧ",
    "aABBeEeEkKMMHHoOpPcCTTyYxXiIiIjJsShqWdlaABBeEZZnHiIkKuMvNoOpPtTuYxX",
)
"""Letters that look like a Latin one: whoever would hide writes these among the others."""
_LOOKS_CYRILLIC: Final = str.maketrans("aAeEoOpPcCyYxXBKMHTiI", "аАеЕоОрРсСуУхХВКМНТіІ")
_LOOKS = re.compile("[" + "".join(map(chr, LOOK_ALIKE)) + "]")
_DIGITS_AS_LETTERS: Final = str.maketrans("01345", "oieas")
_LETTERS_AND_DIGITS: Final = re.compile(r"\b(?=[a-z0-9]*[a-z][a-z0-9]*[a-z])(?=[a-z]*[01345])[a-z01345]+\b")

_READINGS: Final = json.loads((DATA / "readings.json").read_text(encoding="utf-8"))
ARABIC: Final[dict[str, str]] = _READINGS["arabic"]
HEBREW: Final[dict[str, str]] = _READINGS["hebrew"]
FAMILIES_KOREAN: Final[dict[str, str]] = _READINGS["korean_families"]
FAMILIES_JAPANESE: Final[dict[str, str]] = _READINGS["japanese_families"]
GIVEN_JAPANESE: Final[dict[str, str]] = _READINGS["japanese_given"]
_KOREAN_INITIAL: Final[list[str]] = _READINGS["korean_initial"]
_KOREAN_VOWEL: Final[list[str]] = _READINGS["korean_vowel"]
_KOREAN_FINAL: Final[list[str]] = _READINGS["korean_final"]


def cleaned(name: str) -> str:
    """One text whatever its encoding of letters: compatible forms made plain, marks that cannot be seen left out."""
    if name.isascii() and name.isprintable():
        return name
    plain = unicodedata.normalize("NFKC", name)
    return "".join(map(_visible, plain))


def _visible(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    return "" if kind in ("Cf", "Cs", "Co", "Cn") else letter


def looks_latin(name: str) -> str | None:
    """The name with letters that only look Latin made Latin, where somebody may have put them among the others."""
    if CYRILLIC_OR_GREEK.search(name) is None:
        return None
    letters = [letter for letter in name if letter.isalpha()]
    foreign = [letter for letter in letters if CYRILLIC_OR_GREEK.match(letter)]
    mixed = len(foreign) < len(letters)
    if not mixed and not all(_LOOKS.match(letter) for letter in foreign):
        return None
    return name.translate(LOOK_ALIKE)


def unmixed(name: str) -> str:
    """The name with one script in every word that mixes two, the one of most of its letters: no honest word does."""
    if CYRILLIC_OR_GREEK.search(name) is None or LATIN.search(name) is None:
        return name
    return " ".join(map(_one_script, name.split()))


def _one_script(word: str) -> str:
    latin, other = len(LATIN.findall(word)), len(CYRILLIC_OR_GREEK.findall(word))
    if not latin or not other:
        return word
    return word.translate(LOOK_ALIKE) if latin >= other else word.translate(_LOOKS_CYRILLIC)


def digits_as_letters(text: str) -> str | None:
    """The text with digits inside words read as the letters that they look like; nothing where there is none."""
    if _LETTERS_AND_DIGITS.search(text) is None:
        return None
    return _LETTERS_AND_DIGITS.sub(lambda word: word[0].translate(_DIGITS_AS_LETTERS), text)


def korean(text: str) -> str:
    """Hangul in the letters that passports use: the first syllable as a family name, the others one by one."""
    syllables = list(text)
    read = [_syllable(syllable) for syllable in syllables]
    if 2 <= len(syllables) <= 4:
        read[0] = FAMILIES_KOREAN.get(syllables[0], read[0])
    return " ".join(read)


def _syllable(letter: str) -> str:
    number = ord(letter) - 0xAC00
    initial, vowel, final = number // 588, number % 588 // 28, number % 28
    return _KOREAN_INITIAL[initial] + _KOREAN_VOWEL[vowel] + _KOREAN_FINAL[final]


def japanese(text: str) -> str | None:
    """A person's name in Chinese characters as it is usually read in Japan; nothing where a part is not known."""
    for length in (3, 2, 1):
        family, given = FAMILIES_JAPANESE.get(text[:length]), text[length:]
        if family and given in GIVEN_JAPANESE:
            return f"{family} {GIVEN_JAPANESE[given]}"
    return None


def chinese(text: str) -> str:
    """Chinese characters by their usual reading: family name, then given name as one word."""
    syllables = re.findall("[A-Z][a-z]*", anyascii(text))
    if 2 <= len(syllables) <= 3:
        return f"{syllables[0]} {''.join(syllables[1:])}"
    if len(syllables) == 4:
        return f"{''.join(syllables[:2])} {''.join(syllables[2:])}"
    return " ".join(syllables)


def vowelled(word: str) -> str | None:
    """A word of a script without vowels by its usual reading; nothing where it is not known."""
    plain = _MARKS.sub("", word).translate(_ONE_LETTER)
    for text in (plain, plain.replace("ى", "ي"), plain.removeprefix("ال"), plain.replace("ى", "ي").removeprefix("ال")):
        found = ARABIC.get(text) or HEBREW.get(text)
        if found:
            return found
    return None


def consonants(word: str) -> str:
    """A word of a script without vowels, letter by letter; the Arabic article is left out."""
    return anyascii(_MARKS.sub("", word).removeprefix("ال"))
