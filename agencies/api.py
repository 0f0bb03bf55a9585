"""REST of the agencies: the permits that a trader's software may use."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from agencies.selectors import permit_page
from agencies.states import PermitState
from agencies.types import PermitInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.api.openapi import STRING, object_of, problems
from singlewindow.api.views import ApiView, json_response, known_parameters, page_size_of
from singlewindow.kernel import clock
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
