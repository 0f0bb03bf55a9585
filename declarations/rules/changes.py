"""Changes of a declaration as operations on its canonical form: apply them, or find those between two versions.

Pure: messages in, messages out. What may be changed, when and by whom is decided by the acts that use this.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from declarations.messages.findings import findings
from declarations.schemas import DeclarationMessage
from declarations.schemas.changes import ChangeOperation
from singlewindow.kernel.errors import FormatRefused, Violation

MAX_POSITION: Final = 20_000


class ChangesRefused(FormatRefused):
    """The changes lead nowhere: a pointer points at nothing, or what comes out is no declaration."""

    code = "format.changes"
    status = 422
    title = "The changes cannot be made"


class _Astray(Exception):
    """A pointer that points at nothing."""


class FieldChange(NamedTuple):
    """One field that differs: its pointer, and its value before and after (none where it is absent)."""

    pointer: str
    before: Any
    after: Any


def changes_apply(message: DeclarationMessage, operations: Iterable[ChangeOperation]) -> DeclarationMessage:
    """The declaration after all operations, in their order.

    Raises:
        ChangesRefused: format.pointer for each operation that points at nothing; else format.* for the values, with
            their pointers into the canonical form.
    """
    content: dict[str, Any] = message.canonical()
    astray: list[Violation] = []
    for place, operation in enumerate(operations):
        try:
            _apply(content, operation)
        except _Astray as error:
            remedy = "Read the declaration as it stands, and point into that."
            where = f"/operations/{place}/pointer"
            astray.append(Violation("format.pointer", where, str(error), remedy, operation.pointer))
    if astray:
        raise ChangesRefused(astray[0].message, code="format.pointer", violations=astray)
    try:
        return DeclarationMessage.model_validate(_given(content))
    except ValidationError as error:
        found = findings(error)
        raise ChangesRefused(found[0].message, code=found[0].rule, violations=found) from None


def changes_between(before: DeclarationMessage, after: DeclarationMessage) -> tuple[ChangeOperation, ...]:
    """The operations that make one version into the other: `changes_apply(before, these)` equals `after`."""
    return tuple(_object_changes(before.canonical(), after.canonical(), ""))


def field_changes(before: DeclarationMessage, after: DeclarationMessage) -> tuple[FieldChange, ...]:
    """Every single field that differs, in the order of the message: what a person is shown."""
    old, new = dict(_leaves(before.canonical(), "")), dict(_leaves(after.canonical(), ""))
    pointers = dict.fromkeys([*old, *new])
    return tuple(
        FieldChange(pointer, old.get(pointer), new.get(pointer))
        for pointer in pointers
        if old.get(pointer) != new.get(pointer)
    )


def _apply(content: dict[str, Any], operation: ChangeOperation) -> None:
    *around, last = operation.pointer.split("/")[1:]
    target = _target(content, [*around, last], make=operation.op != "remove")
    if operation.op == "remove":
        _remove(target, last, operation.pointer)
    elif isinstance(target, list):
        _put(target, last, operation)
    elif operation.op == "set":
        target[last] = operation.value
    elif last == "-":
        raise _Astray(f"{operation.pointer} is no list.")
    else:
        _put(target.setdefault(last, []), "-", operation)


def _target(content: dict[str, Any], parts: list[str], *, make: bool) -> Any:
    """What the last part of a pointer stands in; objects and lists on the way are made where `make` says so."""
    target: Any = content
    for part, following in pairwise(parts):
        if isinstance(target, list):
            target = target[_position(part, len(target))]
        elif part in target:
            target = target[part]
        elif make and not part.isdecimal() and part != "-":
            target = target.setdefault(part, [] if following == "-" or following.isdecimal() else {})
        else:
            raise _Astray(f"There is no {part} to change.")
        if not isinstance(target, dict | list):
            raise _Astray(f"{part} is a value and holds nothing.")
    if isinstance(target, dict) and (parts[-1].isdecimal() or parts[-1] == "-"):
        raise _Astray(f"{parts[-1]} is no field.")
    return target


def _put(entries: Any, last: str, operation: ChangeOperation) -> None:
    if not isinstance(entries, list):
        raise _Astray(f"{operation.pointer} is no list.")
    if operation.op == "add":
        place = len(entries) if last == "-" else _position(last, len(entries) + 1)
        entries.insert(place, operation.value)
    elif last == "-" or last == str(len(entries)):
        entries.append(operation.value)
    else:
        entries[_position(last, len(entries))] = operation.value


def _remove(target: Any, last: str, pointer: str) -> None:
    if isinstance(target, list):
        del target[_position(last, len(target))]
    elif last in target:
        del target[last]
    else:
        raise _Astray(f"There is nothing at {pointer} to remove.")


def _position(part: str, count: int) -> int:
    if not part.isdecimal() or int(part) >= min(count, MAX_POSITION):
        raise _Astray(f"The list has no entry {part[:20]}.")
    return int(part)


def _given(value: Any) -> Any:
    """The value without what changes left empty: a field set to nothing is a field taken away."""
    if isinstance(value, dict):
        kept = {name: _given(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, "", {}, [])}
    if isinstance(value, list):
        return [part for part in map(_given, value) if part not in (None, "", {}, [])]
    return value


def _object_changes(before: dict[str, Any], after: dict[str, Any], pointer: str) -> Iterator[ChangeOperation]:
    for name in dict.fromkeys([*before, *after]):
        here = f"{pointer}/{name}"
        if name not in after:
            yield ChangeOperation(op="remove", pointer=here)
        elif name not in before:
            yield ChangeOperation(op="set", pointer=here, value=after[name])
        else:
            yield from _value_changes(before[name], after[name], here)


def _value_changes(before: Any, after: Any, pointer: str) -> Iterator[ChangeOperation]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _object_changes(before, after, pointer)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(before, after, pointer)
    else:
        yield ChangeOperation(op="set", pointer=pointer, value=after)


def _list_changes(before: list[Any], after: list[Any], pointer: str) -> Iterator[ChangeOperation]:
    """What is equal at both ends stays; between, entries change in pairs and the rest is added or removed."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for place, (one, other) in enumerate(zip(old, new, strict=False), start):
        yield from _value_changes(one, other, f"{pointer}/{place}")
    for place in range(start + len(old) - 1, start + len(new) - 1, -1):
        yield ChangeOperation(op="remove", pointer=f"{pointer}/{place}")
    for place in range(start + len(old), start + len(new)):
        yield ChangeOperation(op="add", pointer=f"{pointer}/{place}", value=after[place])


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _leaves(part, f"{pointer}/{place}")
    else:
        yield pointer, value
