"""From the fields of an entry summary declaration to its XML, in the order of the message."""

from typing import Any

from lxml import etree
from lxml.etree import _Element

from singlewindow.ens.messages.envelope import NAMESPACE
from singlewindow.ens.messages.table import MESSAGES, Group, Leaf
from singlewindow.ens.types import EntryMessage


def write_xml(message: EntryMessage) -> bytes:
    """The message as CC315A or CC313A; read again, it is an equal message."""
    root = element_of(message.kind, message.values)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def element_of(kind: str, values: dict[str, Any]) -> _Element:
    """The root element of a message with these fields; fields that the message does not know are left out."""
    space = NAMESPACE.format(kind)
    root = etree.Element(f"{{{space}}}{kind}", nsmap={"ie": space})
    _fill(root, MESSAGES[kind], values)
    return root


def _fill(element: _Element, group: Group, values: dict[str, Any]) -> None:
    for part in group.parts:
        value = values.get(part.to)
        if value is None:
            continue
        if isinstance(part, Leaf):
            etree.SubElement(element, part.name).text = value
            continue
        for one in value if part.many else [value]:
            _fill(etree.SubElement(element, part.name), part, one)
