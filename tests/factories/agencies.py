"""Agencies, permits and messages that name them, for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from agencies.models import Agency, CertificateKind, Disclaimer, Permit, Requirement, RequirementSet
from agencies.services import IssueLine, IssueOrder, application_apply, application_draft
from agencies.types import ApplicationInfo
from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.types import Actor
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
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


def goods_json(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One line of an application: oranges that need a permit of plant health."""
    plain = {
        "number": number,
        "commodity_code": "0805102000",
        "description": "Sweet oranges, fresh",
        "country": "MA",
        "quantity": "100",
        "unit": "KGM",
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def application_json(*goods: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The dataset of an application."""
    plain = {
        "direction": "import",
        "valid_from": "2026-01-01",
        "valid_to": "2030-12-31",
        "goods": list(goods or (goods_json(),)),
    }
    return plain | changes


def applied(trader: Organisation, *goods: dict[str, Any], by: Actor | None = None, **changes: Any) -> ApplicationInfo:
    """An application that was sent; what it needs must stand in the requirements."""
    actor = by or accounts.actor(of=trader)
    draft = application_draft(actor=actor, holder_id=trader.pk, content=application_json(*goods, **changes))
    return application_apply(actor=actor, application_id=draft.id)


def issue_order(*lines: tuple[int, str], **changes: Any) -> IssueOrder:
    """What an officer issues: 100 of the first line, for a long time."""
    told = tuple(IssueLine(number, Decimal(quantity)) for number, quantity in lines or ((1, "100"),))
    columns: dict[str, Any] = {"valid_from": date(2026, 1, 1), "valid_to": date(2030, 12, 31), "lines": told}
    return IssueOrder(**(columns | changes))


def certificate_kind(code: str = "N851", *, agency_code: str = "PHY", **changes: Any) -> CertificateKind:
    """Phytosanitary certificates, which MA sends electronically."""
    columns: dict[str, Any] = {
        "agency": agency(agency_code),
        "type_code": "851",
        "name": "Phytosanitary certificate",
        "countries": ["MA"],
        "valid_days": 60,
    }
    row = CertificateKind.objects.create(code=code, **(columns | changes))
    RequirementSet.objects.create(sha256="1" * 64)
    return row


def disclaimer(code: str = "7W01", **changes: Any) -> Disclaimer:
    """A disclaimer of plant health of which none is checked, unless told otherwise."""
    columns: dict[str, Any] = {
        "agency": agency("PHY"),
        "sentence": "Goods for laboratory use",
        "law": "Test Act, section 2",
        "valid_days": 30,
        "share_checked": Decimal(0),
        "valid_from": date(2024, 1, 1),
    }
    row = Disclaimer.objects.create(code=code, **(columns | changes))
    RequirementSet.objects.create(sha256="2" * 64)
    return row
