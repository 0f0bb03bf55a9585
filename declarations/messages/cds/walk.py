"""One walk over the elements of a declaration: structure is checked and the canonical fields are filled on the way."""

import re
import unicodedata
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.forms import DATE, Form
from declarations.messages.cds.nodes import WCO, WCO_TYPES, Group, Leaf, Object
from declarations.messages.cds.values import instant
from declarations.messages.findings import MAX_FINDINGS
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.strict_json import printable

MAX_KEPT: Final = 999
"""Elements kept without a field of their own; the schema refuses a message with more."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
PLACES_OF_SCHEMAS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_NUMBER = f"{{{WCO}}}SequenceNumeric"
_EXPORT_COUNTRY = f"{{{WCO}}}ExportCountry"
"""Its ID is a code."""
_DATE_TAG = f"{{{WCO_TYPES}}}DateTimeString"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ATTRIBUTES = etree.XPath("//@*/..")
_MIXED_TEXT = etree.XPath("//*[*]/text()/..")

_CODE_ATTRIBUTES = frozenset(
    {"listID", "listAgencyID", "listAgencyName", "listName", "listVersionID", "name", "languageID", "listURI"}
    | {"listSchemeURI"}
)
_ID_ATTRIBUTES = frozenset(
    {"schemeID", "schemeName", "schemeAgencyID", "schemeAgencyName", "schemeVersionID", "schemeDataURI", "schemeURI"}
)
_ENDINGS: Final = (
    ("Amount", frozenset({"currencyID"})),
    ("Measure", frozenset({"unitCode"})),
    ("Quantity", frozenset({"unitCode"})),
    ("Code", _CODE_ATTRIBUTES),
    ("ID", _ID_ATTRIBUTES),
    ("DateTimeString", frozenset({"formatCode"})),
)
"""Attributes by the end of the element's name (its representation term in the WCO Data Model)."""
_TEXTS = frozenset(
    {"Authentication", "CityName", "CountrySubDivisionName", "Description", "Line", "LocationName", "Name"}
    | {"PackingMaterialDescription", "ResponsibleAgencyName", "StatementDescription", "WCOTypeName"}
)
ATTRIBUTE_FORMS: Final = {
    "currencyID": re.compile(r"[A-Z]{3}"),
    "unitCode": re.compile(r".{1,5}", re.DOTALL),
    "formatCode": re.compile(r"102|304"),
    "languageID": re.compile(r"\s*[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*\s*"),
    "listAgencyID": re.compile(r".{1,3}"),
    "schemeAgencyID": re.compile(r".{1,3}"),
}


