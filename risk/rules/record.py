"""What the engine sees of a declaration, as a flat record: the fields that profiles ask, models learn and replays keep.

A record is made once, when a declaration is scored, from the message and the facts of that instant; it is stored with
the result, so that any later rule set can be tried on exactly what was known then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from risk.rules.consignment import Consignment, Line
from risk.types import Facts, PartyRecord

Value: TypeAlias = str | float | bool | list[str]
Values: TypeAlias = dict[str, Value]


class Kind(StrEnum):
    """What a field holds."""

    CODE = "code"  # a short text that is compared whole or by its beginning
    NUMBER = "number"
    FLAG = "flag"
    CODES = "codes"  # several codes


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is known of a declaration or of an item."""

    name: str
    kind: Kind
    label: str
    """For people, in English; pages translate it."""
    group: str
    item: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a declaration and of each of its items; an absent field is not known."""

    header: Values
    items: tuple[Values, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values, in one order."""
        return {"h": self.header, "i": list(self.items)}


def record_of(consignment: Consignment, facts: Facts) -> Record:
    """The record of a declaration: what is not known is left out."""
    header = {name: value for name, read in HEADER_READERS.items() if (value := read(consignment, facts)) is not None}
    items = tuple(
        {name: value for name, read in ITEM_READERS.items() if (value := read(line, facts)) is not None}
        for line in consignment.lines
    )
    return Record(header, items)


def record_from(plain: Mapping[str, Any]) -> Record:
    """A stored record."""
    return Record(plain["h"], tuple(plain["i"]))


FIELDS: dict[str, Field] = {}
"""Every field by its name; the catalogue that the page of a profile offers."""

HeaderReader: TypeAlias = Callable[[Consignment, Facts], Value | None]
ItemReader: TypeAlias = Callable[[Line, Facts], Value | None]
HEADER_READERS: dict[str, HeaderReader] = {}
ITEM_READERS: dict[str, ItemReader] = {}


def _header(name: str, kind: Kind, label: str, group: str, read: HeaderReader, unit: str = "") -> None:
    FIELDS[name] = Field(name, kind, label, group, unit=unit)
    HEADER_READERS[name] = read


def _item(name: str, kind: Kind, label: str, group: str, read: ItemReader, unit: str = "") -> None:
    FIELDS[name] = Field(name, kind, label, group, item=True, unit=unit)
    ITEM_READERS[name] = read


def _codes(found: list[str]) -> list[str] | None:
    return sorted(set(found)) or None


def _documents(consignment: Consignment) -> list[str] | None:
    message = consignment.message
    named = [document.code for document in message.documents]
    named += [document.code for item in message.items for document in item.documents]
    return _codes([code for code in named if code])


def _party(prefix: str, label: str, of: Callable[[Facts], PartyRecord]) -> None:
    """The history of one party, as of the instant of scoring."""
    group = "history"
    _header(
        f"{prefix}_known_days",
        Kind.NUMBER,
        f"{label}: days since first seen",
        group,
        lambda c, f: float((f.on - first).days) if (first := of(f).first_seen) is not None else None,
        "days",
    )
    for name, words in (
        ("declarations_month", "declarations in 30 days"),
        ("declarations_quarter", "declarations in 90 days"),
        ("declarations_year", "declarations in 365 days"),
        ("changes_quarter", "changes in 90 days"),
        ("inspections_year", "checks in 365 days"),
        ("findings_quarter", "findings in 90 days"),
        ("findings_year", "findings in 365 days"),
    ):
        _header(f"{prefix}_{name}", Kind.NUMBER, f"{label}: {words}", group, _count(of, name))


def _count(of: Callable[[Facts], PartyRecord], name: str) -> HeaderReader:
    return lambda c, f: float(getattr(of(f), name))


