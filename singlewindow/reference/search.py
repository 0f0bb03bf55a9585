"""Finding a commodity code from digits or from words, typing errors included. Pure, in memory.

Seven thousand lines are few: an index of their words answers in a millisecond or two, where the trigram index of
the database took half a second as soon as one word of several was common (docs/rules/reference.md has the figures).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import process
from rapidfuzz.distance import OSA

from singlewindow.reference.dataset import CommodityRow, as_commodity, in_force, parents_of
from singlewindow.reference.types import CommodityHit

LONGEST_TEXT = 120
MOST_WORDS = 6
MOST_RESULTS = 50
SIMILAR_ENOUGH = 0.5
"""Share of common trigrams (Dice) from which two words count as one misspelt; chiken and chicken have 0.67."""
SPELT_ENOUGH = 0.74
"""Share of letters that are right from which a short word counts as one misspelt (bier, beer): 0.75."""
SPELT_LONG = 0.66
"""The same for words of six letters and more (wiskey, whisky): 0.67."""
GUESSES = 8
SCORE_ENOUGH = 0.3
PREFIX = 0.9
"""What a word counts that begins with the typed letters."""
ABOVE = 0.6
"""What a word counts that stands in the heading above and not in the line itself."""
FRONT_WORDS = 4
FRONT = 0.08
"""What a line gains for each typed word among its first ones: "Rice" before "bread, rice paper"."""
UNKNOWN_WORD = 3.0
"""Weight of a typed word that no line has: it lowers every score alike."""

SMALL_WORDS = frozenset({"a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with", "new"})


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The words of the nomenclature and the lines that have them."""

    lines: tuple[CommodityRow, ...]
    postings: Mapping[str, Mapping[int, float]]
    """Word to the lines that have it, each with what the word counts there."""
    trigrams: Mapping[str, Sequence[str]]
    front: tuple[frozenset[str], ...]
    described: Mapping[str, str]

    def weight(self, word: str) -> float:
        """How much a word tells: rare words tell more."""
        return math.log(1 + len(self.lines) / len(self.postings[word]))


def build_index(lines: Iterable[CommodityRow], on: date) -> SearchIndex:
    """The index of the lines in force on a day."""
    kept = tuple(sorted((line for line in lines if in_force(line, on)), key=lambda line: line.code))
    said = {line.code: words_of(line.description, line.words) for line in kept}
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    for number, line in enumerate(kept):
        if len(line.code) == 2:
            continue
        for above in parents_of(line.code)[1:]:
            for word in said.get(above, ()):
                postings[word][number] = ABOVE
        for word in said[line.code]:
            postings[word][number] = 1.0
    grams: dict[str, list[str]] = defaultdict(list)
    for word in sorted(postings):
        for gram in trigrams_of(word):
            grams[gram].append(word)
    front = tuple(frozenset(said[line.code][:FRONT_WORDS]) for line in kept)
    return SearchIndex(kept, postings, grams, front, {line.code: line.description for line in kept})


def words_of(*texts: str) -> list[str]:
    """The words that are searched, each once: small letters, no accents, singular, no words that say nothing."""
    plain = unicodedata.normalize("NFKD", " ".join(texts))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    # "t-shirt", "t shirt" and "tshirt" are one word to the person who types them; so is an Arabic one with its article.
    letters = re.sub(r"\bال(?=\w{3})", "", letters)
    found = re.findall(r"[^\W_]+", re.sub(r"\b([a-z])[- ](?=[a-z]{3})", r"\1", letters).replace("'", ""))
    return list(dict.fromkeys(_singular(word) for word in found if len(word) > 1 and word not in SMALL_WORDS))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def trigrams_of(word: str) -> frozenset[str]:
    """The groups of three letters of a word, its beginning weighed twice as its end."""
    padded = f"  {word} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def search(index: SearchIndex, text: str, limit: int) -> list[CommodityHit]:
    """Lines that answer a text, best first.

    Digits search by the beginning of the code, and show the nearest lines above a code longer than any known one.
    Words search descriptions and everyday words; each may be misspelt. An empty text finds nothing.
    """
    wanted = max(1, min(limit, MOST_RESULTS))
    digits = re.sub(r"[ .\-]", "", text[:LONGEST_TEXT])
    if re.fullmatch(r"[0-9]{2,12}", digits, re.ASCII):
        scored = [(number, 1.0) for number in _by_digits(index, digits[:10])]
    else:
        scored = _by_words(index, words_of(text[:LONGEST_TEXT])[:MOST_WORDS])
    return [_hit(index, number, score) for number, score in scored[:wanted]]


