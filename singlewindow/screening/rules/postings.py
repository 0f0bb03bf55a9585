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


class Postings:
    """Which of many words have a piece of three letters: a list of places, or a row of marks where many have it."""

    __slots__ = ("lengths", "lists", "marks", "size")

    def __init__(self, words: Sequence[str]) -> None:
        self.size = len(words)
        self.lengths = np.array([len(word) for word in words], dtype=np.int32)
        found: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            for piece in trigrams(word):
                found.setdefault(piece, []).append(place)
        often = sorted(
            (piece for piece in found if len(found[piece]) * OFTEN > self.size), key=lambda p: -len(found[p])
        )
        self.marks: dict[str, Counts] = {}
        for piece in often[:OFTEN_MOST]:
            row = np.zeros(self.size, dtype=np.uint8)
            row[found.pop(piece)] = 1
            self.marks[piece] = row
        self.lists: dict[str, Ints] = {piece: np.array(places, dtype=np.int32) for piece, places in found.items()}

    def counts(self, word: str) -> Counts:
        """How many pieces of the word each listed word has."""
        counts = np.zeros(self.size, dtype=np.uint8)
        marks, lists = self.marks, self.lists
        for piece in trigrams(word):
            row = marks.get(piece)
            if row is not None:
                np.add(counts, row, out=counts)
                continue
            places = lists.get(piece)
            if places is not None:
                counts[places] += 1
        return counts

    @property
    def nbytes(self) -> int:
        """Memory of lists and rows."""
        lists = sum(places.nbytes for places in self.lists.values())
        return self.lengths.nbytes + lists + sum(row.nbytes for row in self.marks.values())


def trigrams(word: str) -> set[str]:
    """The pieces of three letters of a word, with its edges."""
    text = f"||{word}||"
    return {text[place : place + 3] for place in range(len(text) - 2)}


def letters_of(word: str) -> int:
    """Which letters and digits a word has, as bits."""
    return functools.reduce(operator.or_, (1 << (ord(letter) % 64) for letter in word), 0)
