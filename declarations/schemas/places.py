"""Where an element stands in a message: its pointer, and the order in which findings are listed."""

from collections.abc import Iterable
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args

from declarations.schemas.fields import Part
from declarations.schemas.message import DeclarationMessage
from singlewindow.kernel.errors import Violation


def pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901) from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def in_message_order(found: Iterable[Violation]) -> list[Violation]:
    """Sort findings by the place of their element in the canonical form; equal places keep their order."""
    return sorted(found, key=lambda violation: _place(violation.pointer))


@cache
def _fields(model: type[Part]) -> dict[str, tuple[int, type[Part] | None]]:
    """Each field of a message part: its place, and the part it holds."""
    places = enumerate(model.model_fields.items())
    return {name: (place, _part_in(info.annotation)) for place, (name, info) in places}


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    for argument in get_args(annotation):
        if argument not in (NoneType, Literal, ...) and (found := _part_in(argument)) is not None:
            return found
    return None


def _place(pointed: str) -> tuple[int, ...]:
    """The position of a pointer in the canonical form; unknown names stand after the known ones."""
    model: type[Part] | None = DeclarationMessage
    place: list[int] = []
    for part in pointed.split("/")[1:]:
        if part.isdecimal() and part.isascii() and len(part) < 8:
            place.append(int(part))
        elif model is not None and part in (fields := _fields(model)):
            position, model = fields[part]
            place.append(position)
        else:
            place.append(1_000)
            model = None
    return tuple(place)
