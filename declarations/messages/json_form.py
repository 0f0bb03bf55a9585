"""Declarations in JSON: the canonical form itself."""

from typing import Any

from pydantic import ValidationError

from declarations.messages.findings import findings
from declarations.schemas import DeclarationMessage
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind


class FieldsRefused(FormatRefused):
    """The JSON is sound, but its fields are not those of a declaration."""

    code = "format.fields"
    title = "The message does not have the fields of a declaration"
    kind = MessageKind("json", "")


def read_json(body: bytes) -> tuple[DeclarationMessage, MessageKind]:
    """Read a declaration.

    Raises:
        TooLarge, FormatRefused: the bytes are no JSON that is safe to read (`json.*`).
        FieldsRefused: format.*, every finding at once, each with its pointer.
    """
    message = _validated(strict_json.loads(body))
    return message, MessageKind("json", message.type_code)


def message_read(values: Any) -> DeclarationMessage:
    """Read a declaration from plain values, as a form or a draft has them; what is empty counts as not given.

    Raises:
        FieldsRefused: as for `read_json`.
    """
    return _validated(_given(values))


def _given(value: Any) -> Any:
    """The value without empty texts, objects and lists; nothing, where nothing is left."""
    if isinstance(value, dict):
        given = {name: _given(part) for name, part in value.items()}
        return {name: part for name, part in given.items() if part is not None} or None
    if isinstance(value, list | tuple):
        return [part for part in map(_given, value) if part is not None] or None
    return None if value == "" else value


def _validated(values: Any) -> DeclarationMessage:
    if not isinstance(values, dict):
        text = "The body is not a JSON object with the fields of a declaration."
        raise FieldsRefused(text, code="format.type", violations=(Violation("format.type", "", text),))
    if not values.keys() & DeclarationMessage.model_fields.keys():
        text = "The object has no field of a declaration."
        code = "format.not_a_declaration"
        raise FieldsRefused(text, code=code, violations=(Violation(code, "", text),))
    try:
        return DeclarationMessage.model_validate(values)
    except ValidationError as error:
        found = findings(error)
        refusal = FieldsRefused(found[0].message, code=found[0].rule, violations=found)
        refusal.kind = MessageKind("json", str(values.get("type_code", ""))[:10])
        raise refusal from None


def write_json(message: DeclarationMessage) -> bytes:
    """The declaration as JSON: its canonical bytes, which read back to an equal message."""
    return message.canonical_bytes()
