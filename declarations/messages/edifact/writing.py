"""From the canonical form to the segments of a CUSDEC."""

import copy
from collections.abc import Sequence
from typing import Any

from declarations.messages.edifact.lines import MUTUALLY_DEFINED, Field, Line
from declarations.messages.edifact.paths import coded_write
from declarations.messages.edifact.table import DIRECTORIES, Table, table_of
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.edifact import Segment, segment

ORIGINAL = "9"
"""Message function (1225) of a new declaration."""
_NAMES = {"EX": "830"}
"""Document name code (1001) by direction; 929, goods declaration for importation, for the others."""

Parts = dict[tuple[int, int], str]


def cusdec_write(message: DeclarationMessage, release: str = "96B") -> list[Segment]:
    """The segments between UNH and UNT that say what the declaration says, in a directory (96B, 99B or 24A)."""
    table = table_of(release)
    values: dict[str, Any] = copy.deepcopy(message.canonical())
    del values["schema_version"]
    name = _NAMES.get(message.type_code[:2], "929")
    items = values.pop("items", [])
    header = _lines_write(table.header, values)
    begin = [_begun(one, name) if one.tag == "BGM" else one for one in header]
    summary = _lines_write(table.summary, values)
    begin += coded_write(values)
    detail = [one for item in items for one in _item_write(table, item)]
    return [*_in_order(begin), segment("UNS", "D"), *detail, segment("UNS", "S"), *summary]


def identifier_of(release: str) -> str:
    """The message identifier of a directory, as UNH bears it."""
    return f"CUSDEC:D:{DIRECTORIES[release].release}:UN"


def _begun(one: Segment, name: str) -> Segment:
    """BGM with its document name code and its function."""
    return segment("BGM", (name, "", "", one.get(1, 4)), one.get(2), ORIGINAL)


def _in_order(header: list[Segment]) -> list[Segment]:
    """BGM first, whatever it carries; the coded fields stand with the other free texts only in meaning."""
    return sorted(header, key=lambda one: one.tag != "BGM")


def _item_write(table: Table, item: dict[str, Any]) -> list[Segment]:
    line = table.item
    head = _parts(line.fields, item)
    return [_segment(line, head), *_lines_write(line.below, item), *coded_write(item)]


def _lines_write(lines: Sequence[Line], values: dict[str, Any]) -> list[Segment]:
    return [one for line in lines if line.writes for one in _line_write(line, values)]


def _line_write(line: Line, values: dict[str, Any]) -> list[Segment]:
    """The segments of a line; what they carry is taken out of the values."""
    if not line.key:
        return _one_write(line, values)
    *way, last = line.key.split("/")
    holder: Any = values
    for name in way:
        holder = holder.get(name, {})
    part = holder.get(last)
    if not part:
        return []
    if not line.many:
        return _one_write(line, part)
    if not line.fields[0].path:
        return _plain_list_write(line, holder, last)
    written: list[Segment] = []
    for place, entry in enumerate(part, start=1):
        if line.numbered and entry.get(line.numbered) == place:
            del entry[line.numbered]
        written += _one_write(line, entry) or [_segment(line, {})]
    return written


def _plain_list_write(line: Line, holder: dict[str, Any], key: str) -> list[Segment]:
    """A list of plain values: all of it in segments, or all of it the coded way."""
    (field,) = line.fields
    written = [field.codec.write(value) for value in holder[key]]
    if any(parts is None for parts in written):
        return []
    del holder[key]
    return [_segment(line, {field.at: parts[0]}) for parts in written if parts is not None]


def _one_write(line: Line, values: dict[str, Any]) -> list[Segment]:
    parts = _parts(line.fields, values, line.needs)
    below = _lines_write(line.below, values)
    return [_segment(line, parts), *below] if parts or below else []


def _parts(fields: Sequence[Field], values: dict[str, Any], needs: tuple[int, int] = (0, 0)) -> Parts:
    """The components of a segment; the values that they carry are taken away."""
    found: Parts = {}
    taken: list[tuple[dict[str, Any], str]] = []
    for field in fields:
        *way, last = field.path.split("/")
        holder: Any = values
        for name in way:
            holder = holder.get(name, {})
        value = holder.get(last)
        written = field.codec.write(value) if value is not None else None
        if written is None:
            continue
        element, component = field.at
        found |= {(element, component + place): part for place, part in enumerate(written)}
        if field.codes:
            found |= {(element, component + 1): field.codes, (element, component + 2): MUTUALLY_DEFINED}
        taken.append((holder, last))
    if needs != (0, 0) and needs not in found:
        return {}
    for holder, last in taken:
        del holder[last]
    return found


def _segment(line: Line, parts: Parts) -> Segment:
    whole = {at: allowed[0] for at, allowed in line.fixed} | parts
    elements = max((element for element, _ in whole), default=0)
    return segment(line.tag, *(_element(whole, number) for number in range(1, elements + 1)))


def _element(parts: Parts, number: int) -> tuple[str, ...]:
    length = max((component for element, component in parts if element == number), default=0)
    return tuple(parts.get((number, component), "") for component in range(1, length + 1)) or ("",)
