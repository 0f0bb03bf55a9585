"""REST of the public schedule: the total of all charges for a described consignment."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import Field, ValidationError
from rest_framework.request import Request

from declarations.messages import FieldsRefused
from declarations.messages.findings import findings
from declarations.schemas import MoneyAmount, Part
from declarations.schemas.fields import StrictDecimal
from fees import openapi_schedule as openapi
from fees.asked import plain
from fees.selectors import authorities
from fees.services.schedule.estimate import Consignment, Estimate, charges_estimate
from fees.types import Direction, Facts, ItemFacts, Sum
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters
from singlewindow.kernel import clock, strict_json

NOON = time(12, tzinfo=UTC)
Count = Annotated[int, Field(ge=0, le=999, strict=True)]


class EstimateItem(Part):
    """One kind of goods, with its customs value."""

    commodity_code: Annotated[str, Field(pattern=r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$")]
    customs_value: MoneyAmount
    net_mass_kg: StrictDecimal | None = None


class EstimateRequest(Part):
    """A consignment, described for what it is charged."""

    direction: Literal["import", "export"] = "import"
    office: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{6}$")]
    on: date | None = None
    containers: Count = 0
    storage_days: Count = 0
    overtime_hours: Count = 0
    permits: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,10}$")], ...], Field(max_length=20)] = ()
    """Codes of the charges for permits that are applied for."""
    items: Annotated[tuple[EstimateItem, ...], Field(min_length=1, max_length=999)]


class EstimateView(ApiView):
    """POST /api/v1/charges/estimate"""

    permission_required = None  # what the border costs is public (TFA article 6.1)

    @extend_schema(**openapi.ESTIMATE)
    def post(self, request: Request) -> HttpResponse:
        """Every charge of every authority for a described consignment; nothing is stored."""
        known_parameters(request)
        value = strict_json.loads(body_of(request, "application/json"))
        try:
            asked = EstimateRequest.model_validate(value)
        except ValidationError as error:
            raise FieldsRefused("The consignment cannot be read.", violations=findings(error)) from error
        at = datetime.combine(asked.on, NOON) if asked.on else clock.now()
        return json_response(_output(charges_estimate(_consignment(asked), at=at)))


def _consignment(asked: EstimateRequest) -> Consignment:
    items = tuple(
        ItemFacts(
            number=place + 1,
            pointer=f"/items/{place}",
            commodity_code=item.commodity_code,
            procedure="4000",
            stated_value=Sum(item.customs_value.amount, item.customs_value.currency, f"/items/{place}/customs_value"),
            net_mass_kg=item.net_mass_kg,
        )
        for place, item in enumerate(asked.items)
    )
    return Consignment(
        Facts(direction=Direction(asked.direction), items=items),
        asked.office,
        containers=asked.containers,
        storage_days=asked.storage_days,
        overtime_hours=asked.overtime_hours,
        permits=asked.permits,
    )


def _output(found: Estimate) -> dict[str, Any]:
    names = dict(authorities())
    return {
        "on": plain(found.on),
        "currency": found.currency,
        "tariff": found.tariff,
        "customs_value": plain(found.customs_value),
        "total": plain(found.total),
        "due": {code: plain(amount) for code, amount in found.due},
        "charges": [plain(line) | {"authority_name": names.get(line.authority, "")} for line in found.lines],
        "unbilled": [plain(one) for one in found.unbilled],
    }
