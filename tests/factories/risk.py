"""Messages, facts and snapshots for risk tests: an ordinary import in which no rule fires, to be made odd."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from risk.types import (
    Band,
    Confusable,
    Facts,
    FactSet,
    Lane,
    PartyRecord,
    SampleSeed,
    Sensitive,
)
from singlewindow.kernel.identifiers import uuid7

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

FACT_SET = FactSet(
    version="test",
    bands={
        ("847130", "CN"): Band(Decimal(100), "NAR", Decimal("0.6"), Decimal("4.5"), Decimal(500)),
        ("090111", "*"): Band(Decimal(5), typical_mass_kg=Decimal(19000)),
    },
    sensitive={
        "9302": Sensitive("pistols", Lane.RED, "arms act"),
        "93": Sensitive("arms", Lane.YELLOW, "arms act"),
        "290230": Sensitive("toluene", Lane.YELLOW, "1988 convention"),
    },
    confusable={
        "851762": Confusable("851713", Decimal(5)),
        "851763": Confusable("851713", Decimal("4.9")),
    },
    words={"laptops": frozenset({"84"}), "coffee": frozenset({"09", "21"}), "shoes": frozenset({"64"})},
    routes=frozenset({("CN", "VN"), ("*", "NL"), ("EU", "FR")}),
    modes={"CN": frozenset({"1", "4"})},
    hubs=frozenset({"AE", "SG"}),
    embargoed={"KP": "resolution 1718"},
)

KNOWN = PartyRecord(first_seen=date(2025, 1, 1), declarations_year=40, declarations_quarter=10)


def facts(**changes: Any) -> Facts:
    """Facts of a trader who is known for what it declares here."""
    values: dict[str, Any] = {
        "on": TODAY,
        "currency": "EUR",
        "rates": {"USD": Decimal("1.25")},
        "fact_set": FACT_SET,
        "trader": KNOWN,
        "pair_seen": True,
        "chapters_seen": frozenset({"84", "09", "85", "64", "93", "29", "87"}),
        "registered_on": date(2025, 1, 1),
        "seed": SampleSeed("2026-11", b"s" * 32),
    }
    return Facts(**values | changes)


def item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Ten laptops of 2 kg at 200 EUR a piece: 100 EUR a kilogram, just the median."""
    plain: dict[str, Any] = {
        "number": number,
        "description": "Laptops with 14 inch screen",
        "commodity_code": "8471300000",
        "origin": "CN",
        "procedure": "4000",
        "preference": "100",
        "gross_mass_kg": "25",
        "net_mass_kg": "20",
        "supplementary_quantity": {"quantity": "10", "unit": "NAR"},
        "price": {"amount": "2000", "currency": "EUR"},
        "packages": [{"sequence": 1, "type": "CT", "count": 5}],
    }
    return without_none(plain | changes)


def message(*items: dict[str, Any], **changes: Any) -> DeclarationMessage:
    """An import from China in which no rule fires."""
    plain: dict[str, Any] = {
        "lrn": "RISK-1",
        "type_code": "IMA",
        "declarant": {"id": "ZZIMP0001", "name": "Amari Foods Ltd"},
        "importer": {"id": "ZZIMP0001", "name": "Amari Foods Ltd"},
        "exporter": {"id": "CN12345", "name": "Shenzhen Computers", "address": {"country": "CN"}},
        "transport": {
            "border_mode": "1",
            "border_id": "9074729",
            "border_id_type": "10",
            "container_indicator": True,
        },
        "equipment": [{"sequence": 1, "id": "CSQU3054383"}],
        "export_country": "CN",
        "destination_country": "ZZ",
        "items": list(items) or [item()],
    }
    return DeclarationMessage.model_validate(without_none(plain | changes))


def without_none(plain: dict[str, Any]) -> dict[str, Any]:
    """The mapping without what is None."""
    return {key: value for key, value in plain.items() if value is not None}


def snapshot(of: DeclarationMessage | None = None, **changes: Any) -> DeclarationSnapshot:
    """A lodged declaration that needs no row of its own."""
    content = of or message()
    values: dict[str, Any] = {
        "id": uuid7(),
        "mrn": "26ZZ000000000001R0",
        "lrn": content.lrn,
        "version": 1,
        "direction": content.direction,
        "type_code": content.type_code,
        "channel": Channel.JSON,
        "lodged_by": UUID(int=7),
        "declarant_org": None,
        "trader_org": None,
        "submitter": "client:1",
        "office": "ZZ000101",
        "legal_state": LegalState.ACCEPTED,
        "goods_state": GoodsState.PRESENTED,
        "content_sha256": content.sha256(),
        "lodged_at": NOW,
        "presented_at": NOW,
        "accepted_at": NOW,
        "released_at": None,
        "expires_at": None,
        "message": content,
    }
    return DeclarationSnapshot(**values | changes)
