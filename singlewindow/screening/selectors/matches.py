"""Names, vessels and addresses held against what is live, with the reasons of each possible match.

Source: docs/rules/screening.md, SC-MAT.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.reference.selectors import profile
from singlewindow.screening.rules.index import Found
from singlewindow.screening.rules.names import NameForm, Reading, name_forms
from singlewindow.screening.rules.scoring import pair_words
from singlewindow.screening.selectors.decisions import decisions_of
from singlewindow.screening.selectors.listed import Corpus, Listed, Row, identifier_keys, listed_kept, listed_now
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import (
    EntryKind,
    FoundBy,
    ListedEntry,
    Match,
    NameQuality,
    QueryKind,
    ScreenQuery,
    Thresholds,
    WordPair,
)

CACHED_MOST = 8_192
"""Names whose result a process remembers; most have none."""
BIRTH_COST = 15.0
"""Points that a name loses when years of birth are known on both sides and differ by more than one."""
MATCHES_MOST = 50
"""Possible matches told of one name."""
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_KINDS = {
    QueryKind.PERSON: frozenset({EntryKind.PERSON}),
    QueryKind.ORGANISATION: frozenset({EntryKind.ORGANISATION}),
}


@dataclass(frozen=True)
class _Asked:
    """A question under way: what it is held against, and from which scores on."""

    listed: Listed
    query: ScreenQuery
    limits: Thresholds

    @cached_property
    def subject(self) -> str:
        """What decisions on it are remembered by; made only where something is found."""
        return subject_key(self.query)


_cache: OrderedDict[tuple[str, ScreenQuery, Thresholds], tuple[Match, ...]] = OrderedDict()
_cache_lock = Lock()


def thresholds_now() -> Thresholds:
    """From which score on a match is told, by the country's profile."""
    scheme = profile(clock.today()).screening
    return Thresholds(scheme.name, scheme.weak_name, scheme.vessel, scheme.address)


def screen_names(
    queries: Sequence[ScreenQuery], *, thresholds: Thresholds | None = None, set_version: str | None = None
) -> list[Match]:
    """Every possible match of every query, the best first of each; decisions are not looked at.

    Args:
        set_version: what was live when the caller looked (`set_version_now`); spares the question where this process
            holds that set.
    """
    listed = (listed_kept(set_version) if set_version else None) or listed_now()
    limits = thresholds or thresholds_now()
    return [match for query in queries for match in _screened(listed, query, limits)]


def matches_of(
    subjects: Sequence[ScreenQuery], *, thresholds: Thresholds | None = None, set_version: str | None = None
) -> tuple[Match, ...]:
    """Possible matches that count: those that an officer dismissed are left out, those confirmed bear the decision.

    One further query, and only where there is a match.
    """
    found = screen_names(subjects, thresholds=thresholds, set_version=set_version)
    if not found:
        return ()
    decided = decisions_of(found)
    marked = (replace(match, decision=decided.get(decision_key(match))) for match in found)
    return tuple(one for one in marked if one.decision is None or one.decision.verdict is not Verdict.DISMISSED)


def decision_key(match: Match) -> tuple[str, str, str, str]:
    """What a decision is remembered by: the subject, and the entry with its content."""
    return match.subject_key, match.entry.source.value, match.entry.uid, match.entry.sha256


def subject_key(query: ScreenQuery) -> str:
    """The subject of a decision: its words in one order, with its number or else its country."""
    form = next(iter(name_forms(query.name)), None)
    words = " ".join(sorted(form.keys)) if form else " ".join(query.name.split()).casefold()
    number = (identifier_keys(query.identifier) or [""])[0]
    family = "address" if query.kind is QueryKind.ADDRESS else "vessel" if query.kind is QueryKind.VESSEL else "party"
    return sha256_hex("\x1f".join((family, words, number or query.country.upper())).encode("utf-8", "replace"))


def cache_forget() -> None:
    """Drop every remembered result: for tests, and for measuring."""
    with _cache_lock:
        _cache.clear()


def _screened(listed: Listed, query: ScreenQuery, limits: Thresholds) -> Iterable[Match]:
    key = (listed.version, query, limits)
    with _cache_lock:
        known = _cache.get(key)
        if known is not None:
            _cache.move_to_end(key)
    if known is not None:
        # A remembered result may be another place's: where it stands is the asker's.
        return [replace(match, query=query) for match in known] if known else known
    found = tuple(_search(_Asked(listed, query, limits)))
    with _cache_lock:
        _cache[key] = found
        while len(_cache) > CACHED_MOST:
            _cache.popitem(last=False)
    return found


