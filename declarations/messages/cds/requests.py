"""Messages about an earlier declaration (function code 13): correct it (COR), withdraw it (INV), goods came (GPR)."""

from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from lxml.etree import _Element
from pydantic import ValidationError

from declarations.messages.cds.amend import Amendment, amend, amendments_read
from declarations.messages.cds.envelope import ContentRefused, StructureRefused, declaration_of
from declarations.messages.cds.nodes import WCO, Object
from declarations.messages.cds.table import DECLARATION
from declarations.messages.cds.walk import Walk
from declarations.messages.cds.write import declaration_tree
from declarations.messages.findings import findings
from declarations.rules.changes import ChangesRefused, changes_apply, changes_between
from declarations.schemas import (
    ChangeKind,
    ChangeOperation,
    ChangeRequestMessage,
    DeclarationMessage,
    PresentationMessage,
)
from declarations.schemas.places import in_message_order
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.kinds import MessageKind

M = TypeVar("M", ChangeRequestMessage, PresentationMessage)

REQUEST: Final = "13"
"""Function code of a message about an earlier one (UN/EDIFACT 1225)."""
_KINDS = {"COR": ChangeKind.AMEND, "INV": ChangeKind.INVALIDATE}
_NAME = f"{{{WCO}}}"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A request as it was sent: what it is about and why, and the elements that an amendment brings."""

    message: ChangeRequestMessage
    """Without operations: those of an amendment depend on the declaration that it changes."""
    root: _Element
    amendments: tuple[Amendment, ...]

    def on(self, current: DeclarationMessage) -> ChangeRequestMessage:
        """The request with the operations that its pointers mean for a declaration as it stands.

        Raises:
            ChangesRefused: what comes out is no declaration.
        """
        if self.message.kind is not ChangeKind.AMEND:
            return self.message
        tree = declaration_tree(current)
        before = _message(tree)
        amend(tree, self.root, list(self.amendments))
        operations = changes_between(before, _message(tree))
        made = [ChangeOperation(op=one.op, pointer=one.pointer, value=one.value) for one in operations]
        return self.message.model_copy(update={"operations": tuple(made)})

    def applied_to(self, current: DeclarationMessage) -> DeclarationMessage:
        """The declaration that an amendment makes of the one that stands."""
        return changes_apply(current, self.on(current).operations)


def is_request(root: _Element) -> bool:
    """Whether a document of the family is about an earlier declaration."""
    declaration = root if root.tag == f"{_NAME}Declaration" else root.find(f".//{_NAME}Declaration")
    return declaration is not None and (declaration.findtext(f"{_NAME}FunctionCode") or "").strip() == REQUEST


def request_read(root: _Element) -> ChangeRequest | PresentationMessage:
    """Read a request or a notice.

    Raises:
        StructureRefused: format.*, the structure is wrong.
        ContentRefused: DL-090 to DL-092, the structure is sound and something is missing or leads nowhere.
    """
    declaration = declaration_of(root)
    walk = Walk(declaration)
    values = walk.read(DECLARATION)
    kind = MessageKind("cds-dec", str(values.get("type_code", ""))[:10])
    wrong = [*walk.findings, *walk.faults]
    if wrong:
        _refuse(StructureRefused, wrong, kind)
    if kind.kind == "GPR":
        return _presentation(declaration, values, kind)
    if kind.kind not in _KINDS:
        text = "With function code 13 the type is COR, INV or GPR."
        _refuse(ContentRefused, [Violation("DL-091", "/type_code", text, source="/Declaration/TypeCode")], kind)
    return _change(declaration, values, kind)


def _presentation(declaration: _Element, values: Object, kind: MessageKind) -> PresentationMessage:
    place = values.get("goods_location", {}).get("id")
    return _built(PresentationMessage, _about(declaration, values) | ({"place": place} if place else {}), kind)


def _change(declaration: _Element, values: Object, kind: MessageKind) -> ChangeRequest:
    statements = [one["text"] for one in values.get("additional_information", ()) if "text" in one]
    reasons = [
        text.strip()
        for one in declaration.findall(f"{_NAME}Amendment")
        if (text := one.findtext(f"{_NAME}ChangeReasonCode"))
    ]
    told: dict[str, Any] = {"kind": _KINDS[kind.kind]}
    if statements:
        told["statement"] = "; ".join(dict.fromkeys(statements))[:512].strip()
    if reasons:
        told["reason_code"] = reasons[0]
    message = _built(ChangeRequestMessage, _about(declaration, values) | told, kind)
    if message.kind is ChangeKind.INVALIDATE:
        return ChangeRequest(message, declaration, ())
    amendments, wrong = amendments_read(declaration)
    if not amendments and not wrong:
        text, remedy = "The request names nothing to amend.", "Add an Amendment with pointers for each change."
        wrong = [Violation("DL-090", "/operations", text, remedy, source="/Declaration")]
    if wrong:
        _refuse(ContentRefused, wrong, kind)
    return ChangeRequest(message, declaration, tuple(amendments))


def _about(declaration: _Element, values: Object) -> dict[str, Any]:
    """The declaration that a request is about, and who asks."""
    named = {"mrn": (declaration.findtext(f"{_NAME}ID") or "").strip(), "reference": values.get("lrn")}
    named["submitter"] = values.get("submitter")
    return {name: value for name, value in named.items() if value}


def _built(model: type[M], values: dict[str, Any], kind: MessageKind) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = [
            Violation(
                "DL-090" if one.rule == "format.missing" else "DL-091",
                one.pointer,
                one.message,
                one.remedy,
                one.value,
                "/Declaration/ID" if one.pointer == "/mrn" else "/Declaration",
            )
            for one in findings(error)
        ]
        _refuse(ContentRefused, found, kind)


def _message(tree: _Element) -> DeclarationMessage:
    """The canonical content of a tree.

    Raises:
        ChangesRefused: it is no declaration.
    """
    walk = Walk(tree)
    values = walk.read(DECLARATION)
    values.pop("function", None)
    wrong = [*walk.findings, *walk.faults]
    try:
        if not wrong:
            return DeclarationMessage.model_validate(values)
    except ValidationError as error:
        wrong = findings(error)
    raise ChangesRefused(wrong[0].message, code=wrong[0].rule, violations=wrong)


def _refuse(refusal: type[StructureRefused], found: list[Violation], kind: MessageKind) -> NoReturn:
    found = in_message_order(found)
    raised = refusal(found[0].message, code=found[0].rule, violations=found)
    raised.kind = kind
    raise raised
