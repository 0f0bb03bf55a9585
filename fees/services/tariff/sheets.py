"""The sheets of the tariff: each a file, its table, its columns in order, and how a line becomes a row."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from fees.models import Charge, Measure, Nomenclature, OriginGroup, ProofOfOrigin, Relief, TaricRecord, TariffNote
from fees.models.tariff import Versioned
from fees.rules.conditions import conditions_read, conditions_text
from fees.rules.expression import parse
from fees.types import CONTROLS, ChargeEvent, Direction, MeasureKind, NoteKind, Rounding
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.reference.selectors import profile

_LONG_NUMBER = re.compile(r"[0-9]{13}", re.ASCII)

Row = dict[str, Any]
"""The values of one row by column, as Python values."""

TAX_TYPES = {
    MeasureKind.DUTY: "A00",
    MeasureKind.PREFERENCE: "A00",
    MeasureKind.SUSPENSION: "A00",
    MeasureKind.ANTI_DUMPING: "A30",
    MeasureKind.VAT: "B00",
}
"""The tax type of a kind of measure; an excise names its own, and a control has the authority that asks."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its table, its columns in order, and how a line becomes a row."""

    name: str
    model: type[Versioned]
    columns: tuple[str, ...]
    read: Callable[[Mapping[str, str]], Row] | None
    """None for what no CSV file holds."""
    about: tuple[str, ...]
    """The columns that name what a row is about."""
    exclusive: bool = True
    """Whether no two rows about the same hold on one day; the database sees to it as well."""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    def field(self, column: str) -> "models.Field[Any, Any]":
        """The field of the table that a column is."""
        field = self.model._meta.get_field(column)
        assert isinstance(field, models.Field)  # a sheet has no column that points from another table
        return field

    def key(self, values: Mapping[str, Any]) -> str:
        """What names a row: everything that it says."""
        return "|".join(plain(values[column]) for column in self.columns)

    def subject(self, values: Mapping[str, Any]) -> str:
        """What a row is about, whatever it says of it: two rows of one subject are a change."""
        return "|".join(plain(values[column]) for column in self.about)

    def too_long(self, values: Mapping[str, Any]) -> str:
        """The first column whose text does not fit, empty where all do."""
        for column in self.columns:
            field = self.field(column)
            inner: models.Field[Any, Any] = getattr(field, "base_field", field)
            parts = values[column] if isinstance(values[column], list) else [values[column]]
            if inner.max_length and any(isinstance(part, str) and len(part) > inner.max_length for part in parts):
                return column
        return ""


