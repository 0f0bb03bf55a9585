"""The lists of OFAC: a primary file, and beside it alternates, addresses and remarks that went on.

The specially designated nationals and the consolidated list have one shape; which one it is, its programmes tell.

Source: docs/rules/screening.md, SC-LST-01 and SC-LST-04; OFAC, "SDN data formats" (files with commas).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from singlewindow.screening.reading.tables import Row
from singlewindow.screening.reading.values import AddressRead, EntryRead, Faults, ListRead, NameRead, SourceFile
from singlewindow.screening.rules.countries import country_code
from singlewindow.screening.types import EntryKind, NameQuality, Source

PRIMARY_COLUMNS: Final = 12
ALTERNATE_COLUMNS: Final = 5
ADDRESS_COLUMNS: Final = 6
COMMENT_COLUMNS: Final = 2
NAME_MOST: Final = 1_000

CONSOLIDATED_PROGRAMMES: Final = frozenset(
    {"NS-PLC", "UKRAINE-EO13662", "CMIC-EO13959", "561-RELATED", "CAPTA", "NS-MBS", "FSE-SR", "FSE-IR", "NS-CMIC"}
)
KINDS: Final = {
    "": EntryKind.ORGANISATION,
    "individual": EntryKind.PERSON,
    "vessel": EntryKind.VESSEL,
    "aircraft": EntryKind.AIRCRAFT,
}
ALTERNATE_KINDS: Final = frozenset({"aka", "fka", "nka"})

_BIRTH = re.compile(r"\bDOB ([^;]+)")
_WEAK = re.compile(r"\b[afn]\.k\.a\. '([^;]+?)'(?=[;.]|$)")
_NATION = re.compile(r"\b(?:nationality|citizen) ([^;.]+)", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(?:alt\. )?(IMO|MMSI|Passport|SSN|Tax ID No\.|National ID No\.|Registration Number|Registration ID|"
    r"Company Number|Business Registration Number|Cedula No\.|NIT #|C\.U\.I\.T\.|D\.N\.I\.|Identification Number|"
    r"Legal Entity Number|Trade License No\.|Aircraft Tail Number|Personal ID Card|National Foreign ID Number|"
    r"Unified Social Credit Code \(USCC\)|RTN|RFC|C\.U\.R\.P\.|V\.A\.T\. Number|Government Gazette Number)"
    r" (?=[A-Za-z./-]*\d)([A-Za-z0-9][A-Za-z0-9./-]{2,39})"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A file of this kind and its rows."""

    file: SourceFile
    rows: Sequence[Row]


def list_read(
    primary: Table, alternates: Sequence[Table], addresses: Sequence[Table], comments: Sequence[Table], faults: Faults
) -> ListRead:
    """Put the files of one list together; what is broken is added to the faults."""
    heads = _heads(primary, faults)
    known = frozenset(heads)
    missing = [word for word, given in (("alternates", alternates), ("addresses", addresses)) if not given]
    notes = [f"{primary.file.name}: given without its {word}; what stands there is missed." for word in missing]
    names = _by_entry(alternates, known, ALTERNATE_COLUMNS, faults, notes)
    places = _by_entry(addresses, known, ADDRESS_COLUMNS, faults, notes)
    remarks = _by_entry(comments, known, COMMENT_COLUMNS, faults, notes)
    entries = tuple(_entry(uid, row, names[uid], places[uid], remarks[uid], faults) for uid, row in heads.items())
    tables = (primary, *alternates, *addresses, *comments)
    files = tuple((table.file, len(table.rows)) for table in tables)
    return ListRead(source_of(primary.rows), None, entries, files, tuple(notes))


def source_of(rows: Iterable[Row]) -> Source:
    """Which of the two lists a primary file is: most rows of the consolidated one have a programme only found there."""
    marked = total = 0
    for _, cells in rows:
        total += 1
        marked += len(cells) > 3 and not CONSOLIDATED_PROGRAMMES.isdisjoint(_programmes(cells[3].upper()))
    return Source.OFAC_CONSOLIDATED if marked * 2 >= max(total, 1) else Source.OFAC_SDN


