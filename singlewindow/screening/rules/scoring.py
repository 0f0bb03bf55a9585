"""How alike two names are: word by word, each word by its weight, in any order.

A word that many names have says little; one that few have says much. The score is mostly the better covered of the
two names, so that a left-out middle name or patronymic does not hide anybody, and partly the worse covered one, so that
one common word does not make everybody a suspect.

Source: docs/rules/screening.md, SC-SCO.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.fuzz import ratio

WORD_ALIKE: Final = 72.0
"""Two words less alike than this (rapidfuzz ratio of their keys) are two words."""
LETTER_COST: Final = 0.8
"""What is unlike in a word counts so much: a wrong letter is less than a wrong word."""
BETTER: Final = 0.7
"""Share of the better covered name; the rest is the other's."""
ONE_WORD_BETTER: Final = 0.5
"""The same where only one word of several is found: one word alone says little."""
JOINED_ALIKE: Final = 92.0
"""Names without spaces less alike than this are not the same name written in other words."""
JOINED_COST: Final = 0.98
RARE_LEAST: Final = 0.4
"""Weight of a word that nearly every name has, against one that a single name has."""
SHORT: Final = (0.0, 0.35, 0.6, 0.85)
"""Weight of a word by its letters, up to three."""


@dataclass(frozen=True, slots=True)
class WordPair:
    """A word of the name that was asked for and the listed word that it was found to be."""

    asked: str
    listed: str
    alike: int
    """0 to 100."""


def word_weight(key: str, frequency: int, names: int) -> float:
    """What a word counts: by its letters, and by how many of the names have it."""
    rare = 1.0 - math.log(max(frequency, 1)) / math.log(max(names, 2))
    letters = SHORT[len(key)] if len(key) < len(SHORT) else 1.0
    return (RARE_LEAST + (1.0 - RARE_LEAST) * max(rare, 0.0)) * letters


def word_likeness(asked: str, listed: str) -> float:
    """How alike two keys are, 0 to 1; 0 for two words. A word with a digit is itself or another one."""
    if asked == listed:
        return 1.0
    if not (asked.isalpha() and listed.isalpha()):
        return 0.0
    alike = ratio(asked, listed, score_cutoff=WORD_ALIKE)
    return counted(alike) if alike else 0.0


def counted(alike: float) -> float:
    """What a ratio of two words (0 to 100) counts in the score, 0 to 1."""
    return 1.0 - (100.0 - alike) / 100.0 * LETTER_COST


def paired(likeness: Sequence[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Each word with at most one of the other name, the most alike first."""
    taken_asked = taken_listed = 0
    pairs = []
    for pair in sorted(likeness, key=_most_alike) if len(likeness) > 1 else likeness:
        asked, listed = 1 << pair[1], 1 << pair[2]
        if not (taken_asked & asked or taken_listed & listed):
            taken_asked |= asked
            taken_listed |= listed
            pairs.append(pair)
    return pairs


def _most_alike(pair: tuple[float, int, int]) -> tuple[float, int, int]:
    return -pair[0], pair[1], pair[2]


def words_score(
    pairs: Sequence[tuple[float, int, int]], asked_weights: Sequence[float], listed_weights: Sequence[float]
) -> float:
    """The score of two names by their pairs of words, 0 to 100."""
    asked = sum(like * asked_weights[i] for like, i, _ in pairs) / sum(asked_weights)
    listed = sum(like * listed_weights[j] for like, _, j in pairs) / sum(listed_weights)
    if len(asked_weights) == len(listed_weights) == 1:
        # Two single words: nothing else speaks for them, so every unlike letter counts in full.
        return 100.0 - 100.0 * (1.0 - pairs[0][0]) / LETTER_COST
    better = ONE_WORD_BETTER if len(pairs) == 1 else BETTER
    return 100.0 * (better * max(asked, listed) + (1.0 - better) * min(asked, listed))


def joined_score(asked: str, listed: str) -> float:
    """The score of two names written as one word each, 0 to 100; 0 where they differ in more than that."""
    if not (asked.isalpha() and listed.isalpha()):
        return 100.0 * JOINED_COST if asked == listed else 0.0
    return float(ratio(asked, listed, score_cutoff=JOINED_ALIKE)) * JOINED_COST


def pair_words(
    asked: Sequence[str], asked_keys: Sequence[str], listed: Sequence[str], listed_keys: Sequence[str]
) -> tuple[WordPair, ...]:
    """The pairs of two names in words, for people."""
    likeness = [
        (like, i, j)
        for i, one in enumerate(asked_keys)
        for j, other in enumerate(listed_keys)
        if (like := word_likeness(one, other))
    ]
    found = sorted(paired(likeness), key=lambda pair: pair[1])
    return tuple(WordPair(asked[i], listed[j], round(100 * like)) for like, i, j in found)


def weights_of(keys: Sequence[str], known: Mapping[str, float], unknown: float = 1.0) -> list[float]:
    """The weights of a name's words; a word of no listed name is a rare one."""
    return [known.get(key, unknown * (SHORT[len(key)] if len(key) < len(SHORT) else 1.0)) for key in keys]
