"""From the segments of a CUSDEC to the plain values of the canonical form, in one pass by the table."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from declarations.messages.edifact.instants import is_no_day
from declarations.messages.edifact.lines import MUTUALLY_DEFINED
from declarations.messages.edifact.paths import coded_read, is_coded
from declarations.messages.edifact.plans import FieldPlan, Plan, Plans, plans_of
from declarations.messages.findings import MAX_FINDINGS
from singlewindow.kernel.edifact import EdifactMessage, Place, Segment, edifact_fault, segments_write
from singlewindow.kernel.errors import Violation

MAX_OTHERS: Final = 999
MAX_LINES: Final = 20_000
"""Entries of one list; one more ends the reading."""

Object = dict[str, Any]


class _Frame:
    """A part of the message that segments fill: the lines that may stand in it, and where they go."""

    __slots__ = ("plans", "pointer", "values")

    def __init__(self, plans: Plans, values: Object, pointer: str) -> None:
        self.plans = plans
        self.values = values
        self.pointer = pointer


class Reading:
    """The state of one pass: the values, what was found wrong, and the segment that each field came from."""

    def __init__(
        self, message: EdifactMessage, content: tuple[Segment, ...] | None = None, *, trace: bool = False
    ) -> None:
        self.message = message
        self.content = content or message.segments
        self.plans = plans_of(message.release)
        self.values: Object = {}
        self.findings: list[Violation] = []
        self.function: Segment | None = None
        self.others: list[dict[str, str]] = []
        self.sources: dict[str, Place] | None = {} if trace else None
        """Pointer to place, kept only on the second reading that explains findings."""
        self._explained: Reading | None = None
        self._numbers: Counter[str] = Counter()
        self._coded: dict[tuple[int, str], tuple[Segment, list[str]]] = {}
        self._section = "Header"
        self._base = _Frame(self.plans.header, self.values, "")
        self._below: _Frame | None = None

    def read(self) -> Object:
        """The canonical fields as plain values."""
        for one in self.content[1:-1]:
            self._take(one)
        for (item, path), (one, pieces) in self._coded.items():
            holder = self.values if item < 0 else self.values["items"][item]
            fault = coded_read(holder, path, "".join(pieces), item=item >= 0)
            pointer = f"/items/{item}/{path}" if item >= 0 else f"/{path}"
            if fault:
                self._finding(fault, one, 4, 1, "The path names no field that is free.", pointer="")
            else:
                self._note(pointer, one, 4, 2)
        self._number_all()
        if self.others:
            self.values["other_elements"] = [*self.values.get("other_elements", []), *self.others]
        return self.values

    def source_of(self, pointer: str) -> str:
        """The place that a field came from, or the nearest one around a field that is missing.

        The message is read a second time for it: only findings pay for the trace.
        """
        if self._explained is None:
            self._explained = Reading(self.message, self.content, trace=True)
            self._explained.read()
        sources = self._explained.sources or {}
        while pointer and pointer not in sources:
            pointer = pointer.rpartition("/")[0]
        return str(sources.get(pointer) or self.message.place(self.message.segments[0]))

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
        self._base = _Frame({} if wanted == "D" else self.plans.summary, self.values, "")
        self._below = None

    def _item(self, one: Segment) -> None:
        items: list[Object] = self.values.setdefault("items", [])
        if len(items) > MAX_LINES:
            return
        values: Object = {}
        items.append(values)
        self._section = f"Item[{len(items)}]"
        plan, pointer = self.plans.item, f"/items/{len(items) - 1}"
        self._note(pointer, one)
        self._base, self._below = _Frame(plan.below, values, pointer), None
        self._fields(one, plan, values, pointer)

    def _line(self, one: Segment) -> None:
        """Put a segment where the table says; what has no line is kept as it came."""
        below = self._below
        if below is not None:
            plan = _matching(below.plans.get(one.tag, ()), one)
            if plan is not None:
                self._fill(one, plan, below)
                return
        plan = _matching(self._base.plans.get(one.tag, ()), one)
        if plan is None:
            self._keep(one)
            return
        self._below = None
        self._fill(one, plan, self._base)

    def _fill(self, one: Segment, plan: Plan, frame: _Frame) -> None:
        holder, pointer, line = frame.values, frame.pointer, plan.line
        if line.key:
            for name in plan.way:
                holder, pointer = holder.setdefault(name, {}), f"{pointer}/{name}"
            pointer = f"{pointer}/{plan.name}"
            if line.many:
                listed: list[Any] = holder.setdefault(plan.name, [])
                if len(listed) > MAX_LINES:
                    return
                pointer = f"{pointer}/{len(listed)}"
                if not line.fields[0].path:
                    self._note(pointer, one)
                    listed.append(_read(plan.fields[0], one))
                    return
                holder = {}
                listed.append(holder)
            elif plan.name in holder:
                self._keep(one)
                return
            else:
                holder = holder.setdefault(plan.name, {})
            self._note(pointer, one)
        self._fields(one, plan, holder, pointer)
        if plan.below:
            self._below = _Frame(plan.below, holder, pointer)

    def _fields(self, one: Segment, plan: Plan, values: Object, pointer: str) -> None:
        lost = False
        for field in plan.fields:
            value = _read(field, one)
            if value == "":
                lost = lost or (field.codes != "" and _foreign(field, one))
                continue
            holder = values
            for name in field.way:
                holder = holder.setdefault(name, {})
            if field.name in holder:
                lost = True
                continue
            holder[field.name] = value
            if self.sources is not None:
                self._note(f"{pointer}/{field.field.path}", one, *field.field.at)
        if lost or not _fits(one, plan.room):
            self._keep(one)

    def _note(self, pointer: str, one: Segment, element: int = 0, component: int = 0) -> None:
        if self.sources is not None:
            self.sources[pointer] = self.message.place(one, element, component)

    def _coded_take(self, one: Segment) -> None:
        path = one.get(4)
        item = len(self.values.get("items", ())) - 1 if self._section.startswith("Item") else -1
        pieces = list(one.elements[3][1:]) if len(one.elements) > 3 else []
        self._coded.setdefault((item, path), (one, []))[1].extend(pieces)

    def _number_all(self) -> None:
        """Entries that bear no number of their own are counted."""
        for of_item, key, name in self.plans.numbered:
            for holder in self.values.get("items", ()) if of_item else (self.values,):
                for place, entry in enumerate(holder.get(key, ()), start=1):
                    entry.setdefault(name, place)

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


def _matching(plans: Iterable[Plan], one: Segment) -> Plan | None:
    for plan in plans:
        for element, component, allowed in plan.tests:
            elements = one.elements
            parts = elements[element] if element < len(elements) else ()
            found = parts[component] if component < len(parts) else ""
            if (found not in allowed) if allowed else not found:
                break
        else:
            return plan
    return None


def _read(field: FieldPlan, one: Segment) -> Any:
    """The value of a field in a segment; empty where there is none, or one of a foreign code list."""
    if field.element >= len(one.elements):
        return ""
    parts = one.elements[field.element]
    if field.codes and not _of_list(field, parts):
        return ""
    if field.span == 1:
        if field.component >= len(parts):
            return ""
        text = _clean(parts[field.component])
        return text if field.read is None or not text else field.read((text,))
    some = [_clean(part) for part in parts[field.component : field.component + field.span]]
    return field.field.codec.read(some) if any(some) else ""


def _of_list(field: FieldPlan, parts: tuple[str, ...]) -> bool:
    """Whether a code is of the list that the table names, or of none that is named."""
    named = parts[field.component + 1 : field.component + 3]
    return not any(named) or (named[0] in ("", field.codes) and named[-1] in ("", MUTUALLY_DEFINED, field.codes))


def _foreign(field: FieldPlan, one: Segment) -> bool:
    """Whether a code stands there that is of another list."""
    parts = one.elements[field.element] if field.element < len(one.elements) else ("",)
    return parts[field.component] != "" and not _of_list(field, parts)


def _fits(one: Segment, room: tuple[int, ...]) -> bool:
    """Whether a segment says nothing beside what its line reads."""
    for number, parts in enumerate(one.elements):
        bits = room[number] if number < len(room) else 0
        for place, part in enumerate(parts):
            if part and not bits >> place & 1:
                return False
    return True


def _clean(part: str) -> str:
    if part.isascii():
        return part.strip()
    return unicodedata.normalize("NFC", part.strip())
