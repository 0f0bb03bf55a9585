"""REST of the prepaid account."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from fees import openapi
from fees.selectors import account_movements, account_of
from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, json_response, known_parameters, page_size_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile


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
