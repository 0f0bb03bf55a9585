"""A declaration as WCO XML, written by the same table that it is read by.

What the message has no element for (or no room in one) is carried by statements of our own in AdditionalInformation:
type `ZZC`, code `C1`, `C2` and so on, whose texts joined are the changes (as JSON) that make what the elements say
into the declaration. So every declaration comes back as it was, and the message stays valid.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.envelope import METADATA
from declarations.messages.cds.nodes import WCO, WCO_TYPES, Group, Leaf, Object
from declarations.messages.cds.statements import STATEMENT_CHARACTERS, STATEMENT_TYPE, plain_changes
from declarations.messages.cds.table import DECLARATION
from declarations.messages.cds.unfolds import UNFOLDS
from declarations.messages.cds.values import flag, instant, kilograms, money, quantity, representation, whole
from declarations.messages.cds.walk import Walk
from declarations.schemas import DeclarationMessage

ORIGINAL: Final = "9"
_STATUS = {"self": "1", "direct": "2", "indirect": "3"}
_NAMES: Final[Any] = {"md": METADATA, None: WCO, "ds": WCO_TYPES}
_STEP = re.compile(r"([A-Za-z]+)(?:\[([0-9]+)\])?")


def write_xml(message: DeclarationMessage) -> bytes:
    """The declaration in WCO MetaData; reading it gives an equal message."""
    root = declaration_tree(message)
    read = Walk(root).read(DECLARATION)
    read.pop("function", None)
    changes = plain_changes(read | {"schema_version": message.schema_version}, message.canonical())
    if changes:
        _carry(root, changes)
    metadata = etree.Element(f"{{{METADATA}}}MetaData", nsmap=_NAMES)
    for name, text in (("WCODataModelVersionCode", "3.6"), ("WCOTypeName", "DEC")):
        etree.SubElement(metadata, f"{{{METADATA}}}{name}").text = text
    metadata.append(root)
    etree.cleanup_namespaces(metadata, keep_ns_prefixes=["ds"])
    return etree.tostring(metadata, xml_declaration=True, encoding="UTF-8")


def declaration_tree(message: DeclarationMessage) -> _Element:
    """The elements of a declaration, without what no element is there for."""
    values = message.canonical() | {"function": ORIGINAL}
    root = etree.Element(f"{{{WCO}}}Declaration", nsmap=_NAMES)
    _Writing(values).fill(root, DECLARATION, values)
    for other in values.get("other_elements", ()):
        _put_other(root, other["path"], other["value"])
    return root


class _Writing:
    """One declaration on its way out."""

    def __init__(self, values: Object) -> None:
        transport = values.get("transport", {})
        self.inland_at = "DepartureTransportMeans" if "departure_id" in transport else "ArrivalTransportMeans"
        """One mode inland in the canonical form, an element for each leg in the message."""

    def fill(self, element: _Element, group: Group, values: Object) -> None:
        """Write the parts of a group, in their order; a part without a value is left out."""
        for part in group.parts:
            around = values.get(part.into, {}) if part.into else values
            if isinstance(part, Leaf):
                if part.key in around and not (part.key == "inland_mode" and group.name != self.inland_at):
                    self._leaf(element, group, part, around[part.key])
                continue
            for entry in self._entries(part, around):
                child = etree.SubElement(element, f"{{{WCO}}}{part.name}")
                self.fill(child, part, entry)
                if not len(child):
                    element.remove(child)

    @staticmethod
    def _entries(group: Group, around: Object) -> Iterator[Object]:
        """The object of each element of the group."""
        if not group.key:
            yield around
        elif group.fold is not None:
            yield from UNFOLDS[group.fold](around)
        elif group.key in around:
            value = around[group.key]
            yield from value if group.many else (value,)

    @staticmethod
    def _leaf(element: _Element, group: Group, leaf: Leaf, value: Any) -> None:
        text, attributes = _written(leaf, value)
        form = group.members[f"{{{WCO}}}{leaf.name}"][2]
        inner = f"{{{WCO_TYPES}}}DateTimeString" if leaf.read is instant else ""
        if form is None or not form.accepts(text):
            return
        child = etree.SubElement(element, f"{{{WCO}}}{leaf.name}")
        target = etree.SubElement(child, inner) if inner else child
        target.text = text
        for name, one in attributes.items():
            target.set(name, one)


def _written(leaf: Leaf, value: Any) -> tuple[str, dict[str, str]]:
    """The text and the attributes of a value."""
    if leaf.read in (None, whole, kilograms):
        return str(value), {}
    if leaf.read is flag:
        return "1" if value else "0", {}
    if leaf.read is money:
        return str(value.get("amount", "")), {"currencyID": value["currency"]} if "currency" in value else {}
    if leaf.read is quantity:
        return str(value["quantity"]), {"unitCode": value["unit"]} if "unit" in value else {}
    if leaf.read is representation:
        return _STATUS.get(str(value), ""), {}
    return _instant_text(str(value))


def _instant_text(value: str) -> tuple[str, dict[str, str]]:
    """A day at midnight as a date, anything else as a time in UTC; fractions of a second have no form here."""
    digits = re.sub("[-:TZ]", "", value)
    if "." in digits:
        return "", {}
    return (digits[:8], {"formatCode": "102"}) if digits[8:] == "000000" else (digits + "Z", {"formatCode": "304"})


def _put_other(root: _Element, path: str, value: str) -> None:
    """Put back an element that was kept as it came, where the table knows its place."""
    element, group = root, DECLARATION
    steps = [(found[1], int(found[2] or 1)) for step in path.split("/") if (found := _STEP.fullmatch(step))]
    for place, (name, number) in enumerate(steps):
        member = group.members.get(f"{{{WCO}}}{name}")
        if member is None:
            return
        part, last = member[1], place == len(steps) - 1
        if isinstance(part, Leaf) != last:
            return
        there = element.findall(f"{{{WCO}}}{name}")
        if isinstance(part, Leaf):
            form = member[2]
            if not there and part.read is not instant and form is not None and form.accepts(value):
                _insert(element, group, name).text = value
            return
        if number > len(there) and (number > len(there) + 1 or (not part.many and there)):
            return
        element, group = there[number - 1] if number <= len(there) else _insert(element, group, name), part


def _insert(element: _Element, group: Group, name: str) -> _Element:
    """A new element at its place in the order of the group."""
    own = group.members[f"{{{WCO}}}{name}"][0]
    place = sum(1 for child in element if group.members[str(child.tag)][0] <= own)
    child = etree.Element(f"{{{WCO}}}{name}")
    element.insert(place, child)
    return child


def _carry(root: _Element, changes: list[dict[str, Any]]) -> None:
    """Append the statements that carry what has no element."""
    text = json.dumps(changes, separators=(",", ":")).replace(" ", "\\u0020")
    for place in range(0, len(text), STATEMENT_CHARACTERS):
        statement = _insert(root, DECLARATION, "AdditionalInformation")
        number = place // STATEMENT_CHARACTERS + 1
        for name, value in (
            ("StatementCode", f"C{number}"),
            ("StatementDescription", text[place : place + STATEMENT_CHARACTERS]),
            ("StatementTypeCode", STATEMENT_TYPE),
        ):
            etree.SubElement(statement, f"{{{WCO}}}{name}").text = value
