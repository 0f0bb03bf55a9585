"""Which file is what, told by its content, and which files make one list.

Source: docs/rules/screening.md, SC-LST-01 to SC-LST-04.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from singlewindow.kernel.errors import RuleViolated
from singlewindow.screening.reading import csl, ofac, un
from singlewindow.screening.reading.ofac import Table
from singlewindow.screening.reading.tables import rows_of
from singlewindow.screening.reading.values import Faults, ListRead, SourceFile
from singlewindow.screening.types import Source

FILES_MOST = 20
FILE_BYTES_MOST = 64_000_000
LOOKED_AT = 20
"""Rows that tell what a file is."""


class Shape(Enum):
    """What a file is, by its content."""

    PRIMARY = auto()
    ALTERNATES = auto()
    ADDRESSES = auto()
    COMMENTS = auto()
    CSL = auto()


SHAPES = {
    ofac.PRIMARY_COLUMNS: Shape.PRIMARY,
    ofac.ALTERNATE_COLUMNS: Shape.ALTERNATES,
    ofac.ADDRESS_COLUMNS: Shape.ADDRESSES,
    ofac.COMMENT_COLUMNS: Shape.COMMENTS,
}


@dataclass(slots=True)
class _Sorted:
    """Files by what they are."""

    tables: dict[Shape, list[Table]] = field(default_factory=lambda: {shape: [] for shape in Shape})
    lists: list[ListRead] = field(default_factory=list)


def files_read(files: Sequence[SourceFile]) -> list[ListRead]:
    """Every list that the files hold, whole; or everything that is wrong with any of them.

    Raises:
        RuleViolated: SC-LST-01 to SC-LST-04, all findings with file and line.
    """
    faults = Faults()
    found = _sorted(files, faults)
    for table in found.tables[Shape.CSL]:
        found.lists.append(csl.list_read(table, faults))
    found.lists.extend(_ofac_lists(found, faults))
    _once_each(found.lists, faults)
    if not found.lists and not faults.count:
        faults.add("SC-LST-01", "(none)", 0, "No file was given.")
    if faults.count:
        detail = f"The files were refused: {faults.count} findings; nothing was loaded."
        raise RuleViolated(detail, violations=faults.found)
    return found.lists


def _sorted(files: Sequence[SourceFile], faults: Faults) -> _Sorted:
    found = _Sorted()
    if len(files) > FILES_MOST:
        faults.add("SC-LST-02", files[FILES_MOST].name, 0, f"At most {FILES_MOST} files are read at once.")
        return found
    for file in files:
        if len(file.content) > FILE_BYTES_MOST:
            faults.add(
                "SC-LST-02", file.name, 0, f"It has {len(file.content)} bytes; at most {FILE_BYTES_MOST} are read."
            )
        elif file.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            one = un.list_read(file, faults)
            found.lists += [one] if one is not None else []
        else:
            _table_sort(file, found, faults)
    return found


def _table_sort(file: SourceFile, found: _Sorted, faults: Faults) -> None:
    before = faults.count
    table = Table(file, rows_of(file, faults))
    if faults.count > before:
        return
    shape = _shape(table)
    if shape is None:
        told = "It is none of the lists that are known, by its columns."
        remedy = "Give the files as OFAC, the United Nations or the US trade administration publish them."
        faults.add("SC-LST-01", file.name, 0, told, remedy)
        return
    found.tables[shape].append(table)


def _shape(table: Table) -> Shape | None:
    if not table.rows:
        return None
    header = {cell.strip().lower() for cell in table.rows[0][1]}
    if header >= csl.HEADER:
        return Shape.CSL
    votes = [SHAPES[len(cells)] for _, cells in table.rows[:LOOKED_AT] if len(cells) in SHAPES and cells[0].isdecimal()]
    return max(set(votes), key=votes.count) if len(votes) * 2 > min(len(table.rows), LOOKED_AT) else None


def _ofac_lists(found: _Sorted, faults: Faults) -> list[ListRead]:
    primaries = found.tables[Shape.PRIMARY]
    further = (Shape.ALTERNATES, Shape.ADDRESSES, Shape.COMMENTS)
    belonging: dict[Shape, dict[int, list[Table]]] = {shape: {} for shape in further}
    numbers = [{cells[0] for _, cells in primary.rows} for primary in primaries]
    for shape in further:
        for table in found.tables[shape]:
            owner = _owner(table, numbers)
            if owner is None:
                told = "Most of its rows belong to no entry: its primary file is missing."
                faults.add("SC-LST-04", table.file.name, 0, told, "Give the primary file of the list with it.")
            else:
                belonging[shape].setdefault(owner, []).append(table)
    lists = []
    for place, primary in enumerate(primaries):
        alternates, addresses, comments = (belonging[shape].get(place, []) for shape in further)
        lists.append(ofac.list_read(primary, alternates, addresses, comments, faults))
    return lists


def _owner(table: Table, numbers: Sequence[set[str]]) -> int | None:
    """The primary file that most rows of a further file belong to."""
    hits = [sum(cells[0] in known for _, cells in table.rows) for known in numbers]
    return max(range(len(hits)), key=hits.__getitem__) if hits and max(hits) * 2 >= len(table.rows) else None


def _once_each(lists: Sequence[ListRead], faults: Faults) -> None:
    seen: dict[Source, str] = {}
    for one in lists:
        name = one.files[0][0].name
        if one.source in seen:
            told = f"It is the list {one.source.value}, as {seen[one.source]} is."
            faults.add("SC-LST-01", name, 0, told, "Give each list once.")
        seen[one.source] = name
