"""One walk over the elements of an entry summary declaration: what is wrong with them, and the fields they give."""

from collections import Counter
from typing import Any, Final, TypeAlias

from lxml import etree
from lxml.etree import _Element

from singlewindow.ens.messages.table import Group, Leaf, Part
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.strict_json import printable

MAX_FINDINGS: Final = 200
"""Findings listed of one message; a message with more is not ours to mend."""

Values: TypeAlias = dict[str, Any]
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_REMEDY = "Compare the element with the message guide of CC315A and CC313A."


class Walk:
    """The state of one reading."""

    def __init__(self, root: _Element, *, reduced: bool) -> None:
        self.root = root
        self.reduced = reduced
        self.findings: list[Violation] = []
        self._places: dict[_Element, dict[_Element, str]] = {}

    def read(self, table: Group) -> Values:
        """The fields of the message as plain texts, lists and objects."""
        return self._group(self.root, table, "")

    def _group(self, element: _Element, group: Group, pointer: str) -> Values:
        self._check_attributes(element, pointer)
        self._check_loose_text(element, pointer)
        values: Values = {}
        place, counts = -1, [0] * len(group.parts)
        for child in element:
            if len(self.findings) >= MAX_FINDINGS:
                return values
            member = group.members.get(str(child.tag))
            if member is None:
                self._unknown(child, pointer)
                continue
            index, part = member
            if index < place:
                self._finding("format.order", child, f"{pointer}/{part.to}", f"{part.name} stands after a later one.")
            place = max(place, index)
            counts[index] += 1
            if counts[index] > part.most:
                text = (
                    f"{part.name} stands more than {part.most} times."
                    if part.most > 1
                    else f"{part.name} stands twice."
                )
                self._finding("format.repeated", child, f"{pointer}/{part.to}", text)
                continue
            self._take(child, part, values, pointer, counts[index] - 1)
        for part, count in zip(group.parts, counts, strict=True):
            if count < part.least and not (self.reduced and isinstance(part, Leaf) and part.reducible):
                self._missing(element, part, pointer)
        return values

    def _take(self, child: _Element, part: Part, values: Values, pointer: str, number: int) -> None:
        pointer = f"{pointer}/{part.to}"
        if isinstance(part, Leaf):
            values[part.to] = self._leaf(child, part, pointer)
        elif part.many:
            values.setdefault(part.to, []).append(self._group(child, part, f"{pointer}/{number}"))
        else:
            values[part.to] = self._group(child, part, pointer)

    def _leaf(self, child: _Element, leaf: Leaf, pointer: str) -> str:
        self._check_attributes(child, pointer)
        if len(child):
            self._finding("format.unexpected_element", child, pointer, f"{leaf.name} may not hold other elements.")
        value = leaf.form.read(child.text or "")
        if not leaf.form.fits(value):
            rule = "format.value" if value else "format.empty"
            text = f"{printable(value)[:80]} is not {leaf.form.words}." if value else f"{leaf.name} is empty."
            self._finding(rule, child, pointer, text, f"Use {leaf.form.words}.", printable(value)[:120])
        return value

    def _missing(self, element: _Element, part: Part, pointer: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            source = f"{self.where(element)}/{part.name}"
            text = f"{part.name} must be given."
            self.findings.append(Violation("format.missing", f"{pointer}/{part.to}", text, "Add it.", source=source))

    def _unknown(self, child: _Element, pointer: str) -> None:
        text = f"The element {printable(str(child.tag))[:80]} is not known here."
        self._finding("format.unknown_element", child, pointer, text)

    def _check_attributes(self, element: _Element, pointer: str) -> None:
        for name in element.keys():  # noqa: SIM118  (an element is not a mapping; it iterates over its children)
            if name not in _HINTS:
                text = f"The attribute {printable(str(name))[:80]} is not known here."
                self._finding("format.unknown_attribute", element, pointer, text)

    def _check_loose_text(self, element: _Element, pointer: str) -> None:
        texts = [element.text, *(child.tail for child in element)]
        if any(text and text.strip(" \t\r\n") for text in texts):
            self._finding("format.unexpected_text", element, pointer, "There is text between the elements.")

    def _finding(
        self, rule: str, element: _Element, pointer: str, text: str, remedy: str = _REMEDY, value: str = ""
    ) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Violation(rule, pointer, text, remedy, value, self.where(element)))

    def where(self, element: _Element) -> str:
        """The path of an element in names and positions, from the root."""
        steps: list[str] = []
        while element is not self.root:
            parent = element.getparent()
            if parent is None:
                break
            steps.append(self._named(parent)[element])
            element = parent
        steps.append("/" + etree.QName(self.root).localname)
        return "/".join(reversed(steps))

    def _named(self, parent: _Element) -> dict[_Element, str]:
        """The step to each child, counted once: a message of many faults among many elements costs no more."""
        if parent not in self._places:
            names = [str(child.tag).rpartition("}")[2] for child in parent]
            total, seen = Counter(names), Counter[str]()
            steps = {}
            for child, name in zip(parent, names, strict=True):
                seen[name] += 1
                steps[child] = name if total[name] == 1 else f"{name}[{seen[name]}]"
            self._places[parent] = steps
        return self._places[parent]


def path_of(table: Group, pointer: str) -> str:
    """The XPath of a field by its pointer, whether or not the message has it."""
    steps, part = [f"/{table.name}"], table
    for step in pointer.split("/")[1:]:
        if step.isdigit():
            steps[-1] += f"[{int(step) + 1}]"
            continue
        found = part.fields.get(step)
        if found is None:
            break
        steps.append(found.name)
        if isinstance(found, Group):
            part = found
    return "/".join(steps)
