"""Which words have which pieces of three letters, so that words alike are found without comparing all."""

import functools
import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Counts = NDArray[np.uint8]
OFTEN = 100
"""A piece that more than one in so many words has is kept as a row of marks, one a word: adding those is cheapest."""
OFTEN_MOST = 400
_ONE = np.uint8(1)


class Postings:
    """Which of many words have a piece of three letters: a list of places, or a row of marks where many have it.

    Args:
        marked: whether rows of marks are kept; where only rare pieces are looked at, they would be of no use.
    """

    __slots__ = ("lengths", "letters", "lists", "marks", "size")

    def __init__(self, words: Sequence[str], *, marked: bool) -> None:
        self.size = len(words)
        self.lengths = np.array([len(word) for word in words], dtype=np.int32)
        self.letters = np.array([letters_of(word) for word in words], dtype=np.uint64)
        found: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            for piece in trigrams(word):
                found.setdefault(piece, []).append(place)
        often = [piece for piece in found if marked and len(found[piece]) * OFTEN > self.size]
        self.marks: dict[str, Counts] = {}
        for piece in sorted(often, key=lambda one: -len(found[one]))[:OFTEN_MOST]:
            row = np.zeros(self.size, dtype=np.uint8)
            row[found.pop(piece)] = 1
            self.marks[piece] = row
        self.lists: dict[str, Ints] = {piece: np.array(places, dtype=np.int32) for piece, places in found.items()}

    def counts(self, words: Sequence[str]) -> Counts:
        """How many pieces of each word each listed word has, a row a word."""
        counts = np.zeros((len(words), self.size), dtype=np.uint8)
        marks, lists = self.marks, self.lists
        for word, row in zip(words, counts, strict=True):
            rare = []
            for piece in trigrams(word):
                mark = marks.get(piece)
                if mark is not None:
                    np.add(row, mark, out=row)
                elif piece in lists:
                    rare.append(lists[piece])
            if rare:
                np.add.at(row, np.concatenate(rare, dtype=np.intp), _ONE)
        return counts

    def by_rare_pieces(self, word: str, *, share: float, least: int) -> NDArray[np.intp]:
        """The listed words with so many of the word's rarest pieces; long lists of common pieces are not read.

        Args:
            share: of the word's pieces so many are looked at; pieces that no listed word has count as the rarest.
        """
        pieces = trigrams(word)
        present = sorted((self.lists[piece] for piece in pieces if piece in self.lists), key=len)
        looked_at = present[: max(least, int(len(pieces) * share) + 1 - (len(pieces) - len(present)))]
        if not looked_at:
            return np.zeros(0, dtype=np.intp)
        counts = np.zeros(self.size, dtype=np.uint8)
        np.add.at(counts, np.concatenate(looked_at, dtype=np.intp), _ONE)
        return (counts >= least).nonzero()[0]

    def letters_alike(self, places: NDArray[np.intp], word: str, alike: float) -> NDArray[np.intp]:
        """Those of the places whose letters leave it possible that the ratio (0 to 100) is so high.

        Of two words that are alike enough, so many letters are the same: those of both, and what one repeats.
        """
        bits = letters_of(word)
        same = np.bitwise_count(self.letters[places] & np.uint64(bits)) + (len(word) - bits.bit_count())
        enough: NDArray[np.bool_] = same * (200.0 / alike) >= self.lengths[places] + len(word)
        return places[enough]

    @property
    def nbytes(self) -> int:
        """Memory of lists and rows."""
        lists = sum(places.nbytes for places in self.lists.values())
        return self.lengths.nbytes + self.letters.nbytes + lists + sum(row.nbytes for row in self.marks.values())


def trigrams(word: str) -> list[str]:
    """The pieces of three letters of a word, with its edges, each once and always in the same order."""
    text = f"||{word}||"
    return list(dict.fromkeys([text[place : place + 3] for place in range(len(text) - 2)]))


def letters_of(word: str) -> int:
    """Which letters and digits a word has, as bits."""
    return functools.reduce(operator.or_, (1 << (ord(letter) % 64) for letter in word), 0)
