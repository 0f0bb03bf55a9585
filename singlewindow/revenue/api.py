"""REST of revenue: deferments and their statements, and claims."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request

from declarations.messages import FieldsRefused
from declarations.messages.findings import findings
from declarations.selectors import declaration_head_for, declaration_id_of_mrn
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, uuid_of
from singlewindow.db.work import Work
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.reference.selectors import profile
from singlewindow.revenue import openapi
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.rules.drawback import ExitAsked
from singlewindow.revenue.schemas import ClaimRequest, LineRequest
from singlewindow.revenue.selectors import (
    ClaimView,
    DefermentView,
    StatementView,
    claim_for,
    claims_for,
    deferments_for,
    statement_for,
    statements_of,
)
from singlewindow.revenue.services import (
    DrawbackAsked,
    drawback_file,
    remission_file,
    repayment_file,
    statement_pay,
)
from singlewindow.revenue.types import ClaimKind

BODY_MAX = 131_072


class DefermentsView(ApiView):
    """/api/v1/deferments"""

    permission_required = Permission.VIEW_ACCOUNT

    @extend_schema(**openapi.DEFERMENTS)
    def get(self, request: Request) -> HttpResponse:
        """The deferments of the client's organisation."""
        known_parameters(request)
        rows = [row for row in deferments_for(self.actor).rows if row.holder_id == self.actor.organisation_id]
        return json_response({"deferments": [_deferment(row) for row in rows]}, request=request)


class StatementDetailView(ApiView):
    """/api/v1/deferments/statements/{id}"""

    permission_required = Permission.VIEW_ACCOUNT

    @extend_schema(**openapi.STATEMENT_GET)
    def get(self, request: Request, statement_id: str) -> HttpResponse:
        """One statement."""
        return json_response(_statement(_own_statement(self.actor, statement_id)), request=request)


class StatementPaymentView(ApiView):
    """/api/v1/deferments/statements/{id}/payment"""

    permission_required = Permission.PAY

    @extend_schema(**openapi.STATEMENT_PAY)
    def post(self, request: Request, statement_id: str) -> HttpResponse:
        """Pay it; the same key again gives the same answer."""
        view = _own_statement(self.actor, statement_id)
        body = body_of(request, "application/json", limit=1_024)
        if strict_json.loads(body):
            raise FieldsRefused("The body is an empty object.", violations=[])

        def act(work: Work) -> Answer:
            statement_pay(statement_id=view.id, actor=self.actor)
            work.flush()
            return Answer(200, orjson.dumps(_statement(statement_for(self.actor, view.id))), {})

        return idempotent(request._request, self.actor, act, body=body)


class ClaimsView(ApiView):
    """/api/v1/claims"""

    permission_required = Permission.CLAIM_REPAYMENT

    @extend_schema(**openapi.CLAIMS)
    def get(self, request: Request) -> HttpResponse:
        """One page of claims, newest first."""
        known_parameters(request, "cursor")
        page = claims_for(self.actor, cursor=request.query_params.get("cursor", ""))
        rows = [_claim(row) for row in page.rows]
        return json_response({"claims": rows, "next_cursor": page.next_cursor or ""}, request=request)

    @extend_schema(**openapi.CLAIM_FILE)
    def post(self, request: Request) -> HttpResponse:
        """File one; the same key and body again give the same answer."""
        body = body_of(request, "application/json", limit=BODY_MAX)
        try:
            asked = ClaimRequest.model_validate(strict_json.loads(body))
        except ValidationError as error:
            raise FieldsRefused("The claim cannot be read.", violations=findings(error)) from error

        def act(work: Work) -> Answer:
            claim_id = _file(self.actor, asked)
            work.flush()
            return Answer(201, orjson.dumps(_claim(claim_for(self.actor, claim_id))), {})

        return idempotent(request._request, self.actor, act, body=body)


class ClaimDetailView(ApiView):
    """/api/v1/claims/{id}"""

    permission_required = Permission.CLAIM_REPAYMENT

    @extend_schema(**openapi.CLAIM_GET)
    def get(self, request: Request, claim_id: str) -> HttpResponse:
        """One claim."""
        return json_response(_claim(claim_for(self.actor, uuid_of(claim_id))), request=request)


def _own_statement(actor: Actor, statement_id: str) -> StatementView:
    view = statement_for(actor, uuid_of(statement_id))
    if view.deferment.holder_id != actor.organisation_id:
        raise NotFound
    return view


