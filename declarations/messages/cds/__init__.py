"""Declarations in XML: WCO Data Model 3, DEC-DMS version 2."""

from dataclasses import replace
from typing import NoReturn

from lxml.etree import _Element
from pydantic import ValidationError

from declarations.messages.cds.envelope import ContentRefused, StructureRefused, declaration_of, kind_of
from declarations.messages.cds.statements import STATEMENT_TYPE, StatementsBroken, carried
from declarations.messages.cds.swift import Swift
from declarations.messages.cds.table import DECLARATION
from declarations.messages.cds.walk import Walk
from declarations.messages.cds.write import write_xml
from declarations.messages.findings import findings
from declarations.schemas import DeclarationMessage
from declarations.schemas.places import in_message_order
from singlewindow.kernel import safe_xml
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.kinds import MessageKind

ORIGINAL = "9"
"""Function code of a new declaration (UN/EDIFACT 1225)."""


_SWIFT = Swift(DECLARATION)

MISSING = "DL-090"
"""A declaration has the fields that every declaration needs, and a group those without which it says nothing."""
NARROWER = "DL-091"
"""A value that the message allows also fits the canonical form."""

_NUMBERS = ("/number", "/sequence")
"""Lines bear their number in every message."""
_STRUCTURAL = frozenset({"format.too_many", "format.unknown_field"})


def read_xml(body: bytes) -> tuple[DeclarationMessage, MessageKind]:
    """Read a declaration.

    Raises:
        TooLarge, FormatRefused: the bytes are no XML that is safe to read (`xml.*`).
        StructureRefused: format.*, every finding at once, each with its pointer and its XPath.
        MessageUnsupported: it is another message than a new declaration.
    """
    root = declaration_of(safe_xml.parse(body))
    values = _SWIFT.read(root)
    if values is not None and values.pop("function", None) == ORIGINAL:
        try:
            message = DeclarationMessage.model_validate(carried(values))
            return message, kind_of(ORIGINAL, message.type_code)
        except (ValidationError, StatementsBroken):
            pass  # Read once more, by the walk that knows how to explain it.
    return _explained(root)


def _explained(root: _Element) -> tuple[DeclarationMessage, MessageKind]:
    """What is not the common case: read with care, or refused with every finding."""
    walk = Walk(root)
    values = walk.read(DECLARATION)
    function = values.pop("function", None)
    kind = kind_of(function, values.get("type_code"))
    found = list(walk.findings)
    try:
        values = carried(values)
    except StatementsBroken:
        found.append(_broken_statements())
    if function != ORIGINAL:
        found.append(_wrong_function(function))
    message: DeclarationMessage | None = None
    try:
        message = DeclarationMessage.model_validate(values)
    except ValidationError as error:
        found += _weighed(_with_sources(findings(error), walk), walk)
    told = {one.source for one in found}
    found += [fault for fault in walk.faults if fault.source not in told]
    if found or message is None:
        _refuse(in_message_order(found), kind)
    return message, kind


def _broken_statements() -> Violation:
    text, source = f"The statements of type {STATEMENT_TYPE} do not fit this message.", "/Declaration"
    return Violation("format.statements", "/additional_information", text, "Leave them out.", source=source)


def _refuse(found: list[Violation], kind: MessageKind) -> NoReturn:
    structural = next((one for one in found if one.rule.startswith("format.")), None)
    first = structural or found[0]
    refusal = (StructureRefused if structural else ContentRefused)(first.message, code=first.rule, violations=found)
    refusal.kind = kind
    raise refusal


def _weighed(found: list[Violation], walk: Walk) -> list[Violation]:
    """Findings of the canonical form where the message itself is sound, as the rules that they break.

    The schema of the message lets nearly everything be left out and is wide in its codes; a declaration is not.
    """
    faulty = {fault.source for fault in walk.faults} | {one.source for one in walk.findings}
    return [one if one.source in faulty else replace(one, rule=_rule(one)) for one in found]


def _rule(found: Violation) -> str:
    if found.rule == "format.missing":
        return found.rule if found.pointer.endswith(_NUMBERS) else MISSING
    return found.rule if found.rule in _STRUCTURAL else NARROWER


def _wrong_function(function: str | None) -> Violation:
    source, remedy = "/Declaration/FunctionCode", "Use 9 for a new declaration."
    if function is None:
        return Violation("format.missing", "", "FunctionCode must be given.", remedy, source=source)
    text = "FunctionCode is not one of the possible values."
    return Violation("format.value", "", text, remedy, function[:10], source)


def _with_sources(found: list[Violation], first: Walk) -> list[Violation]:
    """The findings with the XPath of their element, or of the nearest one around what is missing.

    The message is walked a second time for it: only refusals pay for the trace.
    """
    walk = Walk(first.root, trace=True)
    walk.read(DECLARATION)
    return [
        Violation(one.rule, one.pointer, one.message, one.remedy, one.value, walk.source_of(one.pointer))
        for one in found
    ]


__all__ = ["ContentRefused", "StructureRefused", "read_xml", "write_xml"]
