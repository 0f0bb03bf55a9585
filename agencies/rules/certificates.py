"""Which foreign certificates a declaration names, and what is wrong with one: pure functions (AG-080 to AG-084)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.rules.needs import KG_PER_TONNE, documents_of
from agencies.states import CertificateState
from agencies.types import CertificateKindInfo, LpcoState
from declarations.schemas import DeclarationMessage, Document, GoodsItem


@dataclass(frozen=True, slots=True)
class Cited:
    """One certificate as a declaration names it."""

    item: int
    kind: CertificateKindInfo
    number: str
    countries: frozenset[str]
    """Where it may have been issued: origin and country of export."""
    quantity_kg: Decimal | None
    """None: the goods do not tell, so the whole certificate is meant."""

    @property
    def electronic(self) -> bool:
        """Whether one of the countries sends such certificates electronically."""
        return bool(self.countries & self.kind.countries)


def cited_certificates(message: DeclarationMessage, kinds: Mapping[str, CertificateKindInfo]) -> tuple[Cited, ...]:
    """The foreign certificates that an import names, one a number and item; quantities of the same are added."""
    if not kinds or message.direction != "import":
        return ()
    found: dict[tuple[int, str, str], Cited] = {}
    for _, _, item, document in documents_of(message):
        kind = kinds.get(document.code or "")
        if kind is None or not document.id:
            continue
        goods = message.items if item is None else (item,)
        number = 0 if item is None else item.number
        countries = {country for one in goods for country in (one.origin, one.export_country) if country}
        if message.export_country:
            countries.add(message.export_country)
        key = (number, kind.type_code, document.id)
        found.setdefault(key, Cited(number, kind, document.id, frozenset(countries), _kilograms(document, goods)))
    return tuple(found.values())


def _kilograms(document: Document, goods: tuple[GoodsItem, ...]) -> Decimal | None:
    if document.quantity is not None and document.unit in ("KGM", "TNE"):
        return document.quantity if document.unit == "KGM" else document.quantity * KG_PER_TONNE
    masses = [item.net_mass_kg for item in goods]
    if any(mass is None for mass in masses):
        return None
    return sum((mass for mass in masses if mass is not None), Decimal(0))


def certificate_finding(
    *, state: CertificateState, issued_on: date, valid_to: date, left_kg: Decimal, asked_kg: Decimal, on: date
) -> tuple[LpcoState, str]:
    """What a certificate that is here is worth for goods on a day: the state of the need, and the rule that speaks.

    AG-081 it is in force on the day, AG-082 it was neither replaced nor withdrawn, AG-083 enough of it is left.
    """
    if state is not CertificateState.VALID:
        return LpcoState.STALE, "AG-082"
    if not issued_on <= on <= valid_to:
        return LpcoState.STALE, "AG-081"
    if asked_kg > left_kg or left_kg == 0:
        return LpcoState.REUSED, "AG-083"
    return LpcoState.MATCHED, ""
