"""REST of fees: quotes for anyone, the prepaid account for its holder, the public schedule as data."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request

from declarations.messages import FieldsRefused, message_read, parse
from declarations.messages.findings import findings
from fees import openapi
from fees.rules.quote_facts import facts_of_request
from fees.schemas import QuoteRequest
from fees.selectors import account_movements, account_of
from fees.services import Quote, quote_make, quote_of_facts
from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import JSON_BODY_MAX, ApiView, body_of, json_response, known_parameters, page_size_of
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile

NOON = time(12, tzinfo=UTC)


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
        headers = {"ETag": f'"{quote.sha256}"', "Cache-Control": "no-store"}
        return HttpResponse(quote.canonical, content_type="application/json", headers=headers)


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


class AccountApiView(ApiView):
    """GET /api/v1/account"""

    permission_required = Permission.VIEW_ACCOUNT

    @extend_schema(**openapi.ACCOUNT)
    def get(self, request: Request) -> HttpResponse:
        """Balance and movements of the organisation's prepaid account, newest first."""
        known_parameters(request)
        if self.actor.organisation_id is None:
            raise NotFound
        currency = profile(clock.today()).currency
        account = account_of(self.actor.organisation_id, currency=currency)
        answer: dict[str, Any] = {"currency": currency, "balance": "0.00", "movements": [], "next_cursor": ""}
        if account is not None:
            page = account_movements(
                account.id, cursor=request.query_params.get("cursor", ""), size=page_size_of(request)
            )
            answer["balance"] = f"{from_minor(account.balance_minor, currency):f}"
            answer["next_cursor"] = page.next_cursor
            answer["movements"] = [
                {
                    "at": movement.at.isoformat(),
                    "text": movement.text,
                    "amount": f"{from_minor(movement.amount_minor, currency):f}",
                    "mrn": movement.mrn,
                    "declaration_id": str(movement.declaration_id) if movement.declaration_id else None,
                }
                for movement in page.rows
            ]
        return json_response(answer)
