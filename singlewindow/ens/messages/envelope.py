"""What stands around an entry summary declaration: nothing, or a SOAP envelope with one message in its body."""

from typing import NoReturn

from lxml import etree
from lxml.etree import _Element

from singlewindow.ens.messages.table import MESSAGES
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported, xml_kind

NAMESPACE = "http://ics.dgtaxud.ec/{}"
_SOAP = frozenset({"http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"})


class StructureRefused(FormatRefused):
    """The XML is well-formed, but its elements do not make the message it claims to be."""

    code = "format.structure"
    status = 422
    title = "The message does not have the structure of an entry summary declaration"
    kind = MessageKind("ens-ics", "")


def message_of(root: _Element) -> _Element:
    """The one message in a document.

    Raises:
        MessageUnsupported: it is another message.
        StructureRefused: format.envelope, format.unknown_namespace.
    """
    name = etree.QName(root)
    if name.namespace in _SOAP and name.localname == "Envelope":
        root = _inside_envelope(root)
        name = etree.QName(root)
    if name.localname not in MESSAGES:
        raise MessageUnsupported(xml_kind(root), "CC315A and CC313A are taken.")
    expected = NAMESPACE.format(name.localname)
    if name.namespace != expected:
        _refuse(
            "format.unknown_namespace", root, f"{name.localname} stands in an unknown namespace.", f"Use {expected}."
        )
    return root


def _inside_envelope(envelope: _Element) -> _Element:
    space = etree.QName(envelope).namespace
    parts = [etree.QName(child) for child in envelope]
    names = [part.localname for part in parts if part.namespace == space]
    if len(names) != len(parts) or names not in (["Body"], ["Header", "Body"]):
        _refuse("format.envelope", envelope, "An envelope holds at most one Header, then one Body.")
    body = envelope[-1]
    if len(body) != 1:
        _refuse("format.envelope", body, f"The body of the envelope holds {len(body)} messages; send one.")
    return body[0]


def _refuse(rule: str, element: _Element, detail: str, remedy: str = "") -> NoReturn:
    source = f"/{etree.QName(element).localname}"
    raise StructureRefused(detail, code=rule, violations=(Violation(rule, "", detail, remedy, source=source),))
