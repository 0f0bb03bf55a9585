"""From the segments of a CUSDEC to the plain values of the canonical form, in one pass by the table."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from declarations.messages.edifact.instants import is_no_day
from declarations.messages.edifact.lines import MUTUALLY_DEFINED, Field, Line
from declarations.messages.edifact.paths import coded_read, is_coded
from declarations.messages.edifact.table import Table
from declarations.messages.findings import MAX_FINDINGS
from singlewindow.kernel.edifact import EdifactMessage, Place, Segment, edifact_fault, segments_write
from singlewindow.kernel.errors import Violation

MAX_OTHERS: Final = 999
MAX_LINES: Final = 20_000
"""Entries of one list; one more ends the reading."""

Object = dict[str, Any]


class _Frame:
    """A part of the message that segments fill: the lines that may stand in it, and where they go."""

    __slots__ = ("lines", "pointer", "values")

    def __init__(self, lines: Iterable[Line], values: Object, pointer: str) -> None:
        self.lines: dict[str, list[Line]] = {}
        for line in lines:
            self.lines.setdefault(line.tag, []).append(line)
        self.values = values
        self.pointer = pointer


class Reading:
    """The state of one pass: the values, what was found wrong, and the segment that each field came from."""

    def __init__(self, message: EdifactMessage, table: Table) -> None:
        self.message = message
        self.table = table
        self.values: Object = {}
        self.findings: list[Violation] = []
        self.function: Segment | None = None
        self.sources: dict[str, Place] = {}
        self.others: list[dict[str, str]] = []
        self._numbers: Counter[str] = Counter()
        self._coded: dict[tuple[int, str], tuple[Segment, list[str]]] = {}
        self._section = "Header"
        self._base = _Frame(table.header, self.values, "")
        self._below: _Frame | None = None
        self._frames: dict[int, _Frame] = {}

    def read(self) -> Object:
        """The canonical fields as plain values."""
        for one in self.message.segments[1:-1]:
            self._take(one)
        for (item, path), (one, pieces) in self._coded.items():
            holder = self.values if item < 0 else self.values["items"][item]
            fault = coded_read(holder, path, "".join(pieces), item=item >= 0)
            pointer = f"/items/{item}/{path}" if item >= 0 else f"/{path}"
            if fault:
                self._finding(fault, one, 4, 1, "The path names no field that is free.", pointer="")
            else:
                self.sources[pointer] = self.message.place(one, 4, 2)
        self._number_all()
        if self.others:
            self.values["other_elements"] = [*self.values.get("other_elements", []), *self.others]
        return self.values

    def source_of(self, pointer: str) -> str:
        """The place that a field came from, or the nearest one around a field that is missing."""
        while pointer and pointer not in self.sources:
            pointer = pointer.rpartition("/")[0]
        return str(self.sources.get(pointer) or self.message.place(self.message.segments[0]))

    def _take(self, one: Segment) -> None:
        tag = one.tag
        if tag == "UNS":
            self._next_section(one)
        elif tag == "CST" and self._section not in ("Header", "Summary"):
            self._item(one)
        elif is_coded(one):
            self._coded_take(one)
        else:
            if tag == "DTM" and is_no_day(one.get(1, 2), one.get(1, 3)):
                self._finding("format.instant", one, 1, 2, "This is no day of the calendar in its format.")
            if tag == "BGM":
                self.function = one
            self._line(one)

    def _next_section(self, one: Segment) -> None:
        wanted = {"Header": "D"}.get(self._section, "S")
        if self._section == "Summary" or one.get(1) != wanted:
            self._finding("format.edifact.order", one, 1, 0, "UNS does not stand where this section ends.")
            return
        self._section = "Detail" if wanted == "D" else "Summary"
        self._base = _Frame((), {}, "") if wanted == "D" else _Frame(self.table.summary, self.values, "")
        self._below = None

    def _item(self, one: Segment) -> None:
        items: list[Object] = self.values.setdefault("items", [])
        if len(items) > MAX_LINES:
            return
        values: Object = {}
        place = len(items)
        items.append(values)
        self._section = f"Item[{place + 1}]"
        line = self.table.item
        pointer = f"/items/{place}"
        self.sources[pointer] = self.message.place(one)
        if place == 0:
            self._item_lines = _Frame(line.below, values, pointer).lines
        self._base = _Frame((), values, pointer)
        self._base.lines = self._item_lines
        self._below = None
        self._fields(one, line, values, pointer)

    def _line(self, one: Segment) -> None:
        """Put a segment where the table says; what has no line is kept as it came."""
        for frame in (self._below, self._base):
            if frame is None:
                continue
            line = _matching(frame.lines.get(one.tag, ()), one)
            if line is not None:
                if frame is self._base:
                    self._below = None
                self._fill(one, line, frame)
                return
        self._keep(one)

    def _fill(self, one: Segment, line: Line, frame: _Frame) -> None:
        holder, pointer = frame.values, frame.pointer
        if not line.key:
            self._fields(one, line, holder, pointer)
        else:
            *way, last = line.key.split("/")
            for name in way:
                holder, pointer = holder.setdefault(name, {}), f"{pointer}/{name}"
            pointer = f"{pointer}/{last}"
            if line.many:
                listed: list[Any] = holder.setdefault(last, [])
                if len(listed) > MAX_LINES:
                    return
                pointer = f"{pointer}/{len(listed)}"
                if not line.fields[0].path:
                    self.sources[pointer] = self.message.place(one)
                    listed.append(_read(line.fields[0], one))
                    return
                holder = {}
                listed.append(holder)
            elif last in holder:
                self._keep(one)
                return
            else:
                holder = holder.setdefault(last, {})
            self.sources[pointer] = self.message.place(one)
            self._fields(one, line, holder, pointer)
        if line.below:
            self._below = _Frame(line.below, holder, pointer)

    def _fields(self, one: Segment, line: Line, values: Object, pointer: str) -> None:
        used = {at for at, _ in line.fixed}
        for field in line.fields:
            value = _read(field, one)
            if value == "":
                continue
            if _put(values, field.path, value):
                element, component = field.at
                self.sources[f"{pointer}/{field.path}"] = self.message.place(one, element, component)
                used |= {
                    (element, component + place)
                    for place in range(3 if field.at[1] == 1 and field.span == 1 else field.span)
                }
        if one.tag == "BGM":
            used = used - {(2, 2), (2, 3)} | {(1, 1), (1, 2), (1, 3), (3, 1)}
        if any(
            part and (element, component) not in used
            for element, parts in enumerate(one.elements, start=1)
            for component, part in enumerate(parts, start=1)
        ):
            self._keep(one)

    def _coded_take(self, one: Segment) -> None:
        path = one.get(4)
        item = len(self.values.get("items", ())) - 1 if self._section.startswith("Item") else -1
        pieces = list(one.elements[3][1:]) if len(one.elements) > 3 else []
        self._coded.setdefault((item, path), (one, []))[1].extend(pieces)

    def _number_all(self) -> None:
        """Entries that bear no number of their own are counted."""
        for lines, values in (
            (self.table.header, [self.values]),
            (self.table.item.below, self.values.get("items", [])),
        ):
            for line in lines:
                for holder in values if line.numbered else ():
                    for place, entry in enumerate(holder.get(line.key, ()), start=1):
                        entry.setdefault(line.numbered, place)

    def _keep(self, one: Segment) -> None:
        if len(self.others) > MAX_OTHERS:
            return
        name = f"{self._section}/{one.tag}"
        self._numbers[name] += 1
        written = segments_write([one], syntax="UNOY").decode().strip().removesuffix("'").strip()
        path = f"{name}[{self._numbers[name]}]"
        for start in range(0, len(written), 500):
            value = written[start : start + 500].strip()
            if value:
                self.others.append({"path": path if start == 0 else f"{path}/{start // 500}", "value": value})

    def _finding(self, rule: str, one: Segment, element: int, component: int, text: str, *, pointer: str = "") -> None:
        if len(self.findings) < MAX_FINDINGS:
            place = self.message.place(one, element, component)
            found = edifact_fault("", text, place)
            self.findings.append(
                Violation(rule, pointer, text, "Compare the segment with docs/messages.md.", source=found.source)
            )


def _matching(lines: Iterable[Line], one: Segment) -> Line | None:
    for line in lines:
        if all(one.get(*at) in allowed for at, allowed in line.fixed) and (
            line.needs == (0, 0) or one.get(*line.needs)
        ):
            return line
    return None


def _read(field: Field, one: Segment) -> Any:
    """The value of a field in a segment; empty where there is none, or one of a foreign code list."""
    element, component = field.at
    if element > len(one.elements):
        return ""
    if field.codes and (
        one.get(element, component + 1) not in ("", field.codes)
        or one.get(element, component + 2) not in ("", MUTUALLY_DEFINED)
    ):
        return ""
    parts = one.elements[element - 1][component - 1 : component - 1 + field.span]
    if not any(parts):
        return ""
    return field.codec.read([_clean(part) for part in parts])


def _clean(part: str) -> str:
    part = part.strip()
    return part if part.isascii() else unicodedata.normalize("NFC", part)


def _put(values: Object, path: str, value: Any) -> bool:
    *way, last = path.split("/")
    for name in way:
        values = values.setdefault(name, {})
    if last in values:
        return False
    values[last] = value
    return True
