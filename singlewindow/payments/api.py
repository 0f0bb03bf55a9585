"""REST of payments: what can be paid, baskets, paying them, and the one address to which providers tell."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request

from declarations.messages.findings import findings
from fees.selectors.payable import Payable, debts_payable, demands_payable
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, NotFound, RuleViolated, Violation
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.payments import openapi
from singlewindow.payments.schemas import BasketRequest, PayRequest
from singlewindow.payments.selectors.baskets import basket_for, baskets_for
from singlewindow.payments.services.baskets import Chosen, basket_pay_from_account, basket_send, baskets_make
from singlewindow.payments.services.provider_payments import callback_take, provider_payment_begin
from singlewindow.payments.treasury import treasury
from singlewindow.payments.types import BasketView, Line, Method

CALLBACK_MAX = 16_384


class PaymentsView(ApiView):
    """/api/v1/payments"""

    permission_required = Permission.PAY

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of baskets, newest first."""
        known_parameters(request)
        page = baskets_for(self.actor, cursor=request.query_params.get("cursor", ""), size=page_size_of(request))
        return json_response({"payments": [basket_output(one) for one in page.rows], "next_cursor": page.next_cursor})

    @extend_schema(**openapi.MAKE)
    def post(self, request: Request) -> HttpResponse:
        """Put baskets together, one for each currency."""
        body = body_of(request, "application/json")
        chosen = _chosen(_asked(BasketRequest, body))

        def act(work: Work) -> Answer:
            ids = baskets_make(work, chosen=chosen, actor=self.actor)
            work.flush()
            made = [basket_output(basket_for(self.actor, one), whole=True) for one in ids]
            return Answer(201, orjson.dumps({"payments": made}), {"Location": f"{openapi.ROOT}/{ids[0]}"})

        return idempotent(request._request, self.actor, act, body=body)


class PayableView(ApiView):
    """/api/v1/payments/payable"""

    permission_required = Permission.PAY

    @extend_schema(**openapi.PAYABLE)
    def get(self, request: Request) -> HttpResponse:
        """What the organisation can pay now."""
        known_parameters(request)
        own = self.actor.organisation_id
        if own is None:
            raise NotFound
        return json_response(
            {
                "demands": [_payable_output(one) for one in demands_payable(own)],
                "declarations": [_payable_output(one) for one in debts_payable(own)],
            }
        )


class PaymentView(ApiView):
    """/api/v1/payments/{id}"""

    permission_required = Permission.PAY

    @extend_schema(**openapi.READ)
    def get(self, request: Request, basket_id: str) -> HttpResponse:
        """A basket with what it pays."""
        return json_response(basket_output(basket_for(self.actor, uuid_of(basket_id)), whole=True))


class PayView(ApiView):
    """/api/v1/payments/{id}/pay"""

    permission_required = Permission.PAY

    @extend_schema(**openapi.PAY)
    def post(self, request: Request, basket_id: str) -> HttpResponse:
        """Pay a basket, or take it to where it is paid."""
        own = basket_for(self.actor, uuid_of(basket_id)).id
        body = body_of(request, "application/json")
        asked = _asked(PayRequest, body)

        def act(work: Work) -> Answer:
            href = self._paid(work, own, asked)
            work.flush()
            value = {"payment": basket_output(basket_for(self.actor, own), whole=True), "continue_at": href}
            return Answer(200, orjson.dumps(value))

        return idempotent(request._request, self.actor, act, body=body)

    def _paid(self, work: Work, basket_id: UUID, asked: PayRequest) -> str:
        if asked.method == "account":
            basket_pay_from_account(basket_id=basket_id, actor=self.actor)
        elif asked.method == "bank":
            basket_send(work, basket_id=basket_id, method=Method.BANK, actor=self.actor)
        else:
            return provider_payment_begin(basket_id=basket_id, provider=asked.provider, actor=self.actor).href
        return ""


class CallbackView(ApiView):
    """/api/v1/payments/callbacks/{provider}"""

    permission_required = None  # a provider proves itself by its signature, which is looked at before anything else

    @extend_schema(**openapi.CALLBACK, auth=[])
    def post(self, request: Request, provider: str) -> HttpResponse:
        """Keep what a provider tells; what follows from it is done afterwards."""
        body = body_of(request, "application/json", limit=CALLBACK_MAX)
        raw = request._request
        new = callback_take(
            provider=provider[:20], headers=raw.headers, body=body, ip=str(raw.META.get("REMOTE_ADDR", ""))
        )
        return json_response({"received": True, "new": new})


def _asked(schema: type[Any], body: bytes) -> Any:
    value = strict_json.loads(body)
    try:
        return schema.model_validate({} if value is None else value)  # an object without members comes out as none
    except ValidationError as error:
        raise FormatRefused("The request cannot be read.", code="format.fields", violations=findings(error)) from error


def _chosen(asked: BasketRequest) -> Chosen:
    minor, currency = 0, ""
    if asked.top_up is not None:
        currency = asked.top_up.currency
        try:
            minor = to_minor(asked.top_up.amount, currency)
        except ValueError:
            minor = 0
        if minor <= 0 or currency not in treasury():
            sentence = "Pay in a positive amount, in a currency in which the treasury has an account."
            raise RuleViolated(sentence, violations=[Violation("PY-BAS-03", "/top_up", sentence, "Correct it.")])
    return Chosen(tuple(dict.fromkeys(asked.demands)), tuple(dict.fromkeys(asked.declarations)), minor, currency)


def basket_output(basket: BasketView, *, whole: bool = False) -> dict[str, Any]:
    """A basket as software reads it; whole: with what it pays and where to transfer the money."""
    value: dict[str, Any] = {
        "id": str(basket.id),
        "state": basket.state.value,
        "reason": basket.reason,
        "method": basket.method,
        "currency": basket.currency,
        "total": f"{from_minor(basket.total_minor, basket.currency):f}",
        "received": f"{from_minor(basket.received_minor, basket.currency):f}",
        "reference": basket.reference,
        "made_at": basket.made_at.isoformat(),
        "expires_at": basket.expires_at.isoformat(),
        "settled_at": basket.settled_at.isoformat() if basket.settled_at else None,
    }
    if not whole:
        return value
    account = treasury().get(basket.currency)
    if account is not None:
        value["bank"] = {"holder": account.holder, "iban": account.iban, "bic": account.bic}
        value["bank"]["reference"] = basket.reference
    return value | {"lines": [_line_output(line, basket.currency) for line in basket.lines]}


def _line_output(line: Line, currency: str) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "text": line.text,
        "amount": f"{from_minor(line.amount_minor, currency):f}",
        "authority": line.authority,
        "demand_id": str(line.demand_id) if line.demand_id else None,
        "declaration_id": str(line.declaration_id) if line.declaration_id else None,
    }


def _payable_output(one: Payable) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "text": one.text,
        "authority": one.authority,
        "amount": f"{from_minor(one.amount_minor, one.currency):f}",
        "currency": one.currency,
        "due_on": one.due_on.isoformat() if one.due_on else None,
    }
