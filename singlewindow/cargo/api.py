"""REST of cargo: file, amend, cancel and read manifests; tell arrivals."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.cargo import openapi
from singlewindow.cargo.schemas import ArrivalMessage, ManifestMessage, read_as
from singlewindow.cargo.selectors.lists import bill_page, manifest_content_for, manifest_for, manifest_page_for
from singlewindow.cargo.services import (
    ManifestReceipt,
    arrival_tell,
    manifest_amend,
    manifest_cancel,
    manifest_file,
)
from singlewindow.cargo.types import BillRow, ManifestRow
from singlewindow.db.work import Work
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, Violation

ROOT = "/api/v1/manifests"
BODY_MAX = 5_000_000
SMALL_BODY_MAX = 65_536
Json = dict[str, Any]


class ManifestsView(ApiView):
    """/api/v1/manifests"""

    permission_required = Permission.MANIFEST_VIEW_OWN

    @extend_schema(**openapi.FILE)
    def post(self, request: Request) -> HttpResponse:
        """File a manifest; the same key and body again give the same answer."""
        self.actor.require(Permission.MANIFEST_FILE)
        body = body_of(request, "application/json", limit=BODY_MAX)
        message: ManifestMessage = read_as(ManifestMessage, strict_json.loads(body))

        def act(work: Work) -> Answer:
            receipt = manifest_file(work, message, self.actor)
            headers = {"Location": f"{ROOT}/{receipt.id}", "ETag": f'"{receipt.version}"'}
            return Answer(201, orjson.dumps(_receipt(receipt)), headers)

        return idempotent(request._request, self.actor, act, body=body)

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of manifests, newest first."""
        known_parameters(request, "state", "mode", "q")
        query = request.query_params
        page = manifest_page_for(
            self.actor,
            state=query.get("state", ""),
            mode=query.get("mode", ""),
            search=query.get("q", "")[:35],
            cursor=query.get("cursor", ""),
            size=page_size_of(request),
        )
        return json_response({"manifests": [row_output(row) for row in page.rows], "next_cursor": page.next_cursor})


class ManifestView(ApiView):
    """/api/v1/manifests/{id}"""

    permission_required = Permission.MANIFEST_VIEW_OWN

    @extend_schema(**openapi.READ)
    def get(self, request: Request, manifest_id: str) -> HttpResponse:
        """One manifest with its content."""
        row, content = manifest_content_for(self.actor, uuid_of(manifest_id))
        value = row_output(row) | {"manifest": orjson.loads(content)}
        return json_response(value, request=request, etag=str(row.version) + row.state.value)

    @extend_schema(**openapi.AMEND)
    def put(self, request: Request, manifest_id: str) -> HttpResponse:
        """Replace the content; the same key and body again give the same answer."""
        found = manifest_for(self.actor, uuid_of(manifest_id)).id
        self.actor.require(Permission.MANIFEST_FILE)
        body = body_of(request, "application/json", limit=BODY_MAX)
        message: ManifestMessage = read_as(ManifestMessage, strict_json.loads(body))
        version = _version(request)

        def act(work: Work) -> Answer:
            receipt = manifest_amend(work, found, message, self.actor, version=version)
            return Answer(200, orjson.dumps(_receipt(receipt)), {"ETag": f'"{receipt.version}"'})

        return idempotent(request._request, self.actor, act, body=body)


class ManifestBillsView(ApiView):
    """/api/v1/manifests/{id}/bills"""

    permission_required = Permission.MANIFEST_VIEW_OWN

    @extend_schema(**openapi.BILLS)
    def get(self, request: Request, manifest_id: str) -> HttpResponse:
        """One page of bills with what is declared of each."""
        known_parameters(request)
        manifest = manifest_for(self.actor, uuid_of(manifest_id))
        page = bill_page(manifest.id, cursor=request.query_params.get("cursor", ""), size=page_size_of(request))
        return json_response({"bills": [bill_output(row) for row in page.rows], "next_cursor": page.next_cursor})


class CancellationView(ApiView):
    """/api/v1/manifests/{id}/cancellation"""

    permission_required = Permission.MANIFEST_FILE

    @extend_schema(**openapi.CANCEL)
    def post(self, request: Request, manifest_id: str) -> HttpResponse:
        """Take the manifest back before arrival."""
        found = manifest_for(self.actor, uuid_of(manifest_id)).id
        body = body_of(request, "application/json", limit=SMALL_BODY_MAX)
        reason = _reason(strict_json.loads(body))

        def act(work: Work) -> Answer:
            return Answer(200, orjson.dumps(_receipt(manifest_cancel(work, found, self.actor, reason=reason))))

        return idempotent(request._request, self.actor, act, body=body)


