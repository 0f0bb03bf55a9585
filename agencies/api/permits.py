"""REST of the agencies: the permits that a trader's software may use."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from agencies.selectors import permit_page, permit_read
from agencies.services import permit_document_link
from agencies.states import PermitState
from agencies.types import PermitInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.openapi import STRING, object_of, problems
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.documents.openapi import DOCUMENT, KEY
from singlewindow.documents.openapi import EXAMPLE as DOCUMENT_EXAMPLE
from singlewindow.documents.responses import document_output
from singlewindow.documents.selectors import documents_of
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import FormatRefused

EXAMPLE: dict[str, Any] = {
    "permits": [
        {
            "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f50",
            "code": "7P01",
            "number": "PHY-2026-000101",
            "agency": "PHY",
            "holder": "ZZIMP0001",
            "direction": "import",
            "hs_prefix": "0805",
            "country": "",
            "quantity": "250000",
            "unit": "KGM",
            "tolerance": "0.05",
            "used": "1200",
            "remaining": "261300",
            "valid_from": "2026-01-01",
            "valid_to": "2030-12-31",
            "state": "issued",
        }
    ],
    "next_cursor": "",
}

PAGE = object_of(
    {"permits": {"type": "array", "items": object_of(dict.fromkeys(EXAMPLE["permits"][0], STRING))}}
    | {"next_cursor": STRING}
)


class PermitsView(ApiView):
    """GET /api/v1/permits"""

    permission_required = Permission.VIEW_PERMIT

    @extend_schema(
        operation_id="permits_list",
        summary="Permits that you may use, with what is left of them, newest first",
        description="`remaining` counts the tolerance in. A declaration names a permit by its `code` and `number`.",
        parameters=[
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
            OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
            OpenApiParameter("state", str, enum=[state.value for state in PermitState]),
            OpenApiParameter("q", str, description="Beginning of the number or of the HS code"),
        ],
        responses={200: OpenApiResponse(PAGE, description="A page")} | problems(400, 403),
        examples=[OpenApiExample("A permit for citrus fruit", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponse:
        """One page of permits."""
        known_parameters(request, "state", "q")
        state = request.query_params.get("state", "")
        if state and state not in set(PermitState):
            raise FormatRefused("state is none of the states of a permit.", code="query.state")
        page = permit_page(
            self.actor,
            cursor=request.query_params.get("cursor", ""),
            state=state,
            search=request.query_params.get("q", "")[:35].replace("\x00", ""),
            size=page_size_of(request),
        )
        return json_response({"permits": [_output(row) for row in page.rows], "next_cursor": page.next_cursor})


PERMIT_ID = OpenApiParameter("permit_id", str, OpenApiParameter.PATH, description="The permit's id (a UUID)")
BODY_MAX = 1_024


class PermitDocumentsView(ApiView):
    """/api/v1/permits/{id}/documents"""

    permission_required = Permission.VIEW_PERMIT

    @extend_schema(
        operation_id="permit_documents_list",
        summary="Documents that are bound to a permit",
        parameters=[PERMIT_ID],
        responses={
            200: OpenApiResponse(
                object_of({"documents": {"type": "array", "items": DOCUMENT}}), description="The documents"
            )
        }
        | problems(403, 404),
        examples=[OpenApiExample("A certificate", value={"documents": [DOCUMENT_EXAMPLE]}, response_only=True)],
    )
    def get(self, request: Request, permit_id: str) -> HttpResponse:
        """What the permit was issued on, oldest first."""
        permit = permit_read(self.actor, uuid_of(permit_id))
        return json_response({"documents": [document_output(document) for document, _link in documents_of(permit.id)]})

    @extend_schema(
        operation_id="permit_documents_bind",
        summary="Bind a document of your shelf to a permit",
        description="The agency of the permit reads it from then on.",
        parameters=[PERMIT_ID, KEY],
        request={"application/json": object_of({"document_id": STRING})},
        responses={201: OpenApiResponse(DOCUMENT, description="Bound")} | problems(400, 403, 404, 409, 413, 415, 422),
        examples=[
            OpenApiExample("One of the shelf", value={"document_id": DOCUMENT_EXAMPLE["id"]}, request_only=True),
            OpenApiExample("Bound", value=DOCUMENT_EXAMPLE, response_only=True),
        ],
    )
    def post(self, request: Request, permit_id: str) -> HttpResponse:
        """Bind one more."""
        permit = permit_read(self.actor, uuid_of(permit_id))
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = strict_json.loads(body, max_bytes=BODY_MAX)
        if not isinstance(told, dict) or set(told) != {"document_id"} or not isinstance(told["document_id"], str):
            raise FormatRefused("The body is an object with document_id.", code="format.field")
        document_id = uuid_of(told["document_id"])

        def act(work: Work) -> Answer:
            document = permit_document_link(work, self.actor, permit_id=permit.id, document_id=document_id)
            return Answer(201, orjson.dumps(document_output(document)))

        return idempotent(request._request, self.actor, act, body=body)


def _output(permit: PermitInfo) -> dict[str, str]:
    numbers = {
        name: format(getattr(permit, name).normalize(), "f") for name in ("quantity", "tolerance", "used", "remaining")
    }
    return {
        "id": str(permit.id),
        "code": permit.code,
        "number": permit.number,
        "agency": permit.agency,
        "holder": permit.holder_identifier,
        "direction": permit.direction,
        "hs_prefix": permit.hs_prefix,
        "country": permit.origin,
        "unit": permit.unit,
        "valid_from": permit.valid_from.isoformat(),
        "valid_to": permit.valid_to.isoformat(),
        "state": permit.state_on(clock.today()).value,
    } | numbers
