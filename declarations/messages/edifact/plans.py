"""The table made ready for reading: what of a line can be worked out beforehand is, once for each directory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from declarations.messages.edifact.lines import Field, Line, first
from declarations.messages.edifact.table import table_of

Plans = dict[str, tuple["Plan", ...]]
"""The lines that may stand in a part of the message, by their tags."""


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """Where a field stands in a segment, counted from 0, and where it goes."""

    field: Field
    element: int
    component: int
    span: int
    codes: str
    way: tuple[str, ...]
    name: str
    read: Callable[[Sequence[str]], Any] | None
    """None where the text itself is the value."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A line, ready for reading."""

    line: Line
    tests: tuple[tuple[int, int, tuple[str, ...]], ...]
    fields: tuple[FieldPlan, ...]
    room: tuple[int, ...]
    """For each element the components that the line reads or knows, as bits."""
    way: tuple[str, ...]
    """The parts around what it fills."""
    name: str
    below: Plans


@dataclass(frozen=True, slots=True)
class TablePlans:
    """The plans of the three sections."""

    header: Plans
    item: Plan
    summary: Plans
    numbered: tuple[tuple[bool, str, str], ...]
    """Lists whose entries are counted: whether they are of an item, their key, and the field."""


@cache
def plans_of(release: str) -> TablePlans:
    """The plans of a directory."""
    table = table_of(release)
    counted = [(False, line) for line in table.header] + [(True, line) for line in table.item.below]
    return TablePlans(
        by_tag(table.header),
        plan_of(table.item),
        by_tag(table.summary),
        tuple((of_item, line.key, line.numbered) for of_item, line in counted if line.numbered),
    )


def by_tag(lines: Iterable[Line]) -> Plans:
    """Plans by their tags, in the order of the lines."""
    found: dict[str, list[Plan]] = {}
    for line in lines:
        found.setdefault(line.tag, []).append(plan_of(line))
    return {tag: tuple(plans) for tag, plans in found.items()}


def plan_of(line: Line) -> Plan:
    """The plan of one line and of those below it."""
    *way, name = line.key.split("/")
    needs = ((line.needs, ()),) if line.needs != (0, 0) else ()
    return Plan(
        line,
        tuple((element - 1, component - 1, allowed) for (element, component), allowed in (*line.fixed, *needs)),
        tuple(map(_field_plan, line.fields)),
        _room(line),
        tuple(way),
        name,
        by_tag(line.below),
    )


def _field_plan(field: Field) -> FieldPlan:
    *way, name = field.path.split("/")
    read = None if field.codec.read is first else field.codec.read
    element, component = field.at
    return FieldPlan(field, element - 1, component - 1, field.span, field.codes, tuple(way), name, read)


def _room(line: Line) -> tuple[int, ...]:
    """A code in the first component brings the name and agency of its list (1131, 3055), which say nothing more."""
    known = {at for at, _ in line.fixed}
    for field in line.fields:
        element, component = field.at
        width = 3 if component == 1 and field.span == 1 else field.span
        known |= {(element, component + place) for place in range(width)}
    if line.tag == "BGM":
        known = known - {(2, 2), (2, 3)} | {(1, 1), (1, 2), (1, 3), (3, 1)}
    bits = [0] * max((element for element, _ in known), default=0)
    for element, component in known:
        bits[element - 1] |= 1 << (component - 1)
    return tuple(bits)
