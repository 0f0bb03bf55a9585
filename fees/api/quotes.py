"""REST of quotes: made for anyone, signed, and checked by anyone who holds one."""

from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request

from declarations.messages import FieldsRefused, message_read, parse
from declarations.messages.findings import findings
from fees import openapi
from fees.rules.quote_facts import facts_of_request
from fees.schemas import QuoteRequest, QuoteToVerify
from fees.services import Quote, quote_make, quote_of_facts
from fees.services.signed_quotes import QuoteProof, quote_prove, quote_sign
from fees.signing import key_ring
from singlewindow.api.views import JSON_BODY_MAX, ApiView, body_of, json_response, known_parameters
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import FormatRefused

NOON = time(12, tzinfo=UTC)
KEYS_FOR = "public, max-age=3600"


class QuotesView(ApiView):
    """POST /api/v1/quotes"""

    permission_required = None  # what the border costs is public (TFA article 1 and 6.1)

    @extend_schema(**openapi.QUOTE)
    def post(self, request: Request) -> HttpResponse:
        """What goods would cost: the bytes of the notice that their assessment would give on the same data and day."""
        known_parameters(request, "date")
        at = _instant(request.query_params.get("date", ""))
        body = body_of(request, "application/json", "application/xml", "text/xml", limit=JSON_BODY_MAX)
        quote = _quote(body, request._request.META["CONTENT_TYPE"], at)
        signed = quote_sign(quote, actor=self.actor)
        headers = {
            "ETag": f'"{quote.sha256}"',
            "Cache-Control": "no-store",
            "Quote-Signature": signed.signature,
            "Quote-Valid-Until": signed.valid_until.astimezone(UTC).isoformat(),
        }
        return HttpResponse(quote.canonical, content_type="application/json", headers=headers)


class QuoteVerifyView(ApiView):
    """POST /api/v1/quotes/verify"""

    permission_required = None  # a proof that only some could check would prove little

    @extend_schema(**openapi.QUOTE_VERIFY)
    def post(self, request: Request) -> HttpResponse:
        """Whether a quote is genuine, and whether it still holds."""
        known_parameters(request)
        body = body_of(request, "application/json", limit=JSON_BODY_MAX)
        try:
            asked = QuoteToVerify.model_validate(strict_json.loads(body))
        except ValidationError as error:
            raise FieldsRefused("The request cannot be read.", violations=findings(error)) from error
        # What was signed holds members that the reader of messages leaves out: it is taken as it was sent.
        notice = None if asked.quote is None else orjson.loads(body)["quote"]
        proof = quote_prove(asked.signature, notice=notice, sha256=asked.sha256)
        return json_response(_output(proof), headers={"Cache-Control": "no-store"})


def _output(proof: QuoteProof) -> dict[str, Any]:
    if not proof.genuine or proof.claims is None or proof.standing is None:
        return {"genuine": False, "reason": proof.reason}
    named = ("sha256", "date", "tariff", "currency", "total", "issued_at", "valid_until")
    claims = {name: proof.claims[name] for name in named}
    return {"genuine": True, "standing": proof.standing.value, "key_id": proof.key_id} | claims


@require_safe
def signing_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of quotes as a JSON Web Key set, the newest last."""
    return JsonResponse({"keys": [key.jwk for key in key_ring()]}, headers={"Cache-Control": KEYS_FOR})


def _quote(body: bytes, content_type: str, at: datetime) -> Quote:
    """A quote of a whole declaration (JSON or XML) or of the reduced form."""
    if "json" not in content_type:
        return quote_make(parse(body, content_type).message, at=at)
    value = strict_json.loads(body)
    if isinstance(value, dict) and not {"type_code", "lrn", "declarant"} & value.keys():
        try:
            asked = QuoteRequest.model_validate(value)
        except ValidationError as error:
            raise FieldsRefused("The quote cannot be read.", violations=findings(error)) from error
        return quote_of_facts(facts_of_request(asked), at=at)
    return quote_make(message_read(value), at=at)


def _instant(text: str) -> datetime:
    if not text:
        return clock.now()
    try:
        return datetime.combine(date.fromisoformat(text), NOON)
    except ValueError as error:
        raise FormatRefused("date is a day as 2026-11-22.", code="query.date") from error