def _by_digits(index: SearchIndex, digits: str) -> list[int]:
    below = [number for number, line in enumerate(index.lines) if line.code.startswith(digits)]
    if below:
        return sorted(below, key=lambda number: (len(index.lines[number].code), index.lines[number].code))
    above = [number for number, line in enumerate(index.lines) if len(line.code) > 2 and digits.startswith(line.code)]
    return sorted(above, key=lambda number: -len(index.lines[number].code))


def _by_words(index: SearchIndex, words: list[str]) -> list[tuple[int, float]]:
    found: Counter[int] = Counter()
    whole = 0.0
    for word in words:
        alike = _words_like(index, word)
        if not alike:
            whole += UNKNOWN_WORD
            continue
        weight = max(index.weight(known) for known, likeness in alike.items() if likeness == max(alike.values()))
        whole += weight
        best: dict[int, float] = {}
        for known, likeness in alike.items():
            for number, counts in index.postings[known].items():
                gain = likeness * counts + (FRONT if known in index.front[number] else 0.0)
                best[number] = max(best.get(number, 0.0), gain)
        for number, gain in best.items():
            found[number] += weight * gain  # type: ignore[assignment]  # a Counter adds fractions as well
    scored = [(number, total / whole) for number, total in found.items() if total / whole >= SCORE_ENOUGH]
    return sorted(scored, key=lambda pair: (-round(pair[1], 3), len(index.lines[pair[0]].description), pair[0]))


def _words_like(index: SearchIndex, word: str) -> dict[str, float]:
    """Known words that the typed one may mean, with how alike they are (1 is the same)."""
    if word in index.postings:
        alike = {word: 1.0}
    else:
        alike = {}
    shared: Counter[str] = Counter()
    typed = trigrams_of(word)
    for gram in typed:
        shared.update(index.trigrams.get(gram, ()))
    for known, common in shared.items():
        if known == word:
            continue
        if len(word) >= 3 and known.startswith(word):
            alike[known] = PREFIX
            continue
        likeness = 2 * common / (len(typed) + len(trigrams_of(known)))
        # A word that is spelt as typed needs no guess at what else was meant.
        if likeness >= SIMILAR_ENOUGH and word not in index.postings:
            alike[known] = 0.9 * likeness
    if word in index.postings or PREFIX in alike.values():
        return alike
    for known, likeness in _words_misspelt(index, word).items():
        alike[known] = max(likeness, alike.get(known, 0.0))
    return alike


def _words_misspelt(index: SearchIndex, word: str) -> dict[str, float]:
    """Known words with nearly the same letters, two of them exchanged perhaps: bnaana is banana."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return {}
    enough = SPELT_LONG if len(word) >= 6 else SPELT_ENOUGH
    scorer = OSA.normalized_similarity
    found = process.extract(word, index.postings.keys(), scorer=scorer, score_cutoff=enough, limit=GUESSES)
    best = max((share for _, share, _ in found), default=0.0)
    return {known: share for known, share, _ in found if share == best}


def _hit(index: SearchIndex, number: int, score: float) -> CommodityHit:
    line = index.lines[number]
    path = tuple(index.described[above] for above in parents_of(line.code) if above in index.described)
    return CommodityHit(commodity=as_commodity(line), score=round(min(score, 1.0), 4), path=path)