class Walk:
    """The state of one reading: what was found wrong, what had no field, and where each field came from."""

    def __init__(self, root: _Element, *, trace: bool = False) -> None:
        self.root = root
        self.findings: list[Violation] = []
        self.faults: list[Violation] = []
        """Values that their form in the message does not allow, one each at most."""
        self.others: list[dict[str, str]] = []
        self.sources: dict[str, _Element] | None = {} if trace else None
        """Pointer to element, kept only on the second reading that explains a refusal."""

    def read(self, group: Group) -> Object:
        """The canonical fields of the message, as plain values."""
        values: Object = {}
        self._check_surroundings()
        self._group(self.root, group, values, "")
        if self.others:
            values["other_elements"] = self.others
        return {key: value for key, value in values.items() if value not in ({}, [])}

    def _group(self, element: _Element, group: Group, around: Object, pointer: str) -> None:
        members, place = group.members, -1
        for child in element:
            member = members.get(child.tag)
            if member is None:
                self._unknown(child, pointer)
                continue
            index, part, form = member
            if index > place:
                place = index
            elif index < place or not part.many:
                self._misplaced(child, part, pointer, repeated=index == place)
            if isinstance(part, Leaf):
                self._leaf(child, part, form, around, pointer)
            else:
                self._inner(child, part, around, pointer)
        if group.numbered and element.find(_NUMBER) is None:
            self._finding("format.missing", element, pointer, "SequenceNumeric must be given.")

    def _inner(self, child: _Element, part: Group, around: Object, pointer: str) -> None:
        key = part.key
        if not key:
            self._group(child, part, around, pointer)
            return
        if part.into:
            around = around.setdefault(part.into, {})
            pointer = f"{pointer}/{part.into}"
        pointer = f"{pointer}/{key}"
        if part.fold is not None:
            if self.sources is not None:
                self.sources.setdefault(pointer, child)
            values: Object = {}
            self._group(child, part, values, pointer)
            if values:
                part.fold(values, around)
            return
        if part.many:
            listed = around.setdefault(key, [])
            if len(listed) >= part.most:
                self._too_many(child, part, pointer)
                return
            pointer = f"{pointer}/{len(listed)}"
            values = {}
            listed.append(values)
        else:
            values = around.setdefault(key, {})
        if self.sources is not None:
            self.sources.setdefault(pointer, child)
        self._group(child, part, values, pointer)
        if not values:
            self._forget_empty(around, part)

    def _forget_empty(self, around: Object, part: Group) -> None:
        """An element that holds nothing says nothing, unless it must at least bear its number."""
        if not part.many:
            del around[part.key]
        elif part.parts[0].name != "SequenceNumeric" and part.key != "items":
            around[part.key].pop()

    def _leaf(self, child: _Element, leaf: Leaf, form: Form | None, around: Object, pointer: str) -> None:
        text = child.text or ""
        if leaf.read is instant:
            text = self._instant(child, leaf, pointer)
        else:
            if form is not None and not form.plain(text) and not form.accepts(text):
                self._fault(child, leaf, form, text, pointer)
            if len(child):
                self._finding("format.unexpected_element", child, pointer, "A value may not hold other elements.")
        if not text.isprintable() or text[:1] == " " or text[-1:] == " ":
            text = self._clean(text, child, pointer)
        elif not text.isascii():
            text = unicodedata.normalize("NFC", text)
        value = text if leaf.read is None else leaf.read(text, child)
        key = leaf.key
        if not key:
            self._keep(child, value)
            return
        if leaf.into:
            around = around.setdefault(leaf.into, {})
            pointer = f"{pointer}/{leaf.into}"
        if key in around:
            self._keep(child, value)
            return
        around[key] = value
        if self.sources is not None:
            self.sources[f"{pointer}/{key}"] = child

    def _instant(self, child: _Element, leaf: Leaf, pointer: str) -> str:
        """The text of one DateTimeString, which is all that a date may hold."""
        text = child.findtext(_DATE_TAG) or ""
        if len(child) != 1 or child[0].tag != _DATE_TAG or len(child[0]):
            self._finding("format.unexpected_element", child, pointer, f"{leaf.name} holds one DateTimeString.")
        elif not DATE.accepts(text):
            self._fault(child, leaf, DATE, text, pointer)
        elif child[0].get("formatCode") is None:
            self._finding("format.missing", child[0], pointer, "formatCode must be given (102 or 304).")
        return text

    def _fault(self, child: _Element, leaf: Leaf, form: Form, text: str, pointer: str) -> None:
        if len(self.faults) < MAX_FINDINGS:
            where = "/".join(part for part in (pointer, leaf.into, leaf.key) if part)
            shown = printable(text)[:120]
            sentence = f"{leaf.name} is empty." if not shown.strip() else f"{shown} does not have the right form."
            remedy, source = f"Use {form.words}.", self.where(child)
            self.faults.append(Violation(form.rule(text), where, sentence, remedy, shown, source))

    def _clean(self, text: str, child: _Element, pointer: str) -> str:
        """Text without the line breaks and indents of the document; other control characters are found wrong."""
        if any(space in text for space in "\n\r\t"):
            text = " ".join(text.split())
        text = unicodedata.normalize("NFC", text.strip(" "))
        if _CONTROL.search(text):
            self._finding("format.control_character", child, pointer, "A text holds a control character.")
        return text

    def _keep(self, child: _Element, value: object) -> None:
        if len(self.others) > MAX_KEPT:
            return
        text = value if isinstance(value, str) else str(child.text or "").strip()
        self.others.append({"path": self.where(child, inside=True), "value": text})

    def _check_surroundings(self) -> None:
        """Attributes and loose text, found by two passes of C code instead of a look at every element."""
        for element in _elements(_ATTRIBUTES, self.root):
            name = etree.QName(element).localname
            known = frozenset({"languageID"}) if name in _TEXTS else frozenset()
            allowed = next((some for ending, some in _ENDINGS if name.endswith(ending)), known)
            if name == "GoodsMeasure":
                allowed = known
            elif name == "ID" and (around := element.getparent()) is not None and around.tag == _EXPORT_COUNTRY:
                allowed = _CODE_ATTRIBUTES
            for attribute, value in element.items():
                self._check_attribute(element, str(attribute), str(value), allowed)
        for element in _elements(_MIXED_TEXT, self.root):
            self._finding("format.unexpected_text", element, "", "There is text between the elements.")

    def _check_attribute(self, element: _Element, name: str, value: str, allowed: frozenset[str]) -> None:
        if name in PLACES_OF_SCHEMAS:
            return
        if name not in allowed:
            self._finding(
                "format.unknown_attribute", element, "", f"The attribute {printable(name)} is not known here."
            )
        elif (form := ATTRIBUTE_FORMS.get(name)) and not form.fullmatch(value):
            text = f"{printable(value)[:60]} is no value of the attribute {name}."
            self._finding("format.value", element, "", text)

    def _unknown(self, child: _Element, pointer: str) -> None:
        text = f"The element {printable(etree.QName(child).localname)} is not known here."
        self._finding("format.unknown_element", child, pointer, text)

    def _too_many(self, child: _Element, part: Group, pointer: str) -> None:
        if not any(one.rule == "format.too_many" for one in self.findings):
            text = f"There are more than {part.most} elements {part.name}."
            self._finding("format.too_many", child, pointer, text)

    def _misplaced(self, child: _Element, part: Leaf | Group, pointer: str, *, repeated: bool) -> None:
        if repeated:
            self._finding("format.repeated", child, pointer, f"The element {part.name} stands more than once.")
        else:
            self._finding("format.order", child, pointer, f"The element {part.name} stands after a later one.")

    def _finding(self, rule: str, element: _Element, pointer: str, text: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            remedy = "Compare the element with the message guide (WCO DEC-DMS 2)."
            self.findings.append(Violation(rule, pointer, text, remedy, source=self.where(element)))

    def source_of(self, pointer: str) -> str:
        """The path of the element that a field came from, or of the nearest one around a field that is missing."""
        sources = self.sources or {}
        while pointer and pointer not in sources:
            pointer = pointer.rpartition("/")[0]
        return self.where(sources.get(pointer, self.root))

    def where(self, element: _Element, *, inside: bool = False) -> str:
        """The path of an element in names and positions, from the root or (`inside`) from within the declaration."""
        steps: list[str] = []
        while element is not self.root:
            before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
            alone = before == 0 and next(element.itersiblings(element.tag), None) is None
            name = etree.QName(element).localname
            steps.append(name if alone else f"{name}[{before + 1}]")
            parent = element.getparent()
            if parent is None:
                break
            element = parent
        if not inside:
            steps.append("/" + etree.QName(self.root).localname)
        return "/".join(reversed(steps))


def _elements(path: etree.XPath, root: _Element) -> list[_Element]:
    """What a path that selects elements selects; the type of lxml knows all the other results too."""
    return cast("list[_Element]", path(root))
