"""Statements of our own in a message: changes that make what its elements say into the declaration that was written."""

import json
from collections.abc import Iterator
from typing import Any, Final

from declarations.messages.cds.nodes import Object

STATEMENT_TYPE: Final = "ZZC"
STATEMENT_CHARACTERS: Final = 500
MAX_CARRIED: Final = 1_000_000
"""Characters that all statements of a message may carry together."""


class StatementsBroken(Exception):
    """The statements do not carry changes of this message."""


def carried(values: Object) -> Object:
    """The values of a message after the changes that its statements carry; without such statements, as they are.

    Raises:
        StatementsBroken: the statements are no changes, or lead nowhere.
    """
    statements = values.get("additional_information", ())
    own = [one for one in statements if one.get("type") == STATEMENT_TYPE]
    if not own:
        return values
    text = "".join(str(one.get("text", "")) for one in own)
    if len(text) > MAX_CARRIED:
        raise StatementsBroken
    values = dict(values)
    values["additional_information"] = [one for one in statements if one.get("type") != STATEMENT_TYPE]
    if not values["additional_information"]:
        del values["additional_information"]
    try:
        for pointer, *value in json.loads(text):
            _change(values, pointer, value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise StatementsBroken from error
    return values


def plain_changes(read: Object, wanted: Object) -> list[Any]:
    """The changes that make one object of plain values into the other: pointer and new value, or pointer alone."""
    return list(_changes(read, wanted, []))


def _changes(read: Any, wanted: Any, path: list[str | int]) -> Iterator[list[Any]]:
    if read == wanted and type(read) is type(wanted):
        return
    if isinstance(read, dict) and isinstance(wanted, dict):
        for name in dict.fromkeys([*read, *wanted]):
            if name not in wanted:
                yield [[*path, name]]
            elif name not in read:
                yield [[*path, name], wanted[name]]
            else:
                yield from _changes(read[name], wanted[name], [*path, name])
    elif isinstance(read, list) and isinstance(wanted, list) and len(read) == len(wanted):
        for place, (one, other) in enumerate(zip(read, wanted, strict=True)):
            yield from _changes(one, other, [*path, place])
    else:
        yield [path, wanted]


def _change(values: Any, path: list[str | int], value: list[Any]) -> None:
    *around, last = path
    for step in around:
        values = values[step]
    if value:
        values[last] = value[0]
    else:
        del values[last]
