"""A name as it is compared: its words without what tells nobody apart, in each way that it can be read.

Source: docs/rules/screening.md, SC-NAM.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from anyascii import anyascii

from singlewindow.screening.rules import scripts
from singlewindow.screening.rules.spellings import (
    LEGAL_FORMS,
    LEGAL_FORMS_HAN,
    LEGAL_PHRASES,
    PARTICLES,
    spelling_key,
)

LETTERS_MOST: Final = 20_000
"""What is read of one name; a longer one is no name."""
WORDS_MOST: Final = 12
"""Words of a name; a longer text is compared piece by piece as well, so that padding hides nobody."""
PIECE: Final = 3
"""Words of a piece: each word of the text begins one."""
WORD_LETTERS_MOST: Final = 60
"""What is read of one word."""
FORMS_MOST: Final = 4

_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u02bb\u05f3\u05f4\u00b4\u2032\"]")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_WORD = re.compile("[a-z0-9]+")
_ABD = frozenset({"abd", "abdel", "abdul", "abdal", "abdol", "abdoul", "abdur", "abed"})
_JOINED = frozenset({"abu", "abou", "umm", "mc", "mac", "saint"})


class Reading(StrEnum):
    """How the letters of a name were read."""

    PLAIN = "plain"
    TRANSLITERATED = "transliterated"
    """From another script, by usual readings and letter by letter."""
    RESTORED = "restored"
    """From a script without vowels, with the vowels of a listed name of the same consonants."""
    LOOK_ALIKE = "look_alike"
    """With letters or digits that only look like Latin letters taken for those."""


@dataclass(frozen=True, slots=True)
class NameForm:
    """One way to read a name."""

    reading: Reading
    words: tuple[str, ...]
    """Lower-case Latin words, as they are shown."""
    keys: tuple[str, ...]
    """The same as they are compared."""
    joined: str
    """The keys as one word, in the order of the name."""


Restore = Callable[[str], Sequence[str]]
"""Listed words with the same consonants, the most frequent first."""


def name_form(text: str, reading: Reading = Reading.PLAIN) -> NameForm | None:
    """The words of a text in Latin letters; nothing where it has none."""
    words = tuple(word[:WORD_LETTERS_MOST] for word in _words(text))
    if not words:
        return None
    keys = tuple([spelling_key(word) for word in words])
    return NameForm(reading, words, keys, "".join(keys))


def name_forms(name: str, restore: Restore | None = None) -> tuple[NameForm, ...]:
    """Every way in which a name can be read, the likeliest first; none for a name without letters or digits.

    Args:
        restore: finds listed words for consonants; without it, words without vowels stay as they are.
    """
    if name.isascii():
        return _distinct(_latin_forms(name))
    return _distinct(_foreign_forms(scripts.cleaned(name[:LETTERS_MOST]), restore))


def pieces(form: NameForm) -> Iterator[NameForm]:
    """The form itself; of one that is too long to be a name, its beginning and every few words of it, overlapping."""
    count = len(form.keys)
    if count <= WORDS_MOST:
        yield form
        return
    yield _piece(form, 0, WORDS_MOST)
    seen: set[tuple[str, ...]] = set()
    for start in range(count - PIECE + 1):
        piece = _piece(form, start, start + PIECE)
        if piece.keys not in seen:
            seen.add(piece.keys)
            yield piece


def _piece(form: NameForm, start: int, end: int) -> NameForm:
    keys = form.keys[start:end]
    return NameForm(form.reading, form.words[start:end], keys, "".join(keys))


def _distinct(forms: Iterator[NameForm | None]) -> tuple[NameForm, ...]:
    found: dict[tuple[str, ...], NameForm] = {}
    for form in forms:
        if form is not None:
            found.setdefault(form.keys, form)
    return tuple(found.values())[:FORMS_MOST]


def _latin_forms(text: str) -> Iterator[NameForm | None]:
    text = text[:LETTERS_MOST]
    yield name_form(text)
    guessed = scripts.digits_as_letters(text.lower()) if any(map(str.isdigit, text)) else None
    if guessed is not None:
        yield name_form(guessed, Reading.LOOK_ALIKE)


def _foreign_forms(text: str, restore: Restore | None) -> Iterator[NameForm | None]:
    if text.isascii():
        yield from _latin_forms(text)
        return
    text = LEGAL_FORMS_HAN.sub(" ", text)
    plain = scripts.unmixed(text)
    reading = Reading.PLAIN if scripts.LATIN.search(plain) and _mostly_latin(plain) else Reading.TRANSLITERATED
    yield name_form(_transliterated(plain), reading)
    kanji = scripts.japanese("".join(plain.split())) if scripts.HAN.search(plain) else None
    if kanji is not None:
        yield name_form(kanji, Reading.TRANSLITERATED)
    if restore is not None and scripts.ABJAD.search(plain):
        for turn in range(2):
            yield name_form(_restored(plain, restore, turn), Reading.RESTORED)
    guessed = scripts.looks_latin(text)
    if guessed is not None:
        yield name_form(anyascii(guessed), Reading.LOOK_ALIKE)


def _mostly_latin(text: str) -> bool:
    return all(scripts.LATIN.match(letter) for letter in text if letter.isalpha())


def _transliterated(text: str) -> str:
    text = scripts.HANGUL.sub(lambda found: f" {scripts.korean(found[0])} ", text)
    text = scripts.HAN.sub(lambda found: f" {scripts.chinese(found[0])} ", text)
    if scripts.ABJAD.search(text):
        text = " ".join(_vowelled(word) for word in text.split())
    return anyascii(text)


def _vowelled(word: str) -> str:
    if scripts.ABJAD.search(word) is None:
        return word
    return scripts.vowelled(word) or scripts.consonants(word)


def _restored(text: str, restore: Restore, turn: int) -> str:
    """The text with every unvowelled word of unknown reading replaced by a listed one of the same consonants."""
    words = []
    for word in text.split():
        if scripts.ABJAD.search(word) is None:
            words.append(word)
            continue
        known = scripts.vowelled(word)
        if known is not None and turn == 0:
            words.append(known)
            continue
        listed = restore(scripts.consonants(word))
        words.append(listed[min(turn, len(listed) - 1)] if listed else known or scripts.consonants(word))
    return anyascii(" ".join(words))


def _words(text: str) -> tuple[str, ...]:
    """Lower-case words: initials together, legal forms and particles left out unless nothing else is there."""
    text = text.lower()
    if "." in text:
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    text = _APOSTROPHES.sub("", text)
    every = _WORD.findall(text)
    if not every:
        return ()
    if (len(every) > 2 and not LEGAL_FORMS.isdisjoint(every)) or "joint" in every or "z" in every:
        every = LEGAL_PHRASES.sub(" ", " ".join(every)).split() or every
    words = _compounds(every)
    kept = tuple(word for word in words if word not in LEGAL_FORMS and word not in PARTICLES)
    return kept or tuple(words)


def _compounds(every: list[str]) -> list[str]:
    """Names of two words that are one: servants of God, fathers of somebody, and the faith at the end."""
    if _ABD.isdisjoint(every) and _JOINED.isdisjoint(every) and "din" not in every and "deen" not in every:
        return every
    words: list[str] = []
    index = 0
    while index < len(every):
        word, rest = every[index], every[index + 1 :]
        if word in _ABD and rest:
            skipped = 1 if rest[0] in PARTICLES and len(rest) > 1 else 0
            words.append("abdullah" if rest[skipped] in ("allah", "llah", "ullah", "lah") else "abdul" + rest[skipped])
            index += 2 + skipped
            continue
        if word in _JOINED and rest:
            skipped = 1 if rest[0] in PARTICLES and len(rest) > 1 else 0
            words.append(("abu" if word == "abou" else word) + rest[skipped])
            index += 2 + skipped
            continue
        if word in ("din", "deen", "dine", "eddine") and len(words) > 1 and words[-1] in PARTICLES:
            words.pop()
            words[-1] = words[-1].rstrip("aeiu") + "udin"
        else:
            words.append(word)
        index += 1
    return words