def plain(value: Any) -> str:
    """A value as one text, the same for a row of a file and for a row of a table."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return conditions_text(value)
        return " ".join(value)
    if isinstance(value, dict):
        return canonical_bytes(value).decode()
    return "" if value is None else str(value)


def measure_read(line: Mapping[str, str]) -> Row:
    """A line of measures.csv as a row. Raises ValueError."""
    kind = MeasureKind(line["kind"])
    authority = line["authority"]
    return {
        "kind": kind.value,
        "tax_type": line["tax_type"] or TAX_TYPES.get(kind, authority if kind in CONTROLS else ""),
        "prefix": _digits(line["prefix"]),
        "origin": line["origin"],
        "direction": Direction(line["direction"]).value,
        "additional_code": line["additional_code"],
        "expression": _expression(kind, line["expression"]),
        "rounding": Rounding[line["rounding"]].value,
        "law": line["law"],
        "authority": authority,
        **_validity(line),
        "order_number": _order_number(kind, line["order_number"]),
        "excluded": line["excluded"].split(),
        "conditions": conditions_read(line["conditions"]),
        "footnotes": line["footnotes"].split(),
    }


def _expression(kind: MeasureKind, text: str) -> str:
    if kind in CONTROLS:
        if text:
            raise ValueError(f"a {kind.value} costs nothing, so it has no rate")
        return ""
    if _LONG_NUMBER.search(text):
        raise ValueError("a rate has no number of more than twelve digits")
    expression = parse(text)
    foreign = expression.currencies - {profile(clock.today()).currency}
    if foreign:
        raise ValueError(f"a rate in {', '.join(sorted(foreign))} is not in the country's currency")
    return expression.text


def _order_number(kind: MeasureKind, text: str) -> str:
    if text and not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is no order number of six digits")
    if text and kind not in (MeasureKind.DUTY, MeasureKind.PREFERENCE):
        raise ValueError("only a duty or a preference is for a quota")
    return text


def _charge(line: Mapping[str, str]) -> Row:
    amounts = {name: _decimal(line[name]) for name in ("amount", "percentage", "minimum", "maximum")}
    if (amounts["amount"] is None) == (amounts["percentage"] is None):
        raise ValueError("a charge has an amount or a percentage")
    return {
        **{name: line[name] for name in ("code", "title", "authority", "authority_name", "law", "unit", "comment")},
        "event": ChargeEvent(line["event"]).value,
        **amounts,
        "prefixes": line["prefixes"].split(),
        "in_vat_base": line["in_vat_base"] == "yes",
        "published_on": date.fromisoformat(line["published_on"]),
        **_validity(line),
    }


def _nomenclature(line: Mapping[str, str]) -> Row:
    code = line["code"]
    if not (len(code) == 10 and code.isascii() and code.isdigit()):
        raise ValueError(f"{code!r} is no code of ten digits")
    if line["declarable"] not in ("yes", "no"):
        raise ValueError("declarable is yes or no")
    indent = line["indent"]
    if not (indent.isascii() and indent.isdigit() and len(indent) < 3):
        raise ValueError(f"{indent!r} is no indent")
    return {
        "code": code,
        "suffix": line["suffix"] or "80",
        "indent": int(indent),
        "description": _filled(line, "description"),
        "unit": line["unit"],
        "declarable": line["declarable"] == "yes",
        "footnotes": line["footnotes"].split(),
        **_validity(line),
    }


def _note(line: Mapping[str, str]) -> Row:
    kind = NoteKind(line["kind"]).value
    return {"kind": kind, "code": _filled(line, "code"), "text": _filled(line, "text"), **_validity(line)}


def _group(line: Mapping[str, str]) -> Row:
    names = ("group", "title", "country", "claim")
    return {name: line[name] for name in names} | _validity(line)


def _relief(line: Mapping[str, str]) -> Row:
    taxes = [MeasureKind(tax).value for tax in line["taxes"].split()]
    return {name: line[name] for name in ("procedure", "code", "reason", "law")} | {"taxes": taxes}


def _proof(line: Mapping[str, str]) -> Row:
    return {"document": line["document"], "title": line["title"]}


def _filled(line: Mapping[str, str], name: str) -> str:
    if not line[name].strip():
        raise ValueError(f"{name} is empty")
    return line[name]


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 2 <= len(text) <= 10):
        raise ValueError(f"{text!r} is no HS prefix of 2 to 10 digits")
    return text


def _decimal(text: str) -> Decimal | None:
    if not text:
        return None
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(f"{text!r} is no number")
    return value


def _validity(line: Mapping[str, str]) -> dict[str, date | None]:
    first = date.fromisoformat(line["valid_from"])
    last = date.fromisoformat(line["valid_to"]) if line["valid_to"] else None
    if last is not None and last < first:
        raise ValueError("it ends before it begins")
    return {"valid_from": first, "valid_to": last}


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MEASURES = Sheet(
    "measures",
    Measure,
    _columns(
        "kind tax_type prefix origin direction additional_code expression rounding law authority"
        " valid_from valid_to order_number excluded conditions footnotes"
    ),
    measure_read,
    _columns("kind tax_type direction prefix origin additional_code order_number"),
)
CHARGES = Sheet(
    "charges",
    Charge,
    _columns(
        "code title authority authority_name law event unit amount percentage minimum maximum prefixes"
        " in_vat_base valid_from valid_to published_on comment"
    ),
    _charge,
    ("code",),
)
NOMENCLATURE = Sheet(
    "nomenclature",
    Nomenclature,
    _columns("code suffix indent description unit declarable footnotes valid_from valid_to"),
    _nomenclature,
    ("code", "suffix"),
)
NOTES = Sheet("tariff_notes", TariffNote, _columns("kind code text valid_from valid_to"), _note, ("kind", "code"))
GROUPS = Sheet(
    "origin_groups",
    OriginGroup,
    _columns("group title country claim valid_from valid_to"),
    _group,
    ("group", "country"),
    exclusive=False,
)
RELIEFS = Sheet(
    "reliefs", Relief, _columns("procedure taxes code reason law"), _relief, ("procedure", "code"), exclusive=False
)
PROOFS = Sheet("proofs_of_origin", ProofOfOrigin, _columns("document title"), _proof, ("document",), exclusive=False)
RECORDS = Sheet("taric_records", TaricRecord, ("element", "key", "content"), None, ("element", "key"), exclusive=False)
"""The records of TARIC that rows were made from: the next envelope builds on them."""

SHEETS: Sequence[Sheet] = (MEASURES, CHARGES, GROUPS, RELIEFS, PROOFS, NOMENCLATURE, NOTES, RECORDS)
"""Every part of the tariff, in the order of loading."""
SHEET_OF: Mapping[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}
