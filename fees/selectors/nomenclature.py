"""The goods nomenclature as a tree on a day: what stands under a line, where it stands, and what its notes say."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

from django.db.models import Q

from fees.models import Nomenclature, TariffNote
from fees.rules.nomenclature import line_depth
from fees.selectors.versions import version_of
from fees.types import NomenclatureLine, NoteKind, NoteText

KEPT_VERSIONS = 2
KEPT_CHAPTERS = 300
"""Chapters on a day that are remembered: all of today, and those somebody looked back at."""

Tree = Mapping[tuple[str, str], NomenclatureLine]


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    suffix: str
    indent: int
    description: str
    unit: str
    declarable: bool
    footnotes: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def depth(self) -> int:
        return line_depth(self.code, self.indent)


class NoteBook:
    """What the codes of one version of the tariff mean."""

    def __init__(self, rows: list[tuple[str, str, str, date, date | None]]) -> None:
        self._texts: dict[tuple[str, str], list[tuple[str, date, date | None]]] = {}
        for kind, code, text, first, last in rows:
            self._texts.setdefault((kind, code), []).append((text, first, last))

    def text(self, kind: NoteKind, code: str, on: date) -> NoteText:
        """The code with what it means on a day; without a text where nothing explains it."""
        for text, first, last in self._texts.get((kind.value, code), ()):
            if first <= on and (last is None or on <= last):
                return NoteText(code, text)
        return NoteText(code, "")


@dataclass(frozen=True, slots=True)
class _Book:
    """The nomenclature and the notes of one version; chapters are put together when they are asked for."""

    chapters: Mapping[str, list[_Row]]
    notes: NoteBook
    trees: OrderedDict[tuple[str, date], Tree]

    def tree(self, chapter: str, on: date) -> Tree:
        found = self.trees.get((chapter, on))
        if found is None:
            rows = [row for row in self.chapters.get(chapter, ()) if row.in_force(on)]
            found = self.trees[chapter, on] = _tree(rows, self.notes, on)
            while len(self.trees) > KEPT_CHAPTERS:
                self.trees.popitem(last=False)
        return found


_books: OrderedDict[tuple[int, str], _Book] = OrderedDict()
_opening = Lock()


def nomenclature_children(
    code: str, on: date, *, suffix: str = "80", version: int | None = None
) -> tuple[NomenclatureLine, ...]:
    """The lines directly under a code (2 to 10 digits) on a day, in their order; the chapters for an empty code."""
    book = _book(version)
    if not code:
        trees = [book.tree(chapter, on) for chapter in sorted(book.chapters)]
        return tuple(line for tree in trees for line in tree.values() if line.depth == 0 and line.suffix == "80")
    tree = book.tree(code[:2], on)
    found = _find(tree, code, suffix)
    return tuple(_under(tree, found)) if found else ()


def nomenclature_line(
    code: str, on: date, *, suffix: str = "80", version: int | None = None
) -> NomenclatureLine | None:
    """The line of a code (2 to 10 digits) on a day; none where there is none."""
    return _find(_book(version).tree(code[:2], on), code, suffix)


def nomenclature_path(
    code: str, on: date, *, suffix: str = "80", version: int | None = None
) -> tuple[NomenclatureLine, ...]:
    """The lines from the chapter down to a code on a day; down to the nearest known line above an unknown code."""
    tree = _book(version).tree(code[:2], on)
    line = _find(tree, code, suffix) or next(
        (found for length in (8, 6, 4, 2) if length < len(code) and (found := _find(tree, code[:length], "80"))), None
    )
    path: list[NomenclatureLine] = []
    order = list(tree.values())
    place = order.index(line) if line else -1
    depth = line.depth + 1 if line else 0
    while place >= 0 and depth > 0:
        if order[place].depth < depth:
            path.append(order[place])
            depth = order[place].depth
        place -= 1
    return tuple(reversed(path))


def note_book(version: int | None = None) -> NoteBook:
    """What the codes of a version mean, the current one without a number."""
    return _book(version).notes


def _find(tree: Tree, code: str, suffix: str) -> NomenclatureLine | None:
    full = code.ljust(10, "0")
    return tree.get((full, suffix)) or next((line for (own, _), line in tree.items() if own == full), None)


def _under(tree: Tree, above: NomenclatureLine) -> Iterator[NomenclatureLine]:
    lines = iter(tree.values())
    for line in lines:
        if line is above:
            break
    depth = 0
    for line in lines:
        if line.depth <= above.depth:
            return
        depth = min(depth, line.depth) if depth else line.depth
        if line.depth <= depth:
            yield line


def _tree(rows: list[_Row], notes: NoteBook, on: date) -> Tree:
    """The lines of a chapter with what they stand under: the nearest line before them that is less deep."""
    above: list[_Row] = []
    parents: list[str] = []
    children: dict[tuple[str, str], int] = {}
    for row in rows:
        while above and above[-1].depth >= row.depth:
            above.pop()
        parents.append(above[-1].code if above else "")
        if above:
            key = (above[-1].code, above[-1].suffix)
            children[key] = children.get(key, 0) + 1
        above.append(row)
    return {
        (row.code, row.suffix): NomenclatureLine(
            code=row.code,
            suffix=row.suffix,
            depth=row.depth,
            description=row.description,
            unit=row.unit,
            declarable=row.declarable,
            parent=parent,
            children=children.get((row.code, row.suffix), 0),
            footnotes=tuple(notes.text(NoteKind.FOOTNOTE, code, on) for code in row.footnotes),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row, parent in zip(rows, parents, strict=True)
    }


def _book(number: int | None) -> _Book:
    version = version_of(number)
    key = (version.pk, version.sha256)
    book = _books.get(key)
    if book is None:
        with _opening:
            book = _books.get(key) or _open(version.pk)
            _books[key] = book
            while len(_books) > KEPT_VERSIONS:
                _books.popitem(last=False)
    return book


def _open(version: int) -> _Book:
    standing = Q(version_from_id__lte=version) & (Q(version_to=None) | Q(version_to__gt=version))
    chapters: dict[str, list[_Row]] = {}
    names = ("code", "suffix", "indent", "description", "unit", "declarable", "footnotes", "valid_from", "valid_to")
    for values in Nomenclature.objects.filter(standing).order_by("code", "suffix").values_list(*names):
        code, suffix, indent, description, unit, declarable, footnotes, first, last = values
        row = _Row(code, suffix, indent, description, unit, declarable, tuple(footnotes), first, last)
        chapters.setdefault(code[:2], []).append(row)
    notes = TariffNote.objects.filter(standing).values_list("kind", "code", "text", "valid_from", "valid_to")
    return _Book(chapters, NoteBook(list(notes)), OrderedDict())
