"""Agencies, permits and messages that name them, for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from agencies.models import Agency, Permit, Requirement, RequirementSet
from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from singlewindow.accounts.models import Organisation
from singlewindow.kernel.identifiers import uuid7
from tests.factories.declarations import import_json, item_json

_numbers = count(1)

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def agency(code: str = "PHY", *, sla_hours: int = 12) -> Agency:
    """An agency; asked again, the same."""
    defaults = {"name": f"Agency {code}", "law": "Test Act", "sla_hours": sla_hours}
    return Agency.objects.get_or_create(code=code, defaults=defaults)[0]


def requirement(code: str = "PHY", *, hs_prefix: str = "0805", **changes: Any) -> Requirement:
    """A requirement of a permit, in force from now on for every process."""
    columns: dict[str, Any] = {
        "key": f"T-{next(_numbers):04d}",
        "agency": agency(code),
        "hs_prefix": hs_prefix,
        "direction": "import",
        "lpco_code": "7P01",
        "title": "Citrus fruit",
        "law": "Test Act, section 1",
        "unit": "KGM",
        "waivers": {"7W01": "Goods for laboratory use"},
        "valid_from": date(2024, 1, 1),
    }
    row = Requirement.objects.create(**(columns | changes))
    RequirementSet.objects.create(sha256="0" * 64)
    return row


def permit(holder: Organisation, *, code: str = "7P01", **changes: Any) -> Permit:
    """A permit of plant health for citrus fruit: 100 kg unless told otherwise."""
    columns: dict[str, Any] = {
        "code": code,
        "number": f"PHY-T-{next(_numbers):06d}",
        "agency": agency("PHY"),
        "holder": holder,
        "hs_prefix": "0805",
        "direction": "import",
        "quantity": Decimal(100),
        "unit": "KGM",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
    }
    return Permit.objects.create(**(columns | changes))


def citing(
    *numbers: str, code: str = "7P01", quantity: str | None = None, unit: str | None = None
) -> list[dict[str, str]]:
    """Documents that name permits."""
    rest = {"quantity": quantity, "unit": unit}
    return [{"code": code, "id": number} | {k: v for k, v in rest.items() if v is not None} for number in numbers]


def oranges(*items: dict[str, Any], trader: str = "ZZIMP0001", **changes: Any) -> DeclarationMessage:
    """An import of oranges of 10 kg net an item, each item changed as told."""
    plain = {
        "commodity_code": "0805102000",
        "description": "Sweet oranges, fresh",
        "origin": "MA",
        "net_mass_kg": "10",
        "gross_mass_kg": "11",
        "supplementary_quantity": None,
    }
    rows = [item_json(number, **(plain | item)) for number, item in enumerate(items or ({},), start=1)]
    rows = [{key: value for key, value in row.items() if value is not None} for row in rows]
    gross = str(sum((Decimal(row["gross_mass_kg"]) for row in rows), Decimal(0)))
    whole = import_json(len(rows), trader=trader) | {"items": rows, "total_gross_mass_kg": gross}
    return DeclarationMessage.model_validate(whole | changes)


def snapshot(
    message: DeclarationMessage, *, of: Organisation, at: datetime = AT, id: UUID | None = None
) -> DeclarationSnapshot:
    """A declaration that was just accepted, as the other apps are handed it."""
    number = next(_numbers)
    return DeclarationSnapshot(
        id=id or uuid7(),
        mrn=f"26ZZ{number:012d}J0",
        lrn=message.lrn,
        version=1,
        direction=message.direction,
        type_code=message.type_code,
        channel=Channel.JSON,
        lodged_by=of.pk,
        declarant_org=of.pk,
        trader_org=of.pk,
        submitter="user:1",
        office="ZZ000101",
        legal_state=LegalState.ACCEPTED,
        goods_state=GoodsState.PRESENTED,
        content_sha256=message.sha256(),
        lodged_at=at,
        presented_at=at,
        accepted_at=at,
        released_at=None,
        expires_at=None,
        message=message,
    )
