"""Entry summary declarations for tests, and what can be done to one."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from lxml import etree
from lxml.etree import _Element

from singlewindow.ens.messages.table import MESSAGES, Group, Leaf
from singlewindow.ens.messages.writing import element_of

SAMPLE: dict[str, Any] = {
    "sender": "GBCD1234/1234567890",
    "recipient": "ZZCUS",
    "prepared_on": "260301",
    "prepared_at": "0830",
    "message_id": "MSG1",
    "message_type": "CC315A",
    "header": {
        "lrn": "ENS-0001",
        "transport_mode": "1",
        "transport_id": "9074729",
        "item_count": "1",
        "package_count": "10",
        "gross_mass_kg": "1200.5",
        "place": "AMARI",
        "commercial_reference": "MAEU123456789",
        "conveyance_reference": "V123",
        "loading_place": "CNSHA",
        "unloading_place": "ZZAMA",
        "declared_at": "202603010830",
    },
    "consignor": {
        "name": "Shanghai Lamps",
        "street": "1 Harbour Road",
        "postcode": "200000",
        "city": "Shanghai",
        "country": "CN",
    },
    "consignee": {"id": "ZZIMP0001"},
    "items": [
        {
            "number": "1",
            "description": "Desk lamps of steel",
            "gross_mass_kg": "1200.5",
            "documents": [{"type": "N705", "reference": "MAEU123456789"}],
            "commodity": {"code": "940520"},
            "containers": [{"number": "MSKU0383250"}],
            "packages": [{"kind": "CT", "count": "10", "marks": "KITO 1-10"}],
        }
    ],
    "itinerary": [{"country": "CN"}, {"country": "ZZ"}],
    "lodger": {"id": "ZZBRK0001"},
    "first_entry": {"office": "ZZ000101", "expected_at": "202604011200"},
}
"""A declaration of the sea that breaks no rule and interests nobody."""


def entry_values(**changes: Any) -> dict[str, Any]:
    """The sample with some fields of it changed; a double underscore goes into an object, None takes a field out."""
    values = copy.deepcopy(SAMPLE)
    for path, value in changes.items():
        *around, name = path.split("__")
        target: Any = values
        for step in around:
            target = target[int(step)] if step.isdigit() else target.setdefault(step, {})
        if value is None:
            target.pop(name, None)
        else:
            target[name] = value
    return values


def entry_xml(kind: str = "CC315A", **changes: Any) -> bytes:
    """The sample, changed, as the XML of ICS."""
    return etree.tostring(element_of(kind, entry_values(**changes)))


def amendment_xml(mrn: str, **changes: Any) -> bytes:
    """An amendment of the sample, changed."""
    return entry_xml(
        "CC313A",
        message_type="CC313A",
        header__lrn=None,
        header__mrn=mrn,
        **changes,
    )


def shared(*names: str) -> Path:
    """A folder of the public samples; the test is skipped where they are not at hand."""
    path = Path(settings.CSW_SHARED).joinpath("inputs", *names)
    if not path.exists():
        pytest.skip("the public samples are not at hand")
    return path


def schema_of(kind: str, edition: str = "") -> etree.XMLSchema:
    """The published schema of a message."""
    return etree.XMLSchema(etree.parse(shared("ens-ics-schemas", f"{kind}-v11-2{edition}.xsd")))


TEXTS = tuple(
    letter * length
    for length in (*range(11), *range(12, 19), 20, 21, 22, 23, 27, 28, 35, 36, 70, 71, 140, 141, 280, 281)
    for letter in ("a", "B", "7", "é")
)
ODD = (
    " ",
    " a b ",
    "a  b",
    "a\tb",
    "a\nb",
    "AB\nC",
    "AB C",
    " AB",
    "AB ",
    "A-",
    "AB1",
    "ab1",
    "A1",
    "AB\u0080x",
    "AB\x7fx",
    "Ab12345",
    "AB123456",
    "ab12cd34",
    "AB12 345",
    "+1",
    "-1",
    "1.5",
    "1.",
    ".5",
    ".",
    "+",
    "-",
    "+.5",
    "1e3",
    "1,5",
    "0",
    "00",
    "007",
    "0000000000000001.5",
    "12345678.901",
    "12345678.9012",
    "123456789.01",
    "1.0000",
    "1.00000000000000",
    "12345678901",
    "123456789012",
    "0.123",
    "0.1234",
    "+12.3",
    "-0",
    "--1",
    "NaN",
    "INF",
    "12AB1A2B3CD456EFG2",
    "12ab1A2B3CD456EFG2",
    "12AB1A2B3CD456EFGH",
    "12AB1A2B3CD456EFG22",
    "091231",
    "090229",
    "090230",
    "091331",
    "090431",
    "0|0101",
    "090|31",
    "091|31",
    "000101",
    "090001",
    "2359",
    "2400",
    "0060",
    "0000",
    "200912312359",
    "200912312400",
    "200902290000",
    "200902300000",
    "000012312359",
    "2009123123",
    "20091231235959",
    "200911310000",
    "200911300000",
    "CC315A",
    "CC313A",
    "CC314A",
    "CD917B",
    "CD915B",
    "CD033C",
    "cc315a",
    "\u0661\u0662",
    "\uff11\uff12",
    "\U0001f6a2\U0001f6a2",
    "e\u0301",
    "AB\u2028c",
)
VALUES = TEXTS + ODD
"""Texts on both sides of every facet of every form."""


def full_values(group: Group, times: int = 2) -> dict[str, Any]:
    """A message with every element that the table knows, lists of so many."""
    return {part.to: _full(part, times) for part in group.parts}


def _full(part: Leaf | Group, times: int) -> Any:
    if isinstance(part, Leaf):
        return next(value for value in VALUES if part.form.fits(value) and value == part.form.read(value))
    return [full_values(part, times) for _ in range(times)] if part.many else full_values(part, times)


def full_message(kind: str, times: int = 2) -> _Element:
    """A message with every element, each list so many times."""
    return element_of(kind, full_values(MESSAGES[kind], times))


def mutants(kind: str, inside: str = "") -> Iterator[tuple[str, _Element]]:
    """Messages with one change each: elements dropped, repeated, moved, renamed, and every text put into each value.

    Each element is changed once, at its first place; `inside` keeps to the elements of one group.
    """
    root = full_message(kind)
    for place in _places(root, inside):
        for name, change in STRUCTURE.items():
            made = copy.deepcopy(root)
            if change(_at(made, place)):
                yield f"{name} {place}", made
    root = full_message(kind, 1)
    for place in _places(root, inside):
        element = _at(made := copy.deepcopy(root), place)
        if len(element):
            continue
        for value in filter(_writable, VALUES):
            element.text = value
            yield f"{value!r} in {place}", made


def _places(root: _Element, inside: str) -> list[str]:
    tree, places = root.getroottree(), {}
    for element in root.iter():
        place = tree.getelementpath(element)
        if place.startswith(inside):
            places.setdefault(element.tag, place)
    return list(places.values())


def _at(root: _Element, place: str) -> _Element:
    found = root if place == "." else root.find(place)
    assert found is not None
    return found


def _writable(value: str) -> bool:
    return all(letter >= " " or letter in "\t\n" for letter in value)


def _drop(element: _Element) -> bool:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    return parent is not None


def _repeat(element: _Element) -> bool:
    parent = element.getparent()
    if parent is not None:
        element.addnext(copy.deepcopy(element))
    return parent is not None


def _crowd(times: int) -> Any:
    def change(element: _Element) -> bool:
        parent = element.getparent()
        if parent is None or element.getnext() is None or element.getnext().tag != element.tag:
            return False
        for _ in range(times - 2):
            element.addnext(copy.deepcopy(element))
        return True

    return change


def _later(element: _Element) -> bool:
    following = element.getnext()
    if following is not None:
        following.addnext(element)
    return following is not None


def _last(element: _Element) -> bool:
    parent = element.getparent()
    if parent is not None:
        parent.append(element)
    return parent is not None


def _rename(element: _Element) -> bool:
    element.tag = "Unheard"
    return True


def _qualify(element: _Element) -> bool:
    if str(element.tag).startswith("{"):
        element.tag = str(element.tag).rpartition("}")[2]
    else:
        element.tag = "{http://ics.dgtaxud.ec/CC315A}" + str(element.tag)
    return True


def _attribute(name: str, value: str) -> Any:
    def change(element: _Element) -> bool:
        element.set(name, value)
        return True

    return change


def _inner(element: _Element) -> bool:
    etree.SubElement(element, "NamCO17").text = "x"
    return True


def _text(element: _Element) -> bool:
    if not len(element):
        return False
    element[0].tail = "loose"
    return True


def _first_text(element: _Element) -> bool:
    if not len(element):
        return False
    element.text = "loose"
    return True


def _empty(element: _Element) -> bool:
    if not len(element):
        return False
    for child in list(element):
        element.remove(child)
    return True


STRUCTURE: dict[str, Any] = {
    "drop": _drop,
    "repeat": _repeat,
    "99 of": _crowd(99),
    "100 of": _crowd(100),
    "move behind the next": _later,
    "move to the end": _last,
    "rename": _rename,
    "change the namespace of": _qualify,
    "attribute on": _attribute("unheard", "1"),
    "xml:lang on": _attribute("{http://www.w3.org/XML/1998/namespace}lang", "en"),
    "hint on": _attribute("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b"),
    "nil on": _attribute("{http://www.w3.org/2001/XMLSchema-instance}nil", "false"),
    "element in": _inner,
    "loose text in": _text,
    "text before the first in": _first_text,
    "empty": _empty,
}
