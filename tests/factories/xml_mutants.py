"""Structural mutants of an XML message: one element dropped, repeated, moved, renamed, or given another value."""

import random
from collections.abc import Iterator

from lxml import etree

DEC = "{urn:wco:datamodel:WCO:DEC-DMS:2}"

VALUES = (
    *("", " ", "x", "X" * 4, "X" * 18, "X" * 36, "X" * 71, "X" * 257, "X" * 513, "ab", "AB", "abc", "A1"),
    *("0", "1", "-1", "+1", "1.5", "1.", ".5", "1.50", "1.0", "1e3", "1,5", "12345", "123456", "1234567890123456"),
    *("12345678901234567", "0000000000000000012", "1.1234", "1.1234567", "0.000", "NaN", "9", "13", "7", "99", "999"),
    *("20260301", "20260301093000Z", "2026-03-01", "x\ny", " x ", "\tx", "é" * 9, "true", "٣"),
)


def mutants(body: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many mutants, each with what was done to it; the same seed gives the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        root = etree.fromstring(body, etree.XMLParser(remove_comments=True))
        inner = [one for one in root.iter(f"{DEC}*") if one.getparent() is not None]
        element = chance.choice(inner)
        done = _change(element, chance)
        if done:
            yield f"{done} {etree.QName(element).localname}", etree.tostring(root)


def _change(element: etree._Element, chance: random.Random) -> str:
    parent = element.getparent()
    assert parent is not None
    kind = chance.choice(["drop", "repeat", "move", "rename", "value", "value", "value", "attribute", "loose text"])
    if kind == "drop":
        parent.remove(element)
    elif kind == "repeat":
        parent.insert(parent.index(element), etree.fromstring(etree.tostring(element, with_tail=False)))
    elif kind == "move":
        parent.insert(chance.randrange(len(parent)), element)
    elif kind == "rename":
        element.tag = chance.choice([str(element.tag) + "Other", DEC + "ID", DEC + "Name", "{urn:other}ID"])
    elif kind == "attribute":
        name = chance.choice(["currencyID", "unitCode", "colour", "languageID", "listID", "schemeID", "formatCode"])
        value = chance.choice(["EUR", "eur", "KGM", "", "TOOLONG", "304", "en"])
        element.set(name, value)
        return f"attribute {name}={value}"
    elif kind == "loose text":
        element.tail = "loose"
    elif len(element):
        return ""
    else:
        value = chance.choice(VALUES)
        element.text = value
        return f"value {value[:30]!r}"
    return kind
