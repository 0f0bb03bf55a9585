"""REST of penalties: disclose an error, read what is held against one's organisation."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request

from declarations.messages import FieldsRefused
from declarations.messages.findings import findings
from declarations.selectors import declaration_head_for, declaration_id_of_mrn
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters
from singlewindow.db.work import Work
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.penalties import openapi
from singlewindow.penalties.models import Disclosure, Penalty
from singlewindow.penalties.schemas import DisclosureRequest
from singlewindow.penalties.selectors import penalties_for
from singlewindow.penalties.services import disclosure_file_in
from singlewindow.penalties.services.disclosures import Disclosed

BODY_MAX = 16_384


class DisclosuresView(ApiView):
    """/api/v1/disclosures"""

    permission_required = Permission.DISCLOSE_ERROR

    @extend_schema(**openapi.DISCLOSE)
    def post(self, request: Request) -> HttpResponse:
        """Tell of an error of one's own; the same key and body again give the same answer."""
        body = body_of(request, "application/json", limit=BODY_MAX)
        try:
            asked = DisclosureRequest.model_validate(strict_json.loads(body))
        except ValidationError as error:
            raise FieldsRefused("The disclosure cannot be read.", violations=findings(error)) from error
        found = declaration_id_of_mrn(asked.mrn)
        if found is None:
            raise NotFound
        declaration_head_for(self.actor, found)

        def act(work: Work) -> Answer:
            disclosed = Disclosed(asked.offence, asked.facts, asked.evaded, asked.element)
            row = disclosure_file_in(work, actor=self.actor, declaration_id=found, disclosed=disclosed)
            return Answer(201, orjson.dumps(disclosure_output(row)), {})

        return idempotent(request._request, self.actor, act, body=body)


class PenaltiesView(ApiView):
    """/api/v1/penalties"""

    permission_required = Permission.VIEW_PENALTY

    @extend_schema(**openapi.PENALTIES)
    def get(self, request: Request) -> HttpResponse:
        """What is held against organisations that one may file for, newest first."""
        known_parameters(request, "cursor")
        page = penalties_for(self.actor, cursor=request.query_params.get("cursor", ""))
        rows = [penalty_output(row) for row in page.rows]
        return json_response({"penalties": rows, "next_cursor": page.next_cursor or ""}, request=request)


def disclosure_output(row: Disclosure) -> dict[str, Any]:
    """A disclosure as JSON."""
    return {
        "id": str(row.pk),
        "mrn": row.mrn,
        "offence": row.offence,
        "state": row.state,
        "filed_at": _instant(row.filed_at),
        "before_notice": row.noticed_at is None,
        "evaded": f"{from_minor(row.evaded_minor, row.currency):f}",
        "currency": row.currency,
    }


def penalty_output(row: Penalty) -> dict[str, Any]:
    """A penalty as JSON, every step of its amount included."""

    def amount(minor: int) -> str:
        return f"{from_minor(minor, row.currency):f}"

    return {
        "id": str(row.pk),
        "mrn": row.mrn,
        "offence": row.offence,
        "law": row.law,
        "facts": row.facts,
        "state": row.state,
        "currency": row.currency,
        "least": amount(row.least_minor),
        "most": amount(row.most_minor),
        "before_mitigation": amount(row.gross_minor),
        "mitigations": [
            {"code": one["code"], "law": one["law"], "amount": amount(one["amount_minor"])} for one in row.mitigations
        ],
        "amount": amount(row.amount_minor),
        "notified_at": _instant(row.notified_at),
        "heard_until": _instant(row.heard_until),
    }


def _instant(at: Any) -> str:
    text: str = at.isoformat()
    return text.replace("+00:00", "Z")
