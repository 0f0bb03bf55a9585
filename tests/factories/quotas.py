"""Quotas, and declarations that claim on them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.quotas.models import Quota
from singlewindow.quotas.services import quota_allocate, quota_claim
from singlewindow.quotas.services.book import day_over
from tests.factories.declarations import import_json, item_json

SYSTEM = system_actor("tests")
FRIDAY = datetime(2026, 6, 5, 12, 0, tzinfo=UTC)
_numbers = count(1)


def quota(number: str = "090001", **changes: Any) -> Quota:
    """A quota of 1000 kg of beef for the year, critical when a tenth is left."""
    volume = Decimal(changes.pop("volume", 1000))
    columns: dict[str, Any] = {
        "order_number": number,
        "title": "Beef",
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 12, 31),
        "unit": "KGM",
        "decimals": 3,
        "initial": volume,
        "volume": volume,
        "balance": volume,
        "critical_share": Decimal("0.1"),
    }
    return Quota.objects.create(**(columns | changes))


def claiming(
    *kilograms: str,
    number: str = "090001",
    office: str = "ZZ000101",
    at: datetime = FRIDAY,
    id: UUID | None = None,
    version: int = 1,
    **item: Any,
) -> DeclarationSnapshot:
    """A declaration accepted at an instant, each of whose items asks for kilograms of a quota."""
    rows = [
        item_json(
            position,
            **(
                {"commodity_code": "0202300000", "origin": "BR", "quota_order_number": number, "net_mass_kg": kg} | item
            ),
        )
        for position, kg in enumerate(kilograms, start=1)
    ]
    rows = [{key: value for key, value in row.items() if value not in ("", None)} for row in rows]
    message = DeclarationMessage.model_validate(import_json(len(rows)) | {"items": rows})
    trader = uuid7()
    return DeclarationSnapshot(
        id=id or uuid7(),
        mrn=f"26ZZ{next(_numbers):012d}J0",
        lrn=message.lrn,
        version=version,
        direction=message.direction,
        type_code=message.type_code,
        channel=Channel.JSON,
        lodged_by=trader,
        declarant_org=trader,
        trader_org=trader,
        submitter="user:1",
        office=office,
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


def claimed(*kilograms: str, **changes: Any) -> DeclarationSnapshot:
    """The same, with its claims made."""
    declaration = claiming(*kilograms, **changes)
    with unit_of_work() as work:
        quota_claim(work, declaration, actor=SYSTEM, at=declaration.accepted_at or FRIDAY)
    return declaration


def settle(one: Quota, day: date, *, at: datetime | None = None) -> None:
    """Settle a day of a quota once it has ended everywhere."""
    job = JobContext(1, "quotas.allocate", str(one.pk), {"day": day.isoformat()}, "", 1)
    with clock.frozen(at or day_over(day)), unit_of_work() as work:
        quota_allocate(work, job)