def _search(asked: _Asked) -> list[Match]:
    best: dict[object, Match] = {}
    for match in (*_by_identifier(asked), *_by_name(asked)):
        known = best.get(match.entry.id)
        if known is None or known.score < match.score:
            best[match.entry.id] = match
    found = sorted(best.values(), key=lambda match: (-match.score, match.entry.source, match.entry.uid))
    return found[:MATCHES_MOST]


def _by_identifier(asked: _Asked) -> Iterator[Match]:
    for key in identifier_keys(asked.query.identifier):
        for entry in asked.listed.identifiers.get(key, ()):
            yield _match(asked, entry, 100.0, asked.limits.name, FoundBy.IDENTIFIER, entry.name)


def _by_name(asked: _Asked) -> Iterator[Match]:
    query, limits = asked.query, asked.limits
    corpus, limit = _corpus(asked)
    kinds, country = _KINDS.get(query.kind), query.country.upper()
    told: dict[object, float] = {}
    for found in corpus.index.search(query.name, limit):
        row = corpus.rows[found.place]
        least = limits.weak_name if row.quality is NameQuality.WEAK and limit < limits.weak_name else limit
        if found.score < least or (kinds is not None and row.entry.kind not in kinds):
            continue
        if query.kind is QueryKind.ADDRESS and country and row.country and row.country != country:
            continue
        if told.get(row.entry.id, 0.0) >= found.score:
            continue  # the best name of an entry comes first; only that one is explained
        told[row.entry.id] = found.score
        match = _name_match(asked, row, found, least)
        if match.score >= least:
            yield match


def _corpus(asked: _Asked) -> tuple[Corpus, float]:
    if asked.query.kind is QueryKind.ADDRESS:
        return asked.listed.addresses, asked.limits.address
    if asked.query.kind is QueryKind.VESSEL:
        return asked.listed.carriers, asked.limits.vessel
    return asked.listed.parties, asked.limits.name


def _name_match(asked: _Asked, row: Row, found: Found, limit: float) -> Match:
    form = found.form
    if asked.query.kind is QueryKind.ADDRESS:
        found_by = FoundBy.ADDRESS
    else:
        found_by = FoundBy.JOINED if found.joined else FoundBy.WORDS
    differs = _birth_agrees(asked.query.birth, row.entry.birth) is False
    listed_form = row.form
    pairs: tuple[WordPair, ...] = ()
    missing: tuple[str, ...] = ()
    if listed_form is not None and not found.joined:
        pairs, missing = _pairs(form, listed_form)
    return replace(
        _match(asked, row.entry, found.score - (BIRTH_COST if differs else 0.0), limit, found_by, row.text),
        quality=row.quality,
        pairs=pairs,
        missing=missing,
        forms=() if form.reading is Reading.PLAIN else (" ".join(form.words),),
        reading=form.reading.value,
    )


def _pairs(asked: NameForm, listed: NameForm) -> tuple[tuple[WordPair, ...], tuple[str, ...]]:
    """The words that were found to be each other, and the listed ones that are left."""
    found = pair_words(asked.words, asked.keys, listed.words, listed.keys)
    left = list(listed.words)
    for pair in found:
        left.remove(pair.listed)
    return tuple(WordPair(pair.asked, pair.listed, pair.alike) for pair in found), tuple(left)


def _match(asked: _Asked, entry: ListedEntry, score: float, limit: float, found_by: FoundBy, name: str) -> Match:
    query, country = asked.query, asked.query.country.upper()
    return Match(
        query=query,
        subject_key=asked.subject,
        entry=entry,
        score=round(score, 1),
        threshold=limit,
        found_by=found_by,
        matched_name=name,
        quality=NameQuality.PRIMARY,
        pairs=(),
        missing=(),
        forms=(),
        reading=Reading.PLAIN.value,
        country_agrees=country in entry.countries if country and entry.countries else None,
        birth_agrees=_birth_agrees(query.birth, entry.birth),
        set_version=asked.listed.version,
    )


def _birth_agrees(asked: str, listed: Sequence[str]) -> bool | None:
    """Whether a year of birth is within one of a listed one; nothing where a side does not say."""
    years = [int(year) for year in _YEAR.findall(asked)]
    known = [int(year) for text in listed for year in _YEAR.findall(text)]
    if not years or not known:
        return None
    spans = [span for text in listed if len(span := [int(year) for year in _YEAR.findall(text)]) == 2]
    return any(abs(years[0] - year) <= 1 for year in known) or any(a <= years[0] <= b for a, b in spans)
