"""REST of applications for permits, and the door for certificates of other countries."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from agencies.family import certificate_answer
from agencies.selectors.applications import application_page, application_read
from agencies.services import application_apply, application_draft, certificate_receive
from agencies.types import ApplicationInfo, PartInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.documents.openapi import KEY
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, NotPermitted

BODY_MAX = 65_536
XML_MAX = 1_048_576
ROOT = "/api/v1/permit-applications"
DATASET: dict[str, Any] = {
    "direction": "import",
    "valid_from": "2026-12-01",
    "valid_to": "2027-05-31",
    "goods": [
        {
            "number": 1,
            "commodity_code": "0805102000",
            "description": "Sweet oranges, fresh",
            "country": "MA",
            "quantity": "20000",
            "unit": "KGM",
        }
    ],
}
PART_EXAMPLE: dict[str, Any] = {
    "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f51",
    "agency": "PHY",
    "code": "7P01",
    "goods": [1],
    "state": "under_review",
    "charge": "",
    "fee_state": "none",
    "due_at": "2026-11-24T10:00:00+00:00",
    "answer_by": None,
    "permit": "",
    "reason": "",
    "law": "",
}
EXAMPLE: dict[str, Any] = {
    "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f50",
    "reference": "LA202600000012",
    "holder": "ZZIMP0001",
    "applied_at": "2026-11-23T10:00:00+00:00",
    "application": DATASET,
    "parts": [PART_EXAMPLE],
}
PART = object_of(
    dict.fromkeys(PART_EXAMPLE, STRING)
    | {"goods": {"type": "array", "items": {"type": "integer"}}, "due_at": INSTANT, "answer_by": INSTANT}
)
APPLICATION = object_of(
    {
        "id": STRING,
        "reference": STRING,
        "holder": STRING,
        "applied_at": INSTANT,
        "application": {"type": "object", "description": "The dataset as it was sent"},
        "parts": {"type": "array", "items": PART},
    }
)
PAGE = object_of({"applications": {"type": "array", "items": APPLICATION}, "next_cursor": STRING})
BODY = object_of({"holder": STRING, "application": {"type": "object"}})


class ApplicationsView(ApiView):
    """/api/v1/permit-applications"""

    permission_required = Permission.APPLY_PERMIT

    @extend_schema(
        operation_id="permit_applications_list",
        summary="Your applications for permits, newest first",
        parameters=[
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
            OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
        ],
        responses={200: OpenApiResponse(PAGE, description="A page")} | problems(400, 403),
        examples=[OpenApiExample("One", value={"applications": [EXAMPLE], "next_cursor": ""}, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponse:
        """One page of applications."""
        known_parameters(request)
        page = application_page(self.actor, cursor=request.query_params.get("cursor", ""), size=page_size_of(request))
        rows = [_output(row) for row in page.rows]
        return json_response({"applications": rows, "next_cursor": page.next_cursor})

    @extend_schema(
        operation_id="permit_application_send",
        summary="Apply for every permit that goods need, at every agency, in one message",
        description="What is needed is told by the requirements; each agency answers for its part.",
        parameters=[KEY],
        request={"application/json": BODY},
        responses={201: OpenApiResponse(APPLICATION, description="Sent")} | problems(400, 403, 404, 409, 413, 415, 422),
        examples=[
            OpenApiExample("Oranges", value={"holder": "ZZIMP0001", "application": DATASET}, request_only=True),
            OpenApiExample("Sent", value=EXAMPLE, response_only=True),
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        """Send one."""
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = strict_json.loads(body, max_bytes=BODY_MAX)
        if not isinstance(told, dict) or set(told) != {"holder", "application"}:
            raise FormatRefused("The body is an object with holder and application.", code="format.field")
        holder, content = told["holder"], told["application"]
        if not isinstance(holder, str) or not isinstance(content, dict):
            raise FormatRefused("holder is a text and application an object.", code="format.field")

        def act(work: Work) -> Answer:
            organisation = organisation_by_identifier(holder)
            if organisation is None:
                raise NotPermitted("You may not apply for this organisation.")
            draft = application_draft(actor=self.actor, holder_id=organisation.pk, content=content)
            sent = application_apply(actor=self.actor, application_id=draft.id)
            return Answer(201, orjson.dumps(_output(sent)), {"Location": f"{ROOT}/{sent.id}"})

        return idempotent(request._request, self.actor, act, body=body)


class ApplicationView(ApiView):
    """/api/v1/permit-applications/{id}"""

    permission_required = Permission.APPLY_PERMIT

    @extend_schema(
        operation_id="permit_application_read",
        summary="One application, with what each agency has made of its part",
        parameters=[OpenApiParameter("application_id", str, OpenApiParameter.PATH, description="The application's id")],
        responses={200: OpenApiResponse(APPLICATION, description="How it stands")} | problems(403, 404),
        examples=[OpenApiExample("Under review", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, application_id: str) -> HttpResponse:
        """Read it."""
        return json_response(_output(application_read(self.actor, uuid_of(application_id))))


def _output(one: ApplicationInfo) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "reference": one.reference,
        "holder": one.holder_identifier,
        "applied_at": one.applied_at.isoformat() if one.applied_at else None,
        "application": one.content,
        "parts": [_part(part) for part in one.parts],
    }


def _part(part: PartInfo) -> dict[str, Any]:
    return {
        "id": str(part.id),
        "agency": part.agency,
        "code": part.code,
        "goods": list(part.goods),
        "state": part.state.value,
        "charge": part.charge_code,
        "fee_state": part.fee_state,
        "due_at": part.due_at.isoformat() if part.due_at else None,
        "answer_by": part.answer_by.isoformat() if part.answer_by else None,
        "permit": part.lpco,
        "reason": part.reason,
        "law": part.law,
    }


CERTIFICATE_EXAMPLE: dict[str, Any] = {
    "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f52",
    "country": "AR",
    "number": "AR-2026-000123",
    "version": 1,
    "code": "N851",
    "state": "valid",
    "issued_on": "2026-11-20",
    "valid_to": "2027-01-19",
    "net_kg": "20000",
    "used_kg": "0",
}
CERTIFICATE = object_of(dict.fromkeys(CERTIFICATE_EXAMPLE, STRING) | {"version": {"type": "integer"}})


class CertificatesView(ApiView):
    """POST /api/v1/certificates"""

    permission_required = Permission.SEND_CERTIFICATE

    @extend_schema(
        operation_id="certificate_send",
        summary="Bring in a certificate of another country (UN/CEFACT SPSCertificate, ePhyto)",
        description="The same bytes again change nothing; a later message of the same number is its next version.",
        parameters=[KEY],
        request={"application/xml": STRING},
        responses={201: OpenApiResponse(CERTIFICATE, description="Taken in")}
        | problems(400, 403, 404, 409, 413, 415, 422),
        examples=[OpenApiExample("Taken in", value=CERTIFICATE_EXAMPLE, response_only=True)],
    )
    def post(self, request: Request) -> HttpResponse:
        """Take one in."""
        body = body_of(request, "application/xml", "text/xml", limit=XML_MAX)

        def act(work: Work) -> Answer:
            return certificate_answer(certificate_receive(work, body=body, actor=self.actor))

        return idempotent(request._request, self.actor, act, body=body)
