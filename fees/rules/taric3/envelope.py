"""Reading one envelope: every record with its values, or everything that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lxml import etree

from fees.rules.taric3.catalogue import RECORD_TYPES, Field, RecordType
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.kernel.safe_xml import parse

BYTES_MOST: Final = 20_000_000
FOUND_MOST: Final = 500
GENERAL: Final = "{urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0}"
MESSAGE: Final = "{urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0}"
HEADER: Final = ("transaction.id", "record.code", "subrecord.code", "record.sequence.number", "update.type")
TEXT_MOST: Final = 20_000
_ENVELOPE_ID = re.compile(r"[0-9]{6}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
_CODE = re.compile(r"[0-9A-Z]+", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}", re.ASCII)

Value = str | int | Decimal | date


class Update(StrEnum):
    """What a record does."""

    CHANGE = "1"
    DELETE = "2"
    CREATE = "3"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an envelope."""

    element: str
    update: Update
    number: str
    """Its sequence number, as the sender counts."""
    pointer: str
    """Where it stands: `/transactions/0/messages/2/records/0`."""
    values: Mapping[str, Value]

    @property
    def key(self) -> str:
        """What names it among the records of its type."""
        return "/".join(str(self.values[name]) for name in RECORD_TYPES[self.element].key)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope with every record in its order."""

    id: str
    transactions: int
    records: tuple[Record, ...]


def envelope_read(content: bytes) -> Envelope:
    """Every record of an envelope.

    Source: docs/rules/fees.md, FE-TX-01 to FE-TX-03.

    Raises:
        TooLarge, FormatRefused: it is no safe XML (`singlewindow.kernel.safe_xml`).
        RuleViolated: it is no envelope, or records of it are broken; all findings with their places, at once.
    """
    root = parse(content, max_bytes=BYTES_MOST)
    wrong: list[Violation] = []
    if root.tag != f"{GENERAL}envelope":
        raise _refused([_found("FE-TX-01", "", "its root is no TARIC3 envelope", str(root.tag))])
    envelope_id = root.get("id", "")
    if not _ENVELOPE_ID.fullmatch(envelope_id):
        told = "the id of an envelope is two digits of the year and four of a counter"
        wrong.append(_found("FE-TX-01", "/id", told, envelope_id))
    records = tuple(_records(root, wrong))
    if not records and not wrong:
        wrong.append(_found("FE-TX-01", "", "it holds no record"))
    if wrong:
        raise _refused(wrong)
    return Envelope(envelope_id, len(root), records)


def _records(root: etree._Element, wrong: list[Violation]) -> Iterator[Record]:
    for place, transaction in enumerate(root):
        at = f"/transactions/{place}"
        if transaction.tag != f"{GENERAL}transaction" or not len(transaction):
            wrong.append(_found("FE-TX-01", at, "it is no transaction with messages", str(transaction.tag)))
            continue
        for number, message in enumerate(transaction):
            within = f"{at}/messages/{number}"
            found = list(message.iterfind(f"{MESSAGE}transmission/{MESSAGE}record"))
            if message.tag != f"{GENERAL}app.message" or not found:
                wrong.append(_found("FE-TX-01", within, "it is no message with records", str(message.tag)))
            for index, element in enumerate(found):
                record = _record(element, f"{within}/records/{index}", wrong)
                if record is not None:
                    yield record


def _record(element: etree._Element, pointer: str, wrong: list[Violation]) -> Record | None:
    parts = {_name(child): child for child in element}
    header = {name: _text(parts.pop(name)) for name in HEADER if name in parts}
    missing = [name for name in HEADER if not header.get(name)]
    if missing or len(parts) != 1:
        told = f"it lacks {', '.join(missing)}" if missing else "it must hold exactly one record"
        wrong.append(_found("FE-TX-02", pointer, told))
        return None
    ((name, body),) = parts.items()
    kind = RECORD_TYPES.get(name)
    if kind is None:
        wrong.append(_found("FE-TX-02", pointer, "no such record type is known", name))
        return None
    if header["update.type"] not in set(Update):
        wrong.append(_found("FE-TX-02", pointer, "update.type is 1, 2 or 3", header["update.type"]))
        return None
    before = len(wrong)
    values = _values(kind, body, f"{pointer}/{name}", wrong)
    if len(wrong) > before:
        return None
    return Record(name, Update(header["update.type"]), header["record.sequence.number"], pointer, values)


def _values(kind: RecordType, body: etree._Element, pointer: str, wrong: list[Violation]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for child in body:
        name, text = _name(child), _text(child)
        field = kind.fields.get(name)
        if field is None or name in values or len(child):
            told = "is no field of this record" if field is None else "stands there twice or holds elements"
            wrong.append(_found("FE-TX-03", f"{pointer}/{name}", told))
        elif text:
            value = _value(field, text)
            if value is None:
                wrong.append(_found("FE-TX-03", f"{pointer}/{name}", "cannot be read", text))
            else:
                values[name] = value
    told_of = {one.pointer for one in wrong}
    missing = [field for field in kind.fields.values() if field.required and field.name not in values]
    places = [f"{pointer}/{field.name}" for field in missing]
    wrong.extend(_found("FE-TX-03", place, "is missing") for place in places if place not in told_of)
    first, last = values.get("validity.start.date"), values.get("validity.end.date")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        wrong.append(_found("FE-TX-03", f"{pointer}/validity.end.date", "it ends before it begins", str(last)))
    return values


def _value(field: Field, text: str) -> Value | None:
    match field.form:
        case "i":
            return int(text) if _NUMBER.fullmatch(text) else None
        case "n":
            return Decimal(text) if _DECIMAL.fullmatch(text) else None
        case "d":
            try:
                return date.fromisoformat(text)
            except ValueError:
                return None
        case "f":
            return text if text in ("0", "1") else None
        case "l":
            return text.upper() if _LANGUAGE.fullmatch(text) else None
        case "g":
            return text if len(text) == 10 and text.isascii() and text.isdigit() else None
        case "t":
            return text if len(text) <= TEXT_MOST else None
    return text if _CODE.fullmatch(text) and len(text) <= field.longest else None


def _name(element: etree._Element) -> str:
    """The name of a field; some agencies write underscores where others write points."""
    return str(element.tag).removeprefix(MESSAGE).replace("_", ".")


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


def _found(rule: str, pointer: str, told: str, value: str = "") -> Violation:
    where = pointer or "The envelope"
    return Violation(rule, pointer, f"{where}: {told}.", "Send the whole envelope again, corrected.", value[:80])


def _refused(wrong: list[Violation]) -> RuleViolated:
    return RuleViolated("The envelope cannot be read.", violations=wrong[:FOUND_MOST])