def _heads(primary: Table, faults: Faults) -> dict[str, tuple[str, Row]]:
    heads: dict[str, tuple[str, Row]] = {}
    name = primary.file.name
    for line, cells in primary.rows:
        if len(cells) != PRIMARY_COLUMNS:
            told = f"It has {len(cells)} columns; a row of a primary file has {PRIMARY_COLUMNS}."
            faults.add("SC-LST-03", name, line, told, value=cells[0])
        elif not cells[0].isascii() or not cells[0].isdecimal():
            faults.add("SC-LST-03", name, line, "The first column must be the entry's number.", value=cells[0])
        elif not cells[1] or len(cells[1]) > NAME_MOST:
            faults.add("SC-LST-03", name, line, f"A name of 1 to {NAME_MOST} characters is missing.", value=cells[0])
        elif cells[2].lower() not in KINDS:
            faults.add("SC-LST-03", name, line, f"The type {cells[2][:40]!r} is not known.", value=cells[0])
        elif cells[0] in heads:
            faults.add("SC-LST-03", name, line, f"The entry {cells[0]} stands here a second time.", value=cells[0])
        else:
            heads[cells[0]] = (name, (line, cells))
    return heads


Cells = dict[str, list[list[str]]]


def _by_entry(tables: Sequence[Table], known: frozenset[str], columns: int, faults: Faults, notes: list[str]) -> Cells:
    """The rows of further files by the entry they belong to; those of entries that are not here are told."""
    found: Cells = defaultdict(list)
    for table in tables:
        strangers: list[int] = []
        for line, cells in table.rows:
            if len(cells) != columns:
                told = f"It has {len(cells)} columns; a row of this file has {columns}."
                faults.add("SC-LST-03", table.file.name, line, told, value=cells[0])
            elif cells[0] in known:
                found[cells[0]].append(cells)
            elif not cells[0].isdecimal():
                faults.add("SC-LST-03", table.file.name, line, "It names no entry.", value=cells[0])
            else:
                strangers.append(line)
        if strangers:
            lines = ", ".join(map(str, strangers[:10])) + (" ..." if len(strangers) > 10 else "")
            notes.append(f"{table.file.name}: {len(strangers)} rows name entries that are not here (lines {lines}).")
    return found


def _entry(
    uid: str,
    head: tuple[str, Row],
    alternates: list[list[str]],
    places: list[list[str]],
    comments: list[list[str]],
    faults: Faults,
) -> EntryRead:
    file, (line, cells) = head
    remarks = " ".join(part for part in (cells[11], *(row[1] for row in comments)) if part)
    names = [NameRead(cells[1], NameQuality.PRIMARY)]
    for row in alternates:
        if not row[3] or len(row[3]) > NAME_MOST or row[2].lower() not in ALTERNATE_KINDS:
            faults.add("SC-LST-03", file, line, f"An alternate of entry {uid} has no name or no known type.", value=uid)
        else:
            names.append(NameRead(row[3], NameQuality.STRONG))
    names += [NameRead(name.strip(), NameQuality.WEAK) for name in _WEAK.findall(remarks) if name.strip()]
    addresses = tuple(AddressRead(row[2], row[3], country_code(row[4]), row[4]) for row in places if any(row[2:5]))
    flag = country_code(cells[9])
    nations = [country_code(text) for text in _NATION.findall(remarks)]
    countries = [flag, *nations, *(address.country for address in addresses)]
    numbers = [f"{kind.rstrip('.')} {number.rstrip('.')}" for kind, number in _NUMBER.findall(remarks)]
    return EntryRead(
        uid=uid,
        kind=KINDS[cells[2].lower()],
        names=tuple(dict.fromkeys(names)),
        addresses=addresses,
        programmes=_programmes(cells[3]),
        countries=tuple(dict.fromkeys(code for code in countries if code)),
        birth=tuple(dict.fromkeys(text.strip(" .") for text in _BIRTH.findall(remarks))),
        identifiers=tuple(dict.fromkeys(numbers)),
        remarks=remarks,
    )


def _programmes(cell: str) -> tuple[str, ...]:
    """The programmes of `A] [B`, as the files write them."""
    return tuple(part for part in (one.strip(" []") for one in cell.split("] [")) if part)
