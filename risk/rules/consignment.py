"""A declaration as the rules see it: one line per item, with what every rule would else compute again."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from declarations.schemas import DeclarationMessage, GoodsItem, MoneyAmount, Party, Representative
from risk.types import Band, Facts

ZERO = Decimal(0)
WORD = re.compile(r"[^\W\d_]{3,}")
PROOFS = frozenset({"N002", "N018", "N861", "N862", "N864", "N865", "N954", "C100", "Y100"})
"""Codes of documents that prove an origin, beside those that begin with U."""


@dataclass(frozen=True, slots=True)
class Line:
    """One goods item with its derived figures."""

    item: GoodsItem
    number: int
    hs6: str
    chapter: str
    origin: str
    value: Decimal | None
    """In the country's currency; none where no price or no rate is known."""
    value_per_kg: Decimal | None
    dispatch: str
    words: frozenset[str]
    band: Band


@dataclass(frozen=True, slots=True)
class Consignment:
    """The whole declaration for the rules: who trades with whom, and the lines."""

    message: DeclarationMessage
    is_import: bool
    trader_key: str
    partner_key: str
    declarant_key: str
    dispatch: str
    """Country the goods are sent from."""
    countries: tuple[str, ...]
    """Every country that the goods touch: origins, dispatch, itinerary, destination, addresses of the parties."""
    lines: tuple[Line, ...]
    total_value: Decimal
    container_ids: tuple[str, ...]


def consignment_of(message: DeclarationMessage, facts: Facts) -> Consignment:
    """Prepare a message for the rules."""
    is_import = message.type_code[:2] != "EX"
    lines = tuple(_line(item, message, facts) for item in message.items)
    trader, partner = trading_parties(message)
    return Consignment(
        message=message,
        is_import=is_import,
        trader_key=party_key(trader),
        partner_key=party_key(partner),
        declarant_key=party_key(message.declarant),
        dispatch=message.export_country or "",
        countries=_countries(message, lines),
        lines=lines,
        total_value=sum((line.value for line in lines if line.value is not None), ZERO),
        container_ids=container_ids_of(message),
    )


def trading_parties(message: DeclarationMessage) -> tuple[Party | None, Party | None]:
    """The trader of this country and the one abroad: importer and exporter, or the other way round."""
    first = message.items[0] if message.items else None
    if message.type_code[:2] == "EX":
        abroad = message.consignee or message.importer or (first.consignee if first else None)
        return message.exporter or message.declarant, abroad
    abroad = message.exporter or message.consignor or (first.consignor if first else None) or message.seller
    return message.importer or message.declarant, abroad


def main_heading(message: DeclarationMessage) -> str:
    """The HS heading of the item with the greatest mass, by which earlier cases of like goods are found."""
    coded = [item for item in message.items if item.hs6]
    return max(coded, key=lambda item: (item.net_mass_kg or ZERO, -item.number)).hs6[:4] if coded else ""


def party_key(party: Party | Representative | None) -> str:
    """What a party is known by: its identification, else its normalised name; empty where neither is given."""
    if party is None:
        return ""
    if party.id:
        return "".join(party.id.split()).upper()
    return f"~{name_key(party.name)}" if party.name else ""


def name_key(name: str) -> str:
    """A name in a form that ignores case, accents, signs and the order of its words."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(kept.split()))[:70]


def named_parties(message: DeclarationMessage) -> list[Party | Representative]:
    """Every party that the message names, of the header and of the items."""
    header = (
        message.declarant,
        message.representative,
        message.exporter,
        message.consignor,
        message.importer,
        message.consignee,
        message.buyer,
        message.seller,
    )
    found: list[Party | Representative] = [party for party in header if party is not None]
    for item in message.items:
        found += [p for p in (item.consignor, item.consignee, item.buyer, item.seller) if p is not None]
    return found


def container_ids_of(message: DeclarationMessage) -> tuple[str, ...]:
    """Every container number of the message, once each."""
    named = [equipment.id for equipment in message.equipment if equipment.id]
    for item in message.items:
        named += item.container_ids
    return tuple(dict.fromkeys("".join(number.split()).upper() for number in named))


def amount_in(money: MoneyAmount | None, facts: Facts) -> Decimal | None:
    """An amount in the country's currency, unrounded; none where the rate is not known."""
    if money is None:
        return None
    if money.currency == facts.currency:
        return money.amount
    rate = facts.rates.get(money.currency)
    return money.amount / rate if rate else None


def is_proof(code: str | None) -> bool:
    """Whether a document of this code proves the origin of goods."""
    return code is not None and (code in PROOFS or code[:1] == "U")


def origin_of(item: GoodsItem, message: DeclarationMessage) -> str:
    """The origin by which goods are known: the one declared, else of an import the preferential one."""
    return item.origin or (item.preferential_origin if message.type_code[:2] != "EX" else "") or ""


def _line(item: GoodsItem, message: DeclarationMessage, facts: Facts) -> Line:
    origin = origin_of(item, message)
    value = amount_in(item.price or item.customs_value or item.statistical_value, facts)
    mass = item.net_mass_kg
    hs6 = item.hs6
    return Line(
        item=item,
        number=item.number,
        hs6=hs6,
        chapter=hs6[:2],
        origin=origin,
        value=value,
        value_per_kg=value / mass if value is not None and mass else None,
        dispatch=item.export_country or message.export_country or "",
        words=frozenset(WORD.findall((item.description or "").casefold())),
        band=facts.fact_set.band(hs6, origin),
    )


def _countries(message: DeclarationMessage, lines: tuple[Line, ...]) -> tuple[str, ...]:
    found = [message.export_country, message.destination_country]
    if message.transport is not None:
        found += [*message.transport.itinerary, message.transport.border_nationality]
    for line in lines:
        found += [line.origin, line.item.preferential_origin, line.dispatch, line.item.destination_country]
    for party in (message.exporter, message.importer, message.consignor, message.consignee, message.seller):
        if party is not None and party.address is not None:
            found.append(party.address.country)
    return tuple(dict.fromkeys(country for country in found if country))
