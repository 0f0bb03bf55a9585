"""What is live, made ready to be searched: once per process and set of lists, when it is first needed."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from uuid import UUID

from django.db import connection

from singlewindow.screening.models import EntryAddress
from singlewindow.screening.rules.index import NameIndex
from singlewindow.screening.rules.names import NameForm, name_forms
from singlewindow.screening.selectors.lists import live_set
from singlewindow.screening.types import EntryKind, ListedEntry, NameQuality, ScreeningSet, Source

SETS_KEPT = 2
"""Sets of lists kept in memory: the live one and, around a change, the one before."""
CARRIERS = frozenset({EntryKind.VESSEL, EntryKind.AIRCRAFT})
NAMES_SQL = """
SELECT e.id, e.version_id, v.source, e.uid, e.sha256, e.kind, e.name,
       e.programmes::json, e.countries::json, e.birth::json,
       e.identifiers::json, (SELECT json_agg(json_build_array(n.name, n.quality) ORDER BY n.id)
                       FROM screening_entryname n WHERE n.entry_id = e.id)
FROM screening_listentry e JOIN screening_listversion v ON v.id = e.version_id
WHERE e.version_id = ANY(%s) ORDER BY v.source, e.uid
"""
_PLAIN = re.compile("[^A-Z0-9]")
IDENTIFIER_LEAST = 6
"""Numbers of fewer letters and digits say nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name (or address) in an index: whose it is, and how the list gives it."""

    entry: ListedEntry
    text: str
    quality: NameQuality
    country: str = ""

    @property
    def form(self) -> NameForm | None:
        """How it is compared; made anew where it is to be explained, since tens of thousands would take much memory."""
        text = self.text
        if self.entry.kind is EntryKind.PERSON:
            # "FAMILY, Given" becomes "Given FAMILY", so that names written as one word are in one order.
            family, comma, given = text.partition(",")
            text = f"{given} {family}" if comma else text
        return next(iter(name_forms(text)), None)


class Corpus:
    """Names that are searched together."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: list[Row] = []
        forms: list[NameForm] = []
        for row in rows:
            form = row.form
            if form is not None:
                self.rows.append(row)
                forms.append(form)
        self.index = NameIndex(forms)


@dataclass
class Listed:
    """Everything that is live, ready to be searched."""

    version: str
    parties: Corpus
    carriers: Corpus
    identifiers: dict[str, list[ListedEntry]]
    lists: tuple[UUID, ...]
    entries: dict[UUID, ListedEntry]
    lock: RLock = field(default_factory=RLock)

    @cached_property
    def addresses(self) -> Corpus:
        """Addresses, read and built when an address is first asked for."""
        rows = EntryAddress.objects.filter(entry__version_id__in=self.lists).values_list(
            "entry_id", "street", "city", "country"
        )
        with self.lock:
            return Corpus(self._addresses(rows.iterator(chunk_size=5_000)))

    def _addresses(self, rows: Iterable[tuple[UUID, str, str, str]]) -> Iterable[Row]:
        for entry_id, street, city, country in rows:
            if street and city:
                yield Row(self.entries[entry_id], f"{street} {city}", NameQuality.PRIMARY, country)


_kept: OrderedDict[str, Listed] = OrderedDict()
_lock = RLock()


def listed_now() -> Listed:
    """What is live now, from memory where it was built before."""
    return listed_of(live_set())


def listed_of(live: ScreeningSet) -> Listed:
    """A set of lists, ready to be searched; built by one thread while others wait."""
    with _lock:
        found = _kept.get(live.version)
        if found is None:
            found = _built(live)
            _kept[live.version] = found
            while len(_kept) > SETS_KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(live.version)
        return found


def listed_kept(set_version: str) -> Listed | None:
    """A set of lists by its version, if this process holds it."""
    with _lock:
        return _kept.get(set_version)


def listed_forget() -> None:
    """Drop what is held in memory: for tests, and for measuring."""
    with _lock:
        _kept.clear()


def _built(live: ScreeningSet) -> Listed:
    parties: list[Row] = []
    carriers: list[Row] = []
    identifiers: dict[str, list[ListedEntry]] = {}
    entries: dict[UUID, ListedEntry] = {}
    lists = tuple(version_id for _, version_id in live.lists)
    with connection.cursor() as cursor:
        cursor.execute(NAMES_SQL, [list(lists)])
        for *head, numbers, names in cursor.fetchall():
            entry = _entry(*head)
            entries[entry.id] = entry
            for number in numbers:
                for key in identifier_keys(number, listed=True):
                    identifiers.setdefault(key, []).append(entry)
            rows = carriers if entry.kind in CARRIERS else parties
            rows.extend(Row(entry, text, NameQuality(quality)) for text, quality in names or ())
    return Listed(live.version, Corpus(parties), Corpus(carriers), identifiers, lists, entries)


def _entry(
    entry_id: UUID,
    version_id: UUID,
    source: str,
    uid: str,
    sha256: str,
    kind: str,
    name: str,
    programmes: list[str],
    countries: list[str],
    birth: list[str],
) -> ListedEntry:
    return ListedEntry(
        id=entry_id,
        version_id=version_id,
        source=Source(source),
        uid=uid,
        sha256=sha256,
        kind=EntryKind(kind),
        name=name,
        programmes=tuple(programmes),
        countries=tuple(countries),
        birth=tuple(birth),
    )


def identifier_keys(text: str, *, listed: bool = False) -> list[str]:
    """A number as it is looked up: its letters and digits; of a listed one also without the words before it."""
    words = text.upper().split()
    texts = [text.upper()] + ([words[-1]] if listed and len(words) > 1 else [])
    if len(words) > 1 and words[0] == "IMO":
        texts.append(words[1])
    found = dict.fromkeys(_PLAIN.sub("", one) for one in texts)
    return [key for key in found if len(key) >= IDENTIFIER_LEAST and any(map(str.isdigit, key))]
