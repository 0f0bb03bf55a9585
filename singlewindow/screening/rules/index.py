"""Finding the names like a given one among many, without looking at all of them.

Words and whole names are cut into pieces of three letters; for each piece a list says which words (or names) have it.
Counting the lists of the asked name leaves a few words that may be alike; rapidfuzz says how much they are; the lists
of names that have those words, with their weights, leave a few names, and those are scored one by one. Lists are numpy
arrays, one behind the other, so that counting is a handful of calls however long they are.

Source: docs/rules/screening.md, SC-IDX; docs/adr/0014.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist, cpdist

from singlewindow.screening.rules.names import NameForm, name_forms, pieces
from singlewindow.screening.rules.postings import Ints, Postings, letters_of
from singlewindow.screening.rules.scoring import (
    BETTER,
    JOINED_ALIKE,
    SHORT,
    WORD_ALIKE,
    counted,
    joined_score,
    paired,
    word_weight,
    words_score,
)
from singlewindow.screening.rules.spellings import skeleton, sound_key

COMMON_LEAST = (1, 1, 1, 1, 2, 2, 2)
COMMON_OF_LONG = 3
"""Words are compared when they have so many pieces in common, by the letters of the asked one, up to six."""
JOINED_SHARE, JOINED_LEAST = 0.6, 3
"""Of the pieces of a name as one word so many are looked at, the rarest, and so many of them must be in common."""
RESTORED_MOST = 4
JOINED_LETTERS = (5, 60)
"""Names of fewer letters are found as words; longer ones are not written as one word."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name at or above the threshold, by its place in the index."""

    place: int
    score: float
    form: NameForm
    joined: bool
    """Alike as one word rather than word by word."""


def _common_least(letters: int) -> int:
    return COMMON_LEAST[letters] if letters < len(COMMON_LEAST) else COMMON_OF_LONG


def _ranges(values: Ints, starts: NDArray[np.int64], many: NDArray[np.int64]) -> Ints:
    """The values of several ranges, one behind the other."""
    return np.concatenate([values[s : s + m] for s, m in zip(starts.tolist(), many.tolist(), strict=True)])