def _file(actor: Actor, asked: ClaimRequest) -> UUID:
    if asked.kind is ClaimKind.REMISSION:
        if asked.demand_id is None:
            raise _missing("/demand_id")
        return remission_file(demand_id=asked.demand_id, reason_code=asked.reason_code, text=asked.text, actor=actor)
    declaration_id = _named(actor, asked.mrn, "/mrn")
    if asked.kind is ClaimKind.REPAYMENT:
        currency = profile(clock.today()).currency
        lines = [
            LineAsked(one.item, one.tax_type, _minor(one, index, currency)) for index, one in enumerate(asked.lines)
        ]
        return repayment_file(
            declaration_id=declaration_id, lines=lines, reason_code=asked.reason_code, text=asked.text, actor=actor
        )
    exits = tuple(
        ExitAsked(one.basis, one.import_item, Decimal(one.quantity), one.export_item or 0, one.evidence)
        for one in asked.exits
    )
    drawback = DrawbackAsked(
        import_declaration_id=declaration_id,
        exits=exits,
        text=asked.text,
        export_declaration_id=_named(actor, asked.export_mrn, "/export_mrn") if asked.export_mrn else None,
        authorisation=asked.authorisation,
    )
    return drawback_file(drawback, actor=actor)


def _named(actor: Actor, mrn: str | None, pointer: str) -> UUID:
    if mrn is None:
        raise _missing(pointer)
    found = declaration_id_of_mrn(mrn)
    if found is None:
        raise NotFound
    return declaration_head_for(actor, found).id


def _minor(line: LineRequest, index: int, currency: str) -> int:
    try:
        return to_minor(line.figure, currency)
    except ValueError as error:
        sentence = f"It has more decimals than {currency}."
        found = Violation("RV-CLM-04", f"/lines/{index}/amount", sentence, "Write fewer decimals.", line.amount)
        raise RuleViolated(violations=[found]) from error


def _missing(pointer: str) -> FieldsRefused:
    found = Violation("format.required", pointer, "This kind of claim needs it.", "Name it.")
    return FieldsRefused("The claim cannot be read.", violations=[found])


def _deferment(row: DefermentView) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return f"{from_minor(minor, row.currency):f}"

    months = [
        {
            "id": str(one.id),
            "month": f"{one.month:%Y-%m}",
            "state": one.state.value,
            "due_on": one.due_on.isoformat(),
            "total": amount(one.total_minor),
            "debts": one.debts,
        }
        for one in statements_of(row.id)
    ]
    return {
        "id": str(row.id),
        "number": row.number,
        "state": row.state.value,
        "currency": row.currency,
        "limit": amount(row.limit_minor),
        "used": amount(row.used_minor),
        "available": amount(row.available_minor),
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else "",
        "basis": row.basis.value,
        "statements": months,
    }


def _statement(view: StatementView) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return f"{from_minor(minor, view.currency):f}"

    return {
        "id": str(view.id),
        "deferment": view.deferment.number,
        "month": f"{view.month:%Y-%m}",
        "state": view.state.value,
        "due_on": view.due_on.isoformat(),
        "currency": view.currency,
        "total": amount(view.total_minor),
        "debts": [
            {"mrn": debt.mrn, "at": _instant(debt.at), "amount": amount(debt.amount_minor)} for debt in view.debts
        ],
        "totals": [
            {
                "authority": one.authority,
                "tax_type": one.tax_type,
                "amount": amount(one.amount_minor),
                "declarations": [{"mrn": mrn, "amount": amount(minor)} for _, mrn, minor in one.declarations],
            }
            for one in view.totals
        ],
    }


def _claim(view: ClaimView) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return f"{from_minor(minor, view.currency):f}"

    return {
        "id": str(view.id),
        "number": view.number,
        "kind": view.kind.value,
        "state": view.state.value,
        "mrn": view.mrn,
        "reason_code": view.reason_code,
        "law": view.law,
        "currency": view.currency,
        "claimed": amount(view.claimed_minor),
        "approved": "" if view.approved_minor is None else amount(view.approved_minor),
        "interest": amount(view.interest_minor),
        "filed_at": _instant(view.filed_at),
        "decision": view.decision,
    }


def _instant(at: Any) -> str:
    text: str = at.isoformat()
    return text.replace("+00:00", "Z")