class ArrivalsView(ApiView):
    """/api/v1/arrivals"""

    permission_required = Permission.ARRIVAL_TELL

    @extend_schema(**openapi.ARRIVE)
    def post(self, request: Request) -> HttpResponse:
        """Record an arrival or departure; the same key and body again give the same answer."""
        body = body_of(request, "application/json", limit=SMALL_BODY_MAX)
        message: ArrivalMessage = read_as(ArrivalMessage, strict_json.loads(body))

        def act(work: Work) -> Answer:
            receipt = arrival_tell(work, message, self.actor)
            value = {
                "ids": [str(one) for one in receipt.ids],
                "movement": receipt.movement.value,
                "happened_at": _instant(receipt.happened_at),
                "manifest_state": receipt.manifest,
            }
            return Answer(201, orjson.dumps(value))

        return idempotent(request._request, self.actor, act, body=body)


def row_output(row: ManifestRow) -> Json:
    """One manifest as JSON."""
    return {
        "id": str(row.id),
        "reference": row.reference,
        "kind": row.kind.value,
        "mode": row.mode.value,
        "direction": row.direction,
        "carrier": row.carrier_name,
        "conveyance": {
            "id": row.conveyance_id,
            "name": row.conveyance_name,
            "nationality": row.nationality,
            "voyage": row.voyage,
        },
        "office": row.office,
        "place": row.place,
        "state": row.state.value,
        "version": row.version,
        "expected_at": _instant(row.expected_at),
        "arrived_at": _instant(row.arrived_at),
        "departed_at": _instant(row.departed_at),
        "bills": row.bill_count,
        "packages": row.packages,
        "packages_declared": row.packages_written,
        "mass_kg": _plain(row.mass_kg),
        "mass_declared_kg": _plain(row.mass_written_kg),
        "share_declared": format(row.share_declared, ".4f"),
        "links": _links(str(row.id)),
    }


def bill_output(row: BillRow) -> Json:
    """One bill as JSON."""
    return {
        "id": str(row.id),
        "reference": row.reference,
        "kind": row.kind.value,
        "master": row.master,
        "state": row.state.value,
        "consignor": row.consignor,
        "consignee": row.consignee,
        "notify": row.notify,
        "to_order": row.to_order,
        "goods": row.goods,
        "containers": list(row.containers),
        "packages": row.packages,
        "packages_declared": row.packages_written,
        "mass_kg": None if row.mass_kg is None else _plain(row.mass_kg),
        "mass_declared_kg": _plain(row.mass_written_kg),
        "houses": row.houses,
        "house_packages": row.house_packages,
        "house_mass_kg": _plain(row.house_mass_kg),
        "arrived_at": _instant(row.arrived_at),
    }


def _receipt(receipt: ManifestReceipt) -> Json:
    return {
        "id": str(receipt.id),
        "reference": receipt.reference,
        "version": receipt.version,
        "state": receipt.state.value,
        "bills": receipt.bills,
        "content_sha256": receipt.content_sha256,
        "warnings": [_warning(one) for one in receipt.warnings],
        "links": _links(str(receipt.id)),
    }


def _links(manifest_id: str) -> Json:
    return {"self": f"{ROOT}/{manifest_id}", "bills": f"{ROOT}/{manifest_id}/bills"}


def _warning(found: Violation) -> Json:
    named = {"code": found.rule, "pointer": found.pointer, "message": found.message, "remedy": found.remedy}
    return {name: value for name, value in named.items() if value}


def _plain(mass: Decimal) -> str:
    return format(mass.normalize(), "f") if mass else "0"


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _version(request: Request) -> int | None:
    """The version that the sender read, from If-Match.

    Raises:
        FormatRefused: it is none that this window gave.
    """
    text = request._request.headers.get("If-Match", "").strip().strip('"')
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise FormatRefused("If-Match is the ETag of the receipt.", code="header.if_match")
    return int(text)


def _reason(values: Any) -> str:
    """The reason of a cancellation.

    Raises:
        FormatRefused: the body is not of the form `{"reason": "..."}`.
    """
    if not isinstance(values, dict) or values.keys() != {"reason"} or not isinstance(values["reason"], str):
        raise FormatRefused('Send {"reason": "..."}.', code="format.fields")
    return values["reason"][:500]
