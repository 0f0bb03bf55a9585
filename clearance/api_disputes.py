"""REST of disputes: what customs disputes of a declaration, and the security that the trader gives."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from clearance import openapi_disputes as openapi
from clearance.models import Dispute
from clearance.selectors.disputes import disputes_of
from clearance.services.disputes.accepting import dispute_accept
from declarations.selectors import declaration_head_for
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, uuid_of
from singlewindow.db.work import Work
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.money import from_minor

BODY_MAX = 4096
Json = dict[str, Any]


class DisputesView(ApiView):
    """GET /api/v1/declarations/{id}/disputes"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.DISPUTES)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """The disputes of a declaration, newest first."""
        rows = disputes_of(self.actor, uuid_of(declaration_id))
        return json_response({"disputes": [dispute_output(row) for row in rows]})


class AcceptanceView(ApiView):
    """POST /api/v1/declarations/{id}/disputes/acceptance"""

    permission_required = Permission.LODGE_DECLARATION

    @extend_schema(**openapi.ACCEPTANCE)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Give security for the open dispute, on a guarantee or in cash."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = strict_json.loads(body)
        known = isinstance(told, dict) and set(told) <= {"grn", "access_code"}
        if not known or not all(isinstance(value, str) for value in told.values()):
            raise FormatRefused(
                "Send an object with `grn` and `access_code`, both text and optional.", code="json.shape"
            )

        def act(work: Work) -> Answer:
            verdict = dispute_accept(
                actor=self.actor,
                declaration_id=head.id,
                grn=told.get("grn", ""),
                access_code=told.get("access_code"),
            )
            work.flush()
            row = disputes_of(self.actor, head.id)[0]
            return Answer(200, orjson.dumps(dispute_output(row) | {"released": verdict.release}))

        return idempotent(request._request, self.actor, act, body=body)


def dispute_output(row: Dispute) -> Json:
    """A dispute as the API gives it."""

    def money(minor: int | None) -> str | None:
        return None if minor is None else format(from_minor(minor, row.currency), "f")

    return {
        "id": str(row.pk),
        "state": row.state,
        "grounds": list(row.grounds),
        "statement": row.statement,
        "law": row.law,
        "alternative": list(row.alternative),
        "currency": row.currency,
        "declared": money(row.declared_minor),
        "alternative_total": money(row.alternative_minor),
        "security": money(row.security_minor),
        "fine": money(row.fine_minor),
        "grn": row.grn,
        "opened_at": row.opened_at.isoformat(),
        "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "outcome": row.outcome,
        "final": money(row.final_minor),
    }