K = Kind
_header("direction", K.CODE, "Import or export", "declaration", lambda c, f: "IM" if c.is_import else "EX")
_header("type_code", K.CODE, "Type of declaration", "declaration", lambda c, f: c.message.type_code or None)
_header("office", K.CODE, "Office", "declaration", lambda c, f: c.message.office or None)
_header("trader", K.CODE, "Trader here", "parties", lambda c, f: c.trader_key or None)
_header("partner", K.CODE, "Partner abroad", "parties", lambda c, f: c.partner_key or None)
_header("declarant", K.CODE, "Declarant", "parties", lambda c, f: c.declarant_key or None)
_header("dispatch", K.CODE, "Country of dispatch", "route", lambda c, f: c.dispatch or None)
_header("destination", K.CODE, "Country of destination", "route", lambda c, f: c.message.destination_country or None)
_header(
    "itinerary",
    K.CODES,
    "Countries on the way",
    "route",
    lambda c, f: _codes(list(c.message.transport.itinerary)) if c.message.transport else None,
)
_header("countries", K.CODES, "All countries named", "route", lambda c, f: _codes(list(c.countries)))
_header(
    "mode",
    K.CODE,
    "Mode of transport at the border",
    "transport",
    lambda c, f: (c.message.transport.border_mode if c.message.transport else None) or None,
)
_header(
    "nationality",
    K.CODE,
    "Nationality of the means of transport",
    "transport",
    lambda c, f: (c.message.transport.border_nationality if c.message.transport else None) or None,
)
_header("containers", K.NUMBER, "Containers", "transport", lambda c, f: float(len(c.container_ids)))
_header("items", K.NUMBER, "Items", "declaration", lambda c, f: float(len(c.lines)))
_header("total_value", K.NUMBER, "Value of the goods", "value", lambda c, f: float(c.total_value), "currency")
_header("documents", K.CODES, "Documents", "documents", lambda c, f: _documents(c))
_header("pair_seen", K.FLAG, "The partners traded before", "history", lambda c, f: f.pair_seen)
_header("trusted", K.FLAG, "Authorised operator", "parties", lambda c, f: f.trusted_since is not None)
_party("trader", "Trader", lambda facts: facts.trader)
_party("partner", "Partner", lambda facts: facts.partner)
_party("declarant", "Declarant", lambda facts: facts.declarant)

_item("commodity", K.CODE, "Commodity code", "goods", lambda line, f: line.item.commodity_code or None)
_item("hs6", K.CODE, "HS subheading", "goods", lambda line, f: line.hs6 or None)
_item("origin", K.CODE, "Country of origin", "origin", lambda line, f: line.origin or None)
_item("preference", K.CODE, "Preference", "origin", lambda line, f: line.item.preference or None)
_item("procedure", K.CODE, "Procedure", "declaration", lambda line, f: line.item.procedure or None)
_item(
    "additional_procedures",
    K.CODES,
    "Additional procedures",
    "declaration",
    lambda line, f: _codes(list(line.item.additional_procedures)),
)
_item("net_mass", K.NUMBER, "Net mass", "goods", lambda line, f: _float(line.item.net_mass_kg), "kg")
_item("gross_mass", K.NUMBER, "Gross mass", "goods", lambda line, f: _float(line.item.gross_mass_kg), "kg")
_item("value", K.NUMBER, "Value of the item", "value", lambda line, f: _float(line.value), "currency")
_item("unit_value", K.NUMBER, "Value per kilogram", "value", lambda line, f: _float(line.value_per_kg), "currency/kg")
_item("unit_value_ratio", K.NUMBER, "Value per kilogram against its median", "value", lambda line, f: _ratio(line))
_item(
    "chapter_seen",
    K.FLAG,
    "The trader declared this chapter before",
    "history",
    lambda line, f: line.chapter in f.chapters_seen if line.chapter else None,
)


def _float(value: object) -> float | None:
    return float(value) if value is not None else None  # type: ignore[arg-type]


def _ratio(line: Line) -> float | None:
    median = line.band.median_value_per_kg
    return float(line.value_per_kg / median) if median and line.value_per_kg is not None else None
