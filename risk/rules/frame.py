"""A record as rows for learning: one goods item a row, columns by the canonical names of `singlewindow.learning`.

Training and serving read a record by this one function, so that a model sees the same columns in both.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from risk.rules.record import FIELDS, Kind, Record
from risk.types import Outcome
from singlewindow.learning.types import CATEGORIES, NUMBERS, Frame, frame_of

TEXT_FIELDS: Mapping[str, str] = {
    "office": "office",
    "process": "procedure",
    "nature": "nature",
    "use": "additional_procedures",
    "payment": "payment",
    "mode": "mode",
    "declarant": "declarant",
    "trader": "trader",
    "partner": "partner",
    "courier": "carrier",
    "hs6": "hs6",
    "dispatch": "dispatch",
    "origin": "origin",
    "tax_type": "preference",
    "origin_mark": "item_proof",
}
"""Which field of the record stands in each canonical column of text."""
NUMBER_FIELDS: Mapping[str, str] = {"tax_rate": "duty_percent", "net_mass": "net_mass", "price": "value"}
"""The same of the canonical numbers."""

LONGEST_TEXT = 200
NAN = float("nan")

_HISTORY = tuple(
    f"{party}_{name}"
    for party in ("trader", "partner", "declarant")
    for name in (
        "known_days",
        "declarations_month",
        "declarations_quarter",
        "declarations_year",
        "changes_quarter",
        "changes_share",
        "inspections_quarter",
        "inspections_year",
        "findings_quarter",
        "findings_year",
        "findings_share",
    )
)
FREE_NUMBERS = (
    *_HISTORY,
    "registered_days",
    "pair_seen",
    "office_seen",
    "prelodged",
    "trusted",
    "represented",
    "proof_of_origin",
    "items",
    "total_value",
    "freight_share",
    "net_share",
    "packages",
    "package_mass",
    "containers",
    "seals",
    "document_count",
    "lodged_hour",
    "lodged_weekday",
    "gross_mass",
    "quantity",
    "unit_mass",
    "unit_mass_ratio",
    "unit_mass_quantile",
    "unit_value_ratio",
    "unit_value_quantile",
    "goods_seen",
    "duty_at_stake",
    "description_length",
    "preference_claimed",
    "dispatched_elsewhere",
    "quota",
    "chapter_seen",
    "heading_seen",
    "origin_seen",
)
"""Columns of numbers of the platform's own; a flag is 1 or 0."""

CRITICAL_KINDS = frozenset({Outcome.PROHIBITED, Outcome.SECURITY})
CRITICAL_REVENUE_MINOR = 1_000_000
"""Revenue that a finding brought, in minor units, from which it is of the gravest kind (RM-LRN-06)."""


def rows_of(record: Record, on: date | None = None) -> list[dict[str, Any]]:
    """The rows of a record, one an item; a text that is not known is empty, a number absent."""
    return [_row({**record.header, **item}, on) for item in record.items]


def _row(values: Mapping[str, Any], on: date | None) -> dict[str, Any]:
    row: dict[str, Any] = {name: _text(values.get(field)) for name, field in TEXT_FIELDS.items()}
    for name, field in NUMBER_FIELDS.items():
        if (value := values.get(field)) is not None:
            row[name] = float(value)
    for name in FREE_NUMBERS:
        if (value := values.get(name)) is not None:
            row[name] = float(value)
    if on is not None:
        row["day"] = on.toordinal()
    return row


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "+".join(map(str, value)) if isinstance(value, list) else ""


def frame_of_records(records: Sequence[Record], days: Sequence[date], numbers: Iterable[str]) -> Frame:
    """The rows of many records as columns at once: what a header says is read once a declaration, not once an item.

    The same as the rows of `rows_of`, one record after the other.

    Args:
        numbers: the columns of numbers that are asked for; those that no record has are not known.
    """
    counts = [len(record.items) for record in records]
    ordinals = [day.toordinal() for day, count in zip(days, counts, strict=True) for _ in range(count)]
    texts = {name: _texts(records, counts, field) for name, field in TEXT_FIELDS.items()}
    columns = {name: _numbers(records, counts, NUMBER_FIELDS.get(name, name)) for name in numbers}
    return frame_of(ordinals, texts=texts, numbers=columns)


def _texts(records: Sequence[Record], counts: Sequence[int], field: str) -> list[str]:
    if FIELDS[field].item:
        return [_text(item.get(field))[:LONGEST_TEXT] for record in records for item in record.items]
    made: list[str] = []
    for record, count in zip(records, counts, strict=True):
        made += [_text(record.header.get(field))[:LONGEST_TEXT]] * count
    return made


def _numbers(records: Sequence[Record], counts: Sequence[int], field: str) -> list[float]:
    known = FIELDS.get(field)
    if known is None:
        return [NAN] * sum(counts)
    if known.item:
        return [item.get(field, NAN) for record in records for item in record.items]  # type: ignore[misc]
    made: list[float] = []
    for record, count in zip(records, counts, strict=True):
        made += [record.header.get(field, NAN)] * count  # type: ignore[list-item]
    return made


def frame_of_rows(rows: Iterable[Mapping[str, Any]]) -> Frame:
    """A frame of all the columns of some rows, each of which has its day."""
    found = list(rows)
    return frame_of(
        [row["day"] for row in found],
        texts={name: [row[name] for row in found] for name in CATEGORIES},
        numbers={name: [row.get(name) for row in found] for name in (*NUMBERS, *FREE_NUMBERS)},
    )


def is_critical(outcome: Outcome, revenue_delta_minor: int) -> bool:
    """Whether a finding is of the gravest kind: forbidden goods, security, or much revenue (RM-LRN-06)."""
    return outcome in CRITICAL_KINDS or (outcome.is_finding and revenue_delta_minor >= CRITICAL_REVENUE_MINOR)


_missing = {*TEXT_FIELDS.values(), *NUMBER_FIELDS.values(), *FREE_NUMBERS} - set(FIELDS)
_wrong = [name for name in FREE_NUMBERS if FIELDS[name].kind not in (Kind.NUMBER, Kind.FLAG)] if not _missing else []
if _missing or _wrong:
    raise ValueError(f"columns that are no fields of the record: {sorted(_missing)}, or no numbers: {_wrong}")
