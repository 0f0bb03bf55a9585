"""The records of TARIC that stand: an envelope creates, changes and deletes them one after the other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from fees.rules.taric3.catalogue import BELONGS_TO, RECORD_TYPES
from fees.rules.taric3.envelope import FOUND_MOST, Envelope, Record, Update, Value
from singlewindow.kernel.errors import Violation

Key = tuple[str, str]
"""Type of a record, and what names it."""

TOLD: Final = {Update.CHANGE: "it changes", Update.DELETE: "it deletes"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that stands, and where the envelope at hand says it; both are empty for one of before."""

    values: Mapping[str, Value]
    number: str = ""
    pointer: str = ""


State = Mapping[Key, Kept]


def records_apply(state: State, envelope: Envelope) -> tuple[dict[Key, Kept], list[Violation]]:
    """The records after an envelope, and what of it does not fit to the records before.

    Source: docs/rules/fees.md, FE-TX-04 and FE-TX-05.
    """
    after = dict(state)
    wrong: list[Violation] = []
    for record in envelope.records:
        key = (record.element, record.key)
        if record.update is Update.CREATE and key in after:
            wrong.append(_misfit("FE-TX-04", record, "it creates what is here already"))
        elif record.update is not Update.CREATE and key not in after:
            wrong.append(_misfit("FE-TX-04", record, f"{TOLD[record.update]} what is not here"))
        elif record.update is Update.DELETE:
            del after[key]
        else:
            after[key] = Kept(record.values, record.number, record.pointer)
    wrong += [_alone(record, parent) for record, parent in _orphans(after, envelope.records)]
    return after, wrong[:FOUND_MOST]


def of_type(state: State, element: str) -> Iterator[Kept]:
    """The standing records of a type, in the order of their keys."""
    return (state[key] for key in sorted(key for key in state if key[0] == element))


def by_field(state: State, element: str, *names: str) -> dict[tuple[Value, ...], list[Kept]]:
    """The standing records of a type by the values of some of their fields."""
    found: dict[tuple[Value, ...], list[Kept]] = {}
    for kept in of_type(state, element):
        found.setdefault(tuple(kept.values.get(name, "") for name in names), []).append(kept)
    return found


def values_written(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values of a record as JSON: days and decimals as texts."""
    return {name: value if isinstance(value, str | int) else str(value) for name, value in values.items()}


def values_read(element: str, stored: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a record that were written as JSON."""
    fields = RECORD_TYPES[element].fields
    return {name: _value(fields[name].form, value) for name, value in stored.items()}


def _value(form: str, stored: Any) -> Value:
    if form == "d":
        return date.fromisoformat(stored)
    return Decimal(stored) if form == "n" else stored


def _orphans(after: State, records: Iterable[Record]) -> Iterator[tuple[Record, Key]]:
    """Records that stand after the envelope while what they belong to does not."""
    for record in records:
        belongs = BELONGS_TO.get(record.element)
        if belongs is None or record.update is Update.DELETE or (record.element, record.key) not in after:
            continue
        parent = (belongs[0], "/".join(str(record.values.get(name, "")) for name in belongs[1]))
        if parent not in after:
            yield record, parent


def _alone(record: Record, parent: Key) -> Violation:
    return _misfit("FE-TX-05", record, f"it belongs to {parent[0]} {parent[1]}, which is neither here nor in force")


def _misfit(rule: str, record: Record, told: str) -> Violation:
    message = f"Record {record.number}, {record.element} {record.key}: {told}."
    return Violation(rule, f"{record.pointer}/{record.element}", message, "Send what is missing with it.", record.key)
