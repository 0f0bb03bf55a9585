"""Tariffs, facts and profiles for tests of fees: small, and right unless a test says otherwise."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from fees.rules.expression import parse
from fees.rules.tariff import ERGA_OMNES, Measure, OriginGroup, Relief, ScheduledCharge, TariffIndex
from fees.types import ChargeEvent, Direction, Facts, ItemFacts, MeasureKind, Rounding, Sum
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.types import CountryProfile, ExchangeRate, RateDirection

DAY = date(2026, 11, 20)
EUR = "EUR"
_serial = count(1)
TAX_TYPES = {MeasureKind.ANTI_DUMPING: "A30", MeasureKind.EXCISE: "1EX", MeasureKind.VAT: "B00"}


def measure(kind: str, expression: str, *, prefix: str = "09", **changes: Any) -> Measure:
    """A measure in force since 2020 for every origin."""
    known = MeasureKind(kind)
    values: dict[str, Any] = {
        "key": f"{kind}/{prefix}/{expression}",
        "kind": known,
        "tax_type": TAX_TYPES.get(known, "A00"),
        "prefix": prefix,
        "origin": ERGA_OMNES,
        "direction": Direction.IMPORT,
        "additional_code": "",
        "expression": parse(expression),
        "rounding": Rounding.HALF_UP,
        "law": "Test Act",
        "authority": "CUS",
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
    }
    return Measure(**(values | changes))


def charge(code: str = "CUS-IMP", **changes: Any) -> ScheduledCharge:
    """A charge of 25 for an import declaration, published long ago."""
    values: dict[str, Any] = {
        "key": f"{code}/2026-01-01",
        "code": code,
        "title": f"Charge {code}",
        "authority": "CUS",
        "law": "Test Regulations",
        "event": ChargeEvent.IMPORT_DECLARATION,
        "amount": Decimal(25),
        "percentage": None,
        "minimum": None,
        "maximum": None,
        "prefixes": (),
        "in_vat_base": False,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "published_on": date(2025, 11, 15),
    }
    return ScheduledCharge(**(values | changes))


def tariff(
    *measures: Measure,
    charges: Iterable[ScheduledCharge] = (),
    reliefs: Iterable[Relief] = (),
    groups: Iterable[OriginGroup] = (),
    proofs: Iterable[str] = ("N954",),
) -> TariffIndex:
    """A tariff of these lines; duty and VAT are free where no line is given for them."""
    given = {m.kind for m in measures}
    free = [measure(kind, "free") for kind in ("duty", "vat") if MeasureKind(kind) not in given]
    return TariffIndex(
        version=1,
        label="tariff-test",
        measures=[*measures, *free],
        charges=charges,
        reliefs=reliefs,
        groups=groups,
        proofs=proofs,
    )


def group(name: str = "KEA", country: str = "KE", *, claim: str = "3") -> OriginGroup:
    """A country's membership of a preference group."""
    return OriginGroup(name, country, claim, date(2020, 1, 1), None)


def item(value: str = "1000", *, number: int = 1, currency: str = EUR, **changes: Any) -> ItemFacts:
    """An item of coffee from Kenya with a price."""
    values: dict[str, Any] = {
        "number": number,
        "pointer": f"/items/{number - 1}",
        "commodity_code": "0901110000",
        "origin": "KE",
        "preference": "100",
        "procedure": "4000",
        "price": Sum(Decimal(value), currency, f"/items/{number - 1}/price"),
        "net_mass_kg": Decimal(500),
        "gross_mass_kg": Decimal(520),
    }
    return ItemFacts(**(values | changes))


def facts(*items: ItemFacts, **changes: Any) -> Facts:
    """An import of these items, or of one."""
    values: dict[str, Any] = {"direction": Direction.IMPORT, "items": items or (item(),)}
    return Facts(**(values | changes))


def stated(amount: str, currency: str = EUR, code: str = "") -> Sum:
    """A stated sum."""
    return Sum(Decimal(amount), currency, "/valuation", code)


def rate(currency: str, value: str) -> ExchangeRate:
    """A published rate: 1 EUR = `value` of the currency."""
    return ExchangeRate(
        id=f"EUR-{currency}-2026-11-01",
        base=EUR,
        currency=currency,
        rate=Decimal(value),
        direction=RateDirection.UNITS_PER_BASE,
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 11, 30),
        source="test",
    )


def profile(**changes: Any) -> CountryProfile:
    """A country that values on CIF in EUR, shares by value and knows no de minimis."""
    values: dict[str, Any] = {
        "id": "ZZ-test",
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "country_code": "ZZ",
        "country_name": "Republic of Kivana",
        "currency": EUR,
        "time_zone": "Africa/Nairobi",
        "language": "en",
        "nomenclature": "HS2022",
        "valuation_basis": "CIF",
        "freight_shared_by": "value",
        "mrn_country": "ZZ",
        "mrn_letter_import": "R",
        "mrn_letter_export": "A",
        "pre_arrival_days": 30,
        "clearance_limit_hours": 24,
        "amber_share": Decimal("0.75"),
        "late_list_hours": 48,
        "control_sample_rate": Decimal("0.01"),
        "control_capacity_per_day": 130,
        "de_minimis_value": Decimal(0),
        "de_minimis_vat": Decimal(0),
        "amendment_days_after_release": 1095,
        "invalidation_days_after_release": 90,
        "invalidation_automatic_when_accepted": True,
        "change_decision_hours": 120,
        "amendment_restarts_clock": True,
        "debt_limitation_years": 3,
        "document_exemptions": (),
    }
    return CountryProfile(**(values | changes))


def snapshot(message: DeclarationMessage, *, lodged_by: UUID, **changes: Any) -> DeclarationSnapshot:
    """A declaration as other apps read it, accepted and not stored: fees need no row of it."""
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    values: dict[str, Any] = {
        "id": uuid7(),
        "mrn": f"26ZZ{next(_serial):012d}R0",
        "lrn": message.lrn,
        "version": 1,
        "direction": message.direction,
        "type_code": message.type_code,
        "channel": Channel.JSON,
        "lodged_by": lodged_by,
        "declarant_org": lodged_by,
        "trader_org": lodged_by,
        "submitter": "tests",
        "office": "ZZ000101",
        "legal_state": LegalState.ACCEPTED,
        "goods_state": GoodsState.PRESENTED,
        "content_sha256": "",
        "lodged_at": at,
        "presented_at": at,
        "accepted_at": at,
        "released_at": None,
        "expires_at": None,
        "message": message,
    }
    return DeclarationSnapshot(**(values | changes))
