"""Bodies that try to break the door, each with the answer that it must get; named by the case it belongs to."""

import codecs
from dataclasses import dataclass
from typing import Any

import orjson

from tests.factories.declarations import import_json

JSON = "application/json"
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A body, how it is announced, and the answer that it must get; a code that ends in a dot is a family."""

    name: str
    body: bytes
    status: int
    code: str
    content_type: str = JSON

    def __str__(self) -> str:
        return self.name


def good() -> bytes:
    """A declaration that is taken."""
    return orjson.dumps(import_json(lrn="HOSTILE-1"))


def instead(old: str, new: str | bytes) -> bytes:
    """The good declaration with a part of its text exchanged."""
    body, wanted = good(), old.encode()
    assert body.count(wanted) >= 1, old
    return body.replace(wanted, new.encode() if isinstance(new, str) else new, 1)


def having(member: str) -> bytes:
    """The good declaration with one more member at its beginning."""
    return b"{" + member.encode() + b"," + good()[1:]


def item_having(member: str) -> bytes:
    """The good declaration whose first item has one more member."""
    return instead('"items":[{', '"items":[{' + member + ",")


def _changed(**changes: Any) -> bytes:
    return orjson.dumps(import_json(lrn="HOSTILE-1") | changes)


COUNT = '"item_count":1'
DESCRIPTION = "Electric coffee makers"

UNREADABLE: tuple[Hostile, ...] = (
    Hostile("J1 a hundred thousand opening brackets", b"[" * 100_000, 400, "json.too_deep"),
    Hostile("J1 a hundred thousand lists in lists", b"[" * 100_000 + b"]" * 100_000, 400, "json.too_deep"),
    Hostile("J1 a hundred thousand objects in objects", b'{"a":' * 100_000, 400, "json.too_deep"),
    Hostile("J2 a list 900 deep", having('"note":' + "[" * 900 + "]" * 900), 400, "json.too_deep"),
    Hostile("J2 an object 900 deep", having('"note":' + '{"a":' * 900 + "1" + "}" * 900), 400, "json.too_deep"),
    Hostile("J2 a list 900 deep in an item", item_having('"note":' + "[" * 900 + "]" * 900), 400, "json.too_deep"),
    Hostile("J3 NaN", instead(COUNT, '"item_count":NaN'), 400, "json.number"),
    Hostile("J3 Infinity", instead(COUNT, '"item_count":Infinity'), 400, "json.number"),
    Hostile("J3 -Infinity", instead(COUNT, '"item_count":-Infinity'), 400, "json.number"),
    Hostile("J3 1e999", instead(COUNT, '"item_count":1e999'), 400, "json.number"),
    Hostile("J4 the same name twice", instead(COUNT, '"item_count":1,"item_count":9'), 400, "json.duplicate_key"),
    Hostile("J4 twice in an item", item_having('"origin":"KP"'), 400, "json.duplicate_key"),
    Hostile("J4 twice, once escaped", having('"l\\u0072n":"OTHER"'), 400, "json.duplicate_key"),
    Hostile("J5 NUL in a text", instead(DESCRIPTION, "Electric\\u0000"), 400, "json.control_character"),
    Hostile("J5 NUL as a byte", instead(DESCRIPTION, b"Electric\x00"), 400, "json.malformed"),
    Hostile("J5 NUL in a name", having('"no\\u0000te":"x"'), 400, "json.control_character"),
    Hostile("J6 half a surrogate pair", instead(DESCRIPTION, "Electric\\ud800"), 400, "json.surrogate"),
    Hostile("J6 a pair the wrong way round", instead(DESCRIPTION, "Electric\\udc00\\ud800"), 400, "json.surrogate"),
    Hostile("J6 half a pair in a name", having('"no\\ud800te":"x"'), 400, "json.surrogate"),
    Hostile("J6 half a pair as bytes", instead(DESCRIPTION, b"Electric\xed\xa0\x80"), 400, "json.encoding"),
    Hostile("J7 a number of 5000 digits", instead(COUNT, '"item_count":' + "9" * 5000), 400, "json.number"),
    Hostile("J7 two to the power of 70", instead(COUNT, f'"item_count":{2**70}'), 400, "json.number"),
    Hostile("J10 not UTF-8", instead(DESCRIPTION, b"Caf\xe9"), 400, "json.encoding"),
    Hostile("J10 an overlong slash", instead(DESCRIPTION, b"a\xc0\xafb"), 400, "json.encoding"),
    Hostile("J10 UTF-16 with a mark", good().decode().encode("utf-16"), 400, "json.encoding"),
    Hostile("J10 UTF-16 without a mark", good().decode().encode("utf-16-le"), 400, "json."),
    Hostile("J10 UTF-32", good().decode().encode("utf-32"), 400, "json.encoding"),
    Hostile("J10 a byte order mark", codecs.BOM_UTF8 + good(), 400, "json.encoding"),
    Hostile("no JSON at all", b"MRN?", 400, "json.malformed"),
    Hostile("only blanks", b" \n ", 400, "json.malformed"),
    Hostile("two values", good() + good(), 400, "json.malformed"),
    Hostile("a comma too many", good()[:-1] + b",}", 400, "json.malformed"),
    Hostile("a single quote", good().replace(b'"', b"'"), 400, "json.malformed"),
)
"""Refused by whatever route reads JSON."""

MEDIA: tuple[Hostile, ...] = (
    Hostile("J10 charset=foo", good(), 415, "media_type", f"{JSON}; charset=foo"),
    Hostile("J10 charset=utf-16", good(), 415, "media_type", f"{JSON}; charset=utf-16"),
    Hostile("J10 charset=utf-7", good(), 415, "media_type", f"{JSON}; charset=utf-7"),
    Hostile("J11 text/plain", good(), 415, "media_type", "text/plain"),
    Hostile("J11 a form", b"lrn=1", 415, "media_type", "application/x-www-form-urlencoded"),
    Hostile("J11 a form of parts", b"--a--", 415, "media_type", "multipart/form-data; boundary=a"),
    Hostile("J11 no type", good(), 415, "media_type", ""),
    Hostile("J11 two types", good(), 415, "media_type", f"{JSON}, {XML}"),
    Hostile("J11 nonsense", good(), 415, "media_type", "application/json/xml"),
    Hostile("J11 XML that says JSON", b"<a/>", 400, "json.malformed", JSON),
    Hostile("J11 JSON that says XML", good(), 400, "xml.not_well_formed", XML),
)

UNFIT: tuple[Hostile, ...] = (
    Hostile("J7 true for a whole number", instead(COUNT, '"item_count":true'), 400, "format."),
    Hostile("J7 a fraction for a whole number", instead(COUNT, '"item_count":1.5'), 400, "format."),
    Hostile("J7 two to the power of 50", instead(COUNT, f'"item_count":{2**50}'), 400, "format."),
    Hostile("J7 a whole number below zero", instead(COUNT, '"item_count":-1'), 400, "format."),
    Hostile("J8 status", having('"status":"RELEASED"'), 400, "format.unknown_field"),
    Hostile("J8 legal_state", having('"legal_state":"RELEASED"'), 400, "format.unknown_field"),
    Hostile("J8 owner", having('"owner":"ZZIMP0002"'), 400, "format.unknown_field"),
    Hostile("J8 lodged_by", having('"lodged_by":"ZZIMP0002"'), 400, "format.unknown_field"),
    Hostile("J8 duty", having('"duty":0'), 400, "format.unknown_field"),
    Hostile("J8 mrn", having('"mrn":"26ZZ010100000041R8"'), 400, "format.unknown_field"),
    Hostile("J8 id", having('"id":"01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"'), 400, "format.unknown_field"),
    Hostile("J8 lane of an item", item_having('"lane":"GREEN"'), 400, "format.unknown_field"),
    Hostile("J8 __proto__", having('"__proto__":{"a":"b"}'), 400, "format.unknown_field"),
    Hostile("J9 a list", b"[]", 400, "format."),
    Hostile("J9 a list of declarations", b"[" + good() + b"]", 400, "format."),
    Hostile("J9 null", b"null", 400, "format."),
    Hostile("J9 a text", b'"IMA"', 400, "format."),
    Hostile("J9 a number", b"5", 400, "format."),
    Hostile("J9 true", b"true", 400, "format."),
    Hostile("J9 an object without members", b"{}", 400, "format."),
    Hostile("J9 an operator for a text", _changed(lrn={"$gt": ""}), 400, "format."),
    Hostile("J9 an operator for an id", _changed(declarant={"id": {"$gt": ""}}), 400, "format."),
    Hostile("J9 a list for a text", _changed(lrn=["A", "B"]), 400, "format."),
    Hostile("J9 a text for an object", _changed(declarant="ZZIMP0001"), 400, "format."),
    Hostile("J9 an object for a list", _changed(items={"0": {"number": 1}}), 400, "format."),
    Hostile("J9 a list of texts for items", _changed(items=["A"]), 400, "format."),
    Hostile(
        "J9 an object for an amount", _changed(invoice_total={"amount": {"a": 1}, "currency": "EUR"}), 400, "format."
    ),
)
"""JSON that can be read, and is no declaration."""