class NameIndex:
    """Names to be found; built once, never changed."""

    def __init__(self, forms: Iterable[NameForm]) -> None:
        listed = list(forms)
        keys = [form.keys for form in listed]
        frequencies = Counter(chain.from_iterable(map(dict.fromkeys, keys)))
        self.size = len(keys)
        self.vocabulary: list[str] = list(frequencies)
        self.number = {key: number for number, key in enumerate(self.vocabulary)}
        names = max(self.size, 2)
        self.weights = np.array(
            [word_weight(key, frequencies[key], names) for key in self.vocabulary], dtype=np.float64
        )
        self._spelled = self._other_spellings(listed)
        self._spelled_as = list(self._spelled.values())
        self._compared = [*self.vocabulary, *self._spelled]
        self._words = Postings(self._compared, marked=True)
        self._set_names(keys)
        self._joined_words = ["".join(words) for words in keys]
        self._joined = Postings(self._joined_words, marked=False)
        self._skeletons: dict[str, list[str]] | None = None
        self._frequencies = frequencies

    def _other_spellings(self, listed: Sequence[NameForm]) -> dict[str, int]:
        """Words as they are listed, where a usual spelling stands for them: a slip in "Steven" is near "Steven"."""
        found: dict[str, int] = {}
        for form in listed:
            for word, key in zip(form.words, form.keys, strict=True):
                sound = sound_key(word)
                if sound != key and sound not in self.number:
                    found[sound] = self.number[key]
        return found

    def _set_names(self, keys: Sequence[Sequence[str]]) -> None:
        """The words of each name, and the names of each word, as lists one behind the other."""
        lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        self._name_words = np.fromiter(
            (self.number[key] for key in chain.from_iterable(keys)), dtype=np.int32, count=int(lengths.sum())
        )
        self._name_ends = np.concatenate(([0], np.cumsum(lengths)))
        owner = np.repeat(np.arange(len(keys)), lengths)
        order = np.argsort(self._name_words, kind="stable")
        self._word_names: Ints = owner[order].astype(np.int32)
        self._word_ends = np.concatenate(
            ([0], np.cumsum(np.bincount(self._name_words, minlength=len(self.vocabulary))))
        )
        self._name_weights = np.bincount(owner, weights=self.weights[self._name_words], minlength=len(keys))

    def restore(self, consonants: str) -> Sequence[str]:
        """Listed words with the same consonants, the most frequent first."""
        if self._skeletons is None:
            found: dict[str, list[str]] = {}
            for key, _ in self._frequencies.most_common():
                if key.isalpha():
                    same = found.setdefault(skeleton(key), [])
                    if len(same) < RESTORED_MOST:
                        same.append(key)
            self._skeletons = found
        return self._skeletons.get(skeleton(consonants), ())

    def search(self, name: str, threshold: float) -> list[Found]:
        """The names whose score is at least the threshold, the best first, each by its best reading."""
        best: dict[int, Found] = {}
        for form in name_forms(name, self.restore):
            for piece in pieces(form):
                for found in self.search_form(piece, threshold):
                    known = best.get(found.place)
                    if known is None or known.score < found.score:
                        best[found.place] = found
        return sorted(best.values(), key=lambda found: (-found.score, found.place))

    def search_form(self, form: NameForm, threshold: float) -> list[Found]:
        """The same for one reading of a name."""
        if not self.size:
            return []
        likeness = self._likeness(form.keys)
        weights = self._weights_of(form.keys)
        found = {}
        for place in self._by_words(likeness, weights, threshold):
            score = self._score(place, likeness, weights)
            if score >= threshold:
                found[place] = Found(place, score, form, joined=False)
        for place, score in self._by_joined(form.joined, threshold):
            if place not in found or found[place].score < score:
                found[place] = Found(place, score, form, joined=True)
        return list(found.values())

    def scan_form(self, form: NameForm) -> dict[int, float]:
        """The score of every name against one reading, none left out: slow, and what `search_form` is held against."""
        likeness = [self._alike_of_all(key) for key in form.keys]
        weights = self._weights_of(form.keys)
        scores = {place: self._score(place, likeness, weights) for place in self._with_any(likeness)}
        if JOINED_LETTERS[0] <= len(form.joined) <= JOINED_LETTERS[1]:
            for place, word in enumerate(self._joined_words):
                scores[place] = max(scores.get(place, 0.0), joined_score(form.joined, word))
        return scores

    def _alike_of_all(self, key: str) -> dict[int, float]:
        own = self.number.get(key)
        if not key.isalpha() or len(key) == 1:
            return {} if own is None else {own: 1.0}
        other, size = self._spelled_as, len(self.vocabulary)
        scores = cdist((key,), self._compared, scorer=ratio, score_cutoff=WORD_ALIKE)[0]
        alike: dict[int, float] = {}
        for place in np.flatnonzero(scores).tolist():
            if self._compared[place].isalpha():
                number = place if place < size else other[place - size]
                alike[number] = max(counted(float(scores[place])), alike.get(number, 0.0))
        return alike

    def _with_any(self, likeness: Sequence[dict[int, float]]) -> set[int]:
        ends, names = self._word_ends, self._word_names
        return {place for like in likeness for word in like for place in names[ends[word] : ends[word + 1]].tolist()}

    def _weights_of(self, keys: Sequence[str]) -> list[float]:
        number, weights = self.number, self.weights
        return [
            float(weights[number[key]]) if key in number else (SHORT[len(key)] if len(key) < len(SHORT) else 1.0)
            for key in keys
        ]

    def _likeness(self, keys: Sequence[str]) -> list[dict[int, float]]:
        """For each key, the listed words that it is like, with how much."""
        likeness: list[dict[int, float]] = [{} for _ in keys]
        spelled = []
        for place, key in enumerate(keys):
            if key.isalpha() and len(key) > 1:
                spelled.append(place)
            elif (own := self.number.get(key)) is not None:
                likeness[place][own] = 1.0
        if spelled:
            self._likeness_spelled([keys[place] for place in spelled], [likeness[place] for place in spelled])
        return likeness

    def _likeness_spelled(self, keys: Sequence[str], likeness: Sequence[dict[int, float]]) -> None:
        """Fill in what words of letters are like, all of them in one go: calls cost more than what they do."""
        rows, numbers = self._near(keys)
        compared, other, size = self._compared, self._spelled_as, len(self.vocabulary)
        asked, listed = [keys[row] for row in rows], [compared[number] for number in numbers]
        if not listed:
            return
        scores = cpdist(asked, listed, scorer=ratio, score_cutoff=WORD_ALIKE)
        for pair in scores.nonzero()[0].tolist():
            if listed[pair].isalpha():
                alike, number, like = likeness[rows[pair]], numbers[pair], counted(float(scores[pair]))
                if number >= size:
                    number = other[number - size]
                    like = max(like, alike.get(number, 0.0))
                alike[number] = like

    def _near(self, keys: Sequence[str]) -> tuple[list[int], list[int]]:
        """Pairs of an asked and a listed word that may be alike: enough pieces and enough letters in common."""
        bits = [letters_of(key) for key in keys]
        letters = np.array([len(key) for key in keys])
        repeated = letters - np.array([one.bit_count() for one in bits])
        least = np.array([_common_least(len(key)) for key in keys], dtype=np.uint8)
        near = (self._words.counts(keys) >= least[:, None]).ravel().nonzero()[0]
        rows, numbers = np.divmod(near, self._words.size)
        # Of two words that are alike enough, so many letters are the same: those of both, and what one repeats.
        same = np.bitwise_count(self._words.letters[numbers] & np.array(bits, dtype=np.uint64)[rows]) + repeated[rows]
        enough = same * (200.0 / WORD_ALIKE) >= self._words.lengths[numbers] + letters[rows]
        return rows[enough].tolist(), numbers[enough].tolist()

    def _by_words(self, likeness: Sequence[dict[int, float]], weights: Sequence[float], threshold: float) -> list[int]:
        """Names whose words may make the score: each counted as if every word of it were free for every pair."""
        numbers: list[int] = []
        asked: list[float] = []
        for like, weight in zip(likeness, weights, strict=True):
            numbers.extend(like)
            asked.extend([one * weight for one in like.values()])
        if not numbers:
            return []
        words = np.array(numbers)
        starts = self._word_ends[words]
        many = self._word_ends[words + 1] - starts
        names = _ranges(self._word_names, starts, many)
        covered = np.bincount(names, weights=np.repeat(asked, many), minlength=self.size)
        # The score is at most BETTER + (1 - BETTER) * worse, so each name must be covered at least so far.
        least = max(0.0, (threshold / 100.0 - BETTER) / (1.0 - BETTER)) - 1e-9
        candidates = np.flatnonzero(covered >= max(least * sum(weights), 1e-9))
        if len(candidates) > CHECKED_MOST:
            candidates = self._narrowed(candidates, names, words, many, likeness, covered, weights, threshold)
        return candidates.tolist()

    def _narrowed(
        self,
        candidates: NDArray[np.int64],
        names: Ints,
        words: NDArray[np.int64],
        many: NDArray[np.int64],
        likeness: Sequence[dict[int, float]],
        covered: NDArray[Any],
        weights: Sequence[float],
        threshold: float,
    ) -> NDArray[np.int64]:
        """Of many candidates those that the listed side, too, leaves possible."""
        alike = np.fromiter(chain.from_iterable(like.values() for like in likeness), dtype=np.float64)
        listed = np.bincount(names, weights=np.repeat(alike * self.weights[words], many), minlength=self.size)
        asked_share = np.minimum(covered[candidates] / sum(weights), 1.0)
        listed_share = np.minimum(listed[candidates] / self._name_weights[candidates], 1.0)
        bound = BETTER * np.maximum(asked_share, listed_share) + (1 - BETTER) * np.minimum(asked_share, listed_share)
        return candidates[bound * 100.0 >= threshold - 1e-6]

    def _score(self, place: int, likeness: Sequence[dict[int, float]], weights: Sequence[float]) -> float:
        words = self._name_words[self._name_ends[place] : self._name_ends[place + 1]].tolist()
        pairs = [(like[word], i, j) for i, like in enumerate(likeness) for j, word in enumerate(words) if word in like]
        return words_score(paired(pairs), weights, self.weights[words].tolist()) if pairs else 0.0

    def _by_joined(self, joined: str, threshold: float) -> list[tuple[int, float]]:
        if not JOINED_LETTERS[0] <= len(joined) <= JOINED_LETTERS[1]:
            return []
        near = self._joined.by_rare_pieces(joined, share=JOINED_SHARE, least=JOINED_LEAST)
        numbers = self._joined.letters_alike(near, joined, JOINED_ALIKE).tolist()
        words = self._joined_words
        return [
            (place, score) for place in numbers if (score := joined_score(joined, words[place])) >= max(threshold, 1e-9)
        ]

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, without the words themselves."""
        arrays = (
            self.weights,
            self._name_words,
            self._name_ends,
            self._word_names,
            self._word_ends,
            self._name_weights,
        )
        return sum(array.nbytes for array in arrays) + self._words.nbytes + self._joined.nbytes


CHECKED_MOST = 16
"""So many candidates are scored without a second look."""


def full_scan(index: NameIndex, name: str, threshold: float) -> dict[int, float]:
    """What `search` would find if it compared every word and every name: the limit that it is held against."""
    best: dict[int, float] = {}
    for form in name_forms(name, index.restore):
        for piece in pieces(form):
            for place, score in index.scan_form(piece).items():
                if score >= threshold and score > best.get(place, 0.0):
                    best[place] = score
    return best
