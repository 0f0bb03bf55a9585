"""REST of the requirement finder, open to everyone, and of what agencies say of a declaration."""

import re
from datetime import date
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from agencies.selectors import agency_standing, needs_for
from agencies.types import AgencyStatus, Need, TraderAnswer
from declarations.selectors import declaration_head_for
from singlewindow.accounts.permissions import Permission
from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.api.views import ApiView, json_response, uuid_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused

HS = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10}", re.ASCII)
FORMS = {
    "hs": HS,
    "direction": re.compile(r"import|export", re.ASCII),
    "country": re.compile(r"[A-Z]{2}", re.ASCII),
    "procedure": re.compile(r"|[0-9A-Z]{2}(?:[0-9A-Z]{2})?", re.ASCII),
    "end_use": re.compile(r"|[0-9A-Z]{3}", re.ASCII),
}
NEED_EXAMPLE: dict[str, Any] = {
    "requirement": "VET-005",
    "agency": "VET",
    "agency_name": "Veterinary Border Inspection",
    "permit_code": "7P02",
    "title": "Meat and offal of poultry",
    "law": "Animal Health Act 2013, section 9",
    "hs_prefix": "0207",
    "unit": "KGM",
    "hours": 48,
    "charge": "VET-PER",
    "fee": "22.5",
    "currency": "EUR",
    "conditions": "The establishment of origin is on the list of the Veterinary Service.",
    "documents": ["N853", "N380"],
    "exempt_below": "",
    "disclaimers": [{"code": "7W02", "sentence": "Samples of 5 kg or less, not for consumption"}],
    "check": "",
}
DISCLAIMER = object_of({"code": STRING, "sentence": STRING})
NEED = object_of(
    dict.fromkeys(NEED_EXAMPLE, STRING)
    | {"hours": {"type": "integer"}, "documents": {"type": "array", "items": STRING}}
    | {"disclaimers": {"type": "array", "items": DISCLAIMER}}
)
NEEDS = object_of({"on": STRING, "requirements": {"type": "array", "items": NEED}})


class RequirementsView(ApiView):
    """GET /api/v1/requirements"""

    permission_required = None

    @extend_schema(
        operation_id="requirements_find",
        summary="What goods need of every border agency",
        description="Permits and checks with law, fee of the published schedule, time, conditions and ways around.",
        parameters=[
            OpenApiParameter("hs", str, required=True, description="HS code, 2 to 10 digits"),
            OpenApiParameter("direction", str, required=True, enum=["import", "export"]),
            OpenApiParameter("country", str, required=True, description="Origin or destination, two letters"),
            OpenApiParameter("procedure", str, description="Like 4000; without it for all procedures"),
            OpenApiParameter("end_use", str, description="Additional procedure that names the use"),
            OpenApiParameter("on", str, description="Day, YYYY-MM-DD; today without it"),
        ],
        responses={200: OpenApiResponse(NEEDS, description="What is needed; empty: nothing")} | problems(400),
        examples=[
            OpenApiExample("Poultry", value={"on": "2026-11-23", "requirements": [NEED_EXAMPLE]}, response_only=True)
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        """Find them."""
        told = {name: request.query_params.get(name, "") for name in FORMS}
        unknown = sorted(set(request.query_params) - set(FORMS) - {"on"})
        if unknown:
            raise FormatRefused(f"Unknown here: {', '.join(unknown)[:200]}.", code="query.unknown")
        for name, form in FORMS.items():
            if not form.fullmatch(told[name]):
                raise FormatRefused(f"{name} is missing or not in its form.", code=f"query.{name}")
        on = _day(request.query_params.get("on", ""))
        found = needs_for(
            commodity_code=told["hs"],
            direction=told["direction"],
            country=told["country"],
            on=on,
            procedure=told["procedure"],
            end_use=told["end_use"],
        )
        return json_response({"on": on.isoformat(), "requirements": [_need(need) for need in found]})


def _day(text: str) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FormatRefused("on is no day, like 2026-11-23.", code="query.on") from error


def _need(need: Need) -> dict[str, Any]:
    fee = need.fee
    return {
        "requirement": need.key,
        "agency": need.agency,
        "agency_name": need.agency_name,
        "permit_code": need.lpco_code,
        "title": need.title,
        "law": need.law,
        "hs_prefix": need.hs_prefix,
        "unit": need.unit,
        "hours": need.sla_hours,
        "charge": need.charge_code,
        "fee": format(fee.amount.normalize(), "f") if fee and fee.amount is not None else "",
        "currency": fee.currency if fee and fee.amount is not None else "",
        "conditions": need.conditions,
        "documents": list(need.documents),
        "exempt_below": format(need.exempt_below.normalize(), "f") if need.exempt_below is not None else "",
        "disclaimers": [{"code": code, "sentence": sentence} for code, sentence in need.disclaimers],
        "check": need.check,
    }


STATUS_EXAMPLE: dict[str, Any] = {
    "agency": "PHY",
    "status": "hold",
    "code": "P01",
    "sentence": "These goods need a permit, and the declaration names none.",
    "next_step": "Ask the agency for the permit, or tell it why none is needed.",
    "who": "trader",
    "by": "2026-11-23T20:00:00+00:00",
    "items": [1],
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "status": "hold",
    "agency": "PHY",
    "who": "trader",
    "what": "Ask the agency for the permit, or tell it why none is needed.",
    "by": "2026-11-23T20:00:00+00:00",
    "waiting": 1,
}
ITEMS = {"items": {"type": "array", "items": {"type": "integer"}}}
STANDING = object_of(
    {
        "agencies": {
            "type": "array",
            "items": object_of(dict.fromkeys(STATUS_EXAMPLE, STRING) | {"by": INSTANT} | ITEMS),
        },
        "answer": object_of(dict.fromkeys(ANSWER_EXAMPLE, STRING) | {"by": INSTANT, "waiting": {"type": "integer"}}),
    }
)


class DeclarationAgenciesView(ApiView):
    """GET /api/v1/declarations/{id}/agencies"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(
        operation_id="declaration_agencies",
        summary="What each agency says of a declaration, and one answer: what now, who, by when",
        parameters=[OpenApiParameter("declaration_id", str, OpenApiParameter.PATH, description="The declaration's id")],
        responses={200: OpenApiResponse(STANDING, description="How it stands")} | problems(403, 404),
        examples=[
            OpenApiExample(
                "A permit is missing",
                value={"agencies": [STATUS_EXAMPLE], "answer": ANSWER_EXAMPLE},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """Read it."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        statuses, answer = agency_standing(head.id)
        return json_response({"agencies": [_status(one) for one in statuses], "answer": _answer(answer)})


def _status(one: AgencyStatus) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "status": one.verdict.value,
        "code": one.code,
        "sentence": one.sentence,
        "next_step": one.next_step,
        "who": ("trader" if one.trader_acts else "agency") if one.blocking else "nobody",
        "by": one.by.isoformat() if one.by else None,
        "items": list(one.items),
    }


def _answer(answer: TraderAnswer) -> dict[str, Any]:
    return {
        "status": answer.verdict.value,
        "agency": answer.agency,
        "who": answer.who,
        "what": answer.what,
        "by": answer.by.isoformat() if answer.by else None,
        "waiting": answer.waiting,
    }
