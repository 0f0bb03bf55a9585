"""JSON that needs no second look, as programs write it: read and made canonical at a fraction of the cost."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, TypeAlias, get_args

import orjson
from pydantic import ValidationError

from declarations.schemas import DeclarationMessage
from declarations.schemas.fields import Part, instant_text
from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.kernel.strict_json import MAX_BYTES

_ODD = (b"\\", b"\x7f", b"null", b"{}", b"[]")
_WRITERS: dict[type, Callable[[Any], str]] = {Decimal: str, datetime: instant_text}

Rewritten: TypeAlias = tuple[tuple[str, Callable[[Any], str] | None, Any], ...]
"""Fields of a part that have several written forms: the name, and how the one form is written, or the fields within."""


def plain_read(line: bytes) -> tuple[DeclarationMessage, bytes] | None:
    """A message and its canonical bytes; nothing for bytes that `parse` has to look at.

    Bytes that a parser gives back unchanged hold no name twice, no space and no number in an odd form. With ASCII alone
    and no escape there is no control character and no half surrogate either. Where nothing is empty, the canonical form
    is the same values with decimals and instants in their one form.
    """
    if len(line) > MAX_BYTES or not line.isascii() or any(mark in line for mark in _ODD):
        return None
    plain = line.strip()
    try:
        value = orjson.loads(plain)
        if orjson.dumps(value) != plain:
            return None
        message = DeclarationMessage.model_validate(value)
    except (orjson.JSONDecodeError, ValidationError):
        return None
    value["schema_version"] = message.schema_version
    _rewrite(value, message, _rewritten(DeclarationMessage))
    return message, canonical_bytes(value)


def _rewrite(value: dict[str, Any], part: Part, fields: Rewritten) -> None:
    """Put the one written form of what was read in the place of what was sent."""
    for name, write, within in fields:
        if name not in value:
            continue
        read = getattr(part, name)
        if write is not None:
            value[name] = write(read)
        elif type(read) is tuple:
            for sent, one in zip(value[name], read, strict=True):
                _rewrite(sent, one, within)
        else:
            _rewrite(value[name], read, within)


@cache
def _rewritten(model: type[Part]) -> Rewritten:
    fields = ((name, *_form(info.annotation)) for name, info in model.model_fields.items())
    return tuple((name, write, within) for name, write, within in fields if write is not None or within)


def _form(annotation: Any) -> tuple[Callable[[Any], str] | None, Rewritten]:
    for kind in _kinds(annotation):
        if kind in _WRITERS:
            return _WRITERS[kind], ()
        if issubclass(kind, Part):
            return None, _rewritten(kind)
    return None, ()


def _kinds(annotation: Any) -> Iterable[type]:
    """The types that an annotation is made of, whatever stands around them."""
    if isinstance(annotation, type) and annotation is not NoneType:
        yield annotation
    for argument in get_args(annotation):
        yield from _kinds(argument)
