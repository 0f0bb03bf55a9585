"""What a tariff that shall stand changes of the one that stands: row by row, the largest change of a rate first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from fees.rules.expression import QuantityMissing, parse
from fees.rules.units import UNITS
from fees.services.tariff.reading import Wanted
from fees.services.tariff.sheets import SHEET_OF, SHEETS, Row, Sheet
from fees.services.tariff.versions import Changes, Replaced, standing_rows
from fees.types import RowAction
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

SAMPLE_VALUE: Final = Decimal(1_000)
SAMPLE_AMOUNTS: Final = {unit.dimension: Decimal(100) for unit in UNITS.values()}
"""Goods on which an old and a new rate are tried, to say which change is the largest."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a difference: what stands, and what shall stand."""

    sheet: str
    kind: str
    action: RowAction
    subject: str
    row_id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def difference_find(wanted: Wanted) -> dict[str, Replaced]:
    """Rows that begin and end, by sheet; a sheet that is not wanted stays as it is."""
    return {name: _replaced(SHEET_OF[name], rows) for name, rows in wanted.items()}


def row_changes(changes: Changes) -> list[RowChange]:
    """A difference as a person reads it: a row that ends and one about the same that begins are a change."""
    found = [row for sheet in SHEETS if sheet.name in changes for row in _paired(sheet, changes[sheet.name])]
    order = {action: place for place, action in enumerate(RowAction)}
    return sorted(found, key=lambda row: (-_weight(row), order[row.action], row.sheet, row.subject))


def content_digest(base_sha256: str, rows: Iterable[RowChange]) -> str:
    """The digest of a difference: of the version that it changes, and of every row."""
    listed = [[row.sheet, row.action.value, row.row_id or 0, row.before or {}, row.after or {}] for row in rows]
    return sha256_hex(canonical_bytes({"base": base_sha256, "rows": listed}))


def counts_of(rows: Iterable[RowChange]) -> list[dict[str, Any]]:
    """How many rows are changed, added and ended, by sheet and kind."""
    counted = Counter((row.sheet, row.kind, row.action) for row in rows)
    places = sorted({(sheet, kind) for sheet, kind, _ in counted})
    return [
        {"sheet": sheet, "kind": kind} | {action.value: counted[sheet, kind, action] for action in RowAction}
        for sheet, kind in places
    ]


def changes_of(rows: Iterable[RowChange]) -> dict[str, Replaced]:
    """The difference that stored rows stand for."""
    changes: dict[str, Replaced] = {}
    for row in rows:
        replaced = changes.setdefault(row.sheet, Replaced())
        if row.row_id is not None:
            replaced.ended.append(row.row_id)
        if row.after is not None:
            replaced.added.append(row_read(SHEET_OF[row.sheet], row.after))
    return changes


def row_written(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON: numbers and days as texts."""
    return {
        name: value if value is None or isinstance(value, list | dict | bool | int | str) else _text(value)
        for name, value in row.items()
    }


def row_read(sheet: Sheet, stored: Mapping[str, Any]) -> Row:
    """The row that was written as JSON."""
    return {name: None if stored[name] is None else sheet.field(name).to_python(stored[name]) for name in sheet.columns}


def _text(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _replaced(sheet: Sheet, rows: dict[str, Row]) -> Replaced:
    """The key of a row is everything it says: what says the same stays."""
    standing = {sheet.key(row): row_id for row_id, row in standing_rows(sheet).items()}
    return Replaced(
        added=[row for key, row in rows.items() if key not in standing],
        ended=[row_id for key, row_id in standing.items() if key not in rows],
    )


def _paired(sheet: Sheet, replaced: Replaced) -> Iterator[RowChange]:
    standing = standing_rows(sheet) if replaced.ended else {}
    leaving: dict[str, list[int]] = {}
    for ended in sorted(replaced.ended, reverse=True):
        leaving.setdefault(sheet.subject(standing[ended]), []).append(ended)
    for row in replaced.added:
        subject = sheet.subject(row)
        same = leaving.get(subject)
        row_id = same.pop() if same else None
        before = None if row_id is None else row_written(standing[row_id])
        action = RowAction.ADDED if row_id is None else RowAction.CHANGED
        yield RowChange(sheet.name, _kind(sheet, row), action, subject[:200], row_id, before, row_written(row))
    for subject, row_ids in leaving.items():
        for gone in row_ids:
            row = standing[gone]
            yield RowChange(sheet.name, _kind(sheet, row), RowAction.ENDED, subject[:200], gone, row_written(row), None)


def _kind(sheet: Sheet, row: Row) -> str:
    return str(row["kind"]) if "kind" in sheet.columns else ""


def _weight(row: RowChange) -> Decimal:
    """How far the cost of the sample moves; 0 for what is no rate."""
    if row.sheet != "measures":
        return Decimal(0)
    return abs(_cost(row.after) - _cost(row.before))


def _cost(stored: Mapping[str, Any] | None) -> Decimal:
    if not stored or not stored["expression"]:
        return Decimal(0)
    try:
        return parse(stored["expression"]).evaluate(SAMPLE_VALUE, SAMPLE_AMOUNTS)[0]
    except QuantityMissing:
        return Decimal(0)
