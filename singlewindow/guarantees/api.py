"""REST of guarantees: the list, one with its ledger, and whether an access code is right."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.guarantees import openapi
from singlewindow.guarantees.selectors.lists import entries_of, guarantee_for, guarantees_for
from singlewindow.guarantees.services.changing import code_check
from singlewindow.guarantees.states import GuaranteeState
from singlewindow.guarantees.types import EntryRow, GuaranteeView
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.money import from_minor

BODY_MAX = 1024
Json = dict[str, Any]


class GuaranteesView(ApiView):
    """GET /api/v1/guarantees"""

    permission_required = Permission.VIEW_GUARANTEE

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of guarantees."""
        known_parameters(request, "state", "q")
        state = request.query_params.get("state", "")
        if state and state not in set(GuaranteeState):
            raise FormatRefused("state is none of the states of a guarantee.", code="query.state")
        page = guarantees_for(
            self.actor,
            state=state,
            text=request.query_params.get("q", ""),
            cursor=request.query_params.get("cursor", ""),
            size=page_size_of(request),
        )
        return json_response(
            {"guarantees": [guarantee_output(row) for row in page.rows], "next_cursor": page.next_cursor}
        )


class GuaranteeOneView(ApiView):
    """GET /api/v1/guarantees/{id}"""

    permission_required = Permission.VIEW_GUARANTEE

    @extend_schema(**openapi.GET)
    def get(self, request: Request, guarantee_id: str) -> HttpResponse:
        """One guarantee with a page of its ledger."""
        row = guarantee_for(self.actor, uuid_of(guarantee_id))
        page = entries_of(row.id, cursor=request.query_params.get("cursor", ""), size=page_size_of(request))
        entries = [entry_output(entry, row.currency) for entry in page.rows]
        return json_response(guarantee_output(row) | {"entries": entries, "next_cursor": page.next_cursor})


class CodeChecksView(ApiView):
    """POST /api/v1/guarantees/{id}/code-checks

    Without an idempotency key: nothing is kept of what was sent, not even a hash, for a code is short.
    """

    permission_required = Permission.USE_GUARANTEE

    @extend_schema(**openapi.CHECK)
    def post(self, request: Request, guarantee_id: str) -> HttpResponse:
        """Whether an access code is right, and how many wrong ones may still be given."""
        row = guarantee_for(self.actor, uuid_of(guarantee_id))
        told = strict_json.loads(body_of(request, "application/json", limit=BODY_MAX))
        code = told.get("access_code") if isinstance(told, dict) and set(told) == {"access_code"} else None
        if not isinstance(code, str):
            raise FormatRefused("Send an object with `access_code`.", code="json.shape")
        right, left = code_check(actor=self.actor, guarantee=row, code=code)
        return json_response({"right": right, "attempts_left": left})


def guarantee_output(row: GuaranteeView) -> Json:
    """A guarantee as the API gives it; never anything of its codes."""

    def money(minor: int) -> str:
        return format(from_minor(minor, row.currency), "f")

    return {
        "id": str(row.id),
        "grn": row.grn,
        "type": row.type.value,
        "state": row.state.value,
        "holder": row.holder_identifier,
        "guarantor": row.guarantor_name,
        "currency": row.currency,
        "reference_amount": money(row.reference_minor),
        "level": row.level,
        "guaranteed": money(row.guaranteed_minor),
        "limit": money(row.limit_minor),
        "used": money(row.used_minor),
        "available": money(row.available_minor),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "ends_on": row.liability_ends_on.isoformat() if row.liability_ends_on else None,
        "offices": list(row.offices),
        "countries_excluded": list(row.countries_excluded),
        "commodities": list(row.commodities),
        "sensitive_excluded": list(row.sensitive_excluded),
    }


def entry_output(entry: EntryRow, currency: str) -> Json:
    """One entry of the ledger as the API gives it."""
    return {
        "kind": entry.kind.value,
        "purpose": entry.purpose,
        "declaration": str(entry.subject_id),
        "amount": format(from_minor(entry.amount_minor, currency), "f"),
        "used_after": format(from_minor(entry.used_after_minor, currency), "f"),
        "at": entry.at.isoformat(),
    }
