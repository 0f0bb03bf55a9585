"""One address, one view: store the rows of a declaration with bulk_create, and check nothing."""

import hashlib
import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from declarations.models import Declaration, GoodsItem, TransportEquipment
from singlewindow.accounts.models import Organisation
from singlewindow.api.models import IdempotentAnswer
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel.identifiers import uuid7

VERBS = ("declaration.submitted", "declaration.registered", "goods.presented")
CALLER = "client:0199a0b4-0000-7000-8000-000000000000"
DIGEST = "0" * 64
_filer: list[UUID] = []


def filer() -> UUID:
    """The one trader, looked up once in a process."""
    if not _filer:
        _filer.append(Organisation.objects.get(identifier="ZZIMP0001").pk)
    return _filer[0]


def lodge(request: HttpRequest) -> HttpResponse:
    """Store a declaration with its items, events, notice, job and answer."""
    body = request.body
    message = json.loads(body)
    now = datetime.now(UTC)
    declaration = _declaration(message, body, now)
    receipt: dict[str, Any] = {
        "id": str(declaration.pk),
        "mrn": declaration.mrn,
        "lrn": declaration.lrn,
        "version": 1,
        "legal_state": declaration.legal_state,
        "goods_state": declaration.goods_state,
        "canonical_sha256": declaration.content_sha256,
        "lodged_at": str(declaration.lodged_at),
        "expires_at": None,
        "warnings": [],
        "links": {name: f"/api/v1/declarations/{declaration.pk}/{name}" for name in ("presentation", "timeline")},
    }
    answer = json.dumps(receipt).encode()
    with transaction.atomic():
        Declaration.objects.bulk_create([declaration])
        GoodsItem.objects.bulk_create([_item(declaration, item) for item in message["items"]])
        TransportEquipment.objects.bulk_create(
            [TransportEquipment(declaration=declaration, equipment_id=part["id"]) for part in message["equipment"]]
        )
        Event.objects.bulk_create([_event(declaration, verb, now) for verb in VERBS])
        PartyEvent.objects.bulk_create([_notice(declaration, now)])
        Job.objects.bulk_create([_job(declaration)])
        IdempotentAnswer.objects.bulk_create([_stored(request, declaration, body, answer)])
    return JsonResponse(receipt, status=201)


def _declaration(message: dict[str, Any], body: bytes, now: datetime) -> Declaration:
    return Declaration(
        id=uuid7(),
        mrn=uuid4().hex[:18],
        lrn=message["lrn"],
        direction="import",
        type_code=message["type_code"],
        channel="json",
        lodged_by_id=filer(),
        declarant_organisation_id=filer(),
        trader_organisation_id=filer(),
        submitter=CALLER,
        declarant_identifier=message["declarant"]["id"],
        importer_identifier=message["importer"]["id"],
        exporter_identifier="",
        office=message["office"],
        legal_state="REGISTERED",
        goods_state="PRESENTED",
        version=1,
        content=body,
        content_sha256=hashlib.sha256(body).hexdigest(),
        item_count=message["item_count"],
        gross_mass_kg=message["total_gross_mass_kg"],
        invoice_amount=message["invoice_total"]["amount"],
        invoice_currency=message["invoice_total"]["currency"],
        first_commodity=message["items"][0]["commodity_code"],
        export_country=message["export_country"],
        created_at=now,
        lodged_at=now,
        presented_at=now,
    )


def _item(declaration: Declaration, item: dict[str, Any]) -> GoodsItem:
    return GoodsItem(
        declaration=declaration,
        number=item["number"],
        commodity_code=item["commodity_code"],
        hs6=item["commodity_code"][:6],
        origin=item["origin"],
        procedure=item["procedure"],
        net_mass_kg=item["net_mass_kg"],
        gross_mass_kg=item["gross_mass_kg"],
        supplementary_quantity=item["supplementary_quantity"]["quantity"],
        supplementary_unit=item["supplementary_quantity"]["unit"],
        price_amount=item["price"]["amount"],
        price_currency=item["price"]["currency"],
        description=item["description"],
    )


def _event(declaration: Declaration, verb: str, at: datetime) -> Event:
    told = {
        "v": 1,
        "at": str(declaration.lodged_at),
        "verb": verb,
        "actor": CALLER,
        "on_behalf_of": "",
        "subject_type": "declaration",
        "subject_id": str(declaration.pk),
        "conversation_id": str(declaration.pk),
        "ip": "127.0.0.1",
        "reason": "",
        "before": DIGEST,
        "after": DIGEST,
        "data": {"mrn": declaration.mrn, "lrn": declaration.lrn},
    }
    canonical, salt = json.dumps(told, separators=(",", ":")).encode(), os.urandom(32)
    return Event(
        at=at,
        verb=verb,
        actor=CALLER,
        subject_type="declaration",
        subject_id=str(declaration.pk),
        conversation_id=str(declaration.pk),
        canonical=canonical,
        salt=salt,
        leaf_hash=hashlib.sha256(salt + canonical).digest(),
    )


def _notice(declaration: Declaration, at: datetime) -> PartyEvent:
    return PartyEvent(
        event_id=uuid7(),
        organisation_id=filer(),
        type="registered",
        subject_id=str(declaration.pk),
        at=at,
        data={
            "mrn": declaration.mrn,
            "lrn": declaration.lrn,
            "legal_state": declaration.legal_state,
            "goods_state": declaration.goods_state,
            "function_code": "02",
        },
    )


def _job(declaration: Declaration) -> Job:
    return Job(
        kind="clearance.decide",
        subject_id=str(declaration.pk),
        payload={},
        dedup_key=f"clearance.decide:{declaration.pk}:lodged",
        conversation_id=str(declaration.pk),
        priority=5,
    )


def _stored(request: HttpRequest, declaration: Declaration, body: bytes, answer: bytes) -> IdempotentAnswer:
    return IdempotentAnswer(
        caller=CALLER,
        key=request.headers["Idempotency-Key"],
        request_hash=hashlib.sha256(body).digest(),
        status=201,
        headers={"Location": f"/api/v1/declarations/{declaration.pk}", "ETag": '"1-REGISTERED-PRESENTED"'},
        body=answer,
    )


urlpatterns = [path("api/v1/declarations", lodge)]
