"""The dataset of an application: what every agency reads, given once (F40). Pure Python and pydantic."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from singlewindow.kernel.errors import RuleViolated, Violation

GOODS_MAX = 50
Amount = Annotated[Decimal, Field(gt=0, lt=10**12, decimal_places=6, allow_inf_nan=False)]
Worth = Annotated[Decimal, Field(gt=0, lt=10**15, decimal_places=2, allow_inf_nan=False)]


class Strict(BaseModel):
    """Unknown names are refused, and what was read does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ApplicationGoods(Strict):
    """One line of goods that permits are asked for."""

    number: Annotated[int, Field(ge=1, le=GOODS_MAX)]
    commodity_code: Annotated[str, Field(pattern=r"^(?:[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10})$")]
    description: Annotated[str, Field(min_length=1, max_length=200)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    """Origin of an import, destination of an export."""
    quantity: Amount
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,5}$")]
    procedure: Annotated[str, Field(pattern=r"^(?:[0-9A-Z]{4})?$")] = ""
    end_use: Annotated[str, Field(pattern=r"^[0-9A-Z]{0,3}$")] = ""
    value: Worth | None = None
    currency: Annotated[str, Field(pattern=r"^(?:[A-Z]{3})?$")] = ""


class ApplicationData(Strict):
    """What is asked for, in one piece for all agencies."""

    direction: Literal["import", "export"]
    valid_from: date
    valid_to: date
    single_use: bool = False
    purpose: Annotated[str, Field(max_length=300)] = ""
    goods: Annotated[tuple[ApplicationGoods, ...], Field(min_length=1, max_length=GOODS_MAX)]

    @model_validator(mode="after")
    def _days_in_order(self) -> "ApplicationData":
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def canonical(self) -> dict[str, Any]:
        """The dataset as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)


def application_data(content: Mapping[str, Any]) -> ApplicationData:
    """Read a dataset. Raises RuleViolated: AG-060, one finding for each field that cannot be so."""
    try:
        return ApplicationData.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        lines = any(len(one["loc"]) > 1 for one in faults)  # of lines with faults none is counted
        found = [
            Violation("AG-060", "".join(f"/{part}" for part in one["loc"]), _sentence(one), value=_told(one))
            for one in faults
            if not (lines and one["type"] == "too_short")
        ]
        raise RuleViolated(violations=found) from error


def _sentence(error: Any) -> str:
    if error["type"] == "missing":
        return "This is needed."
    if error["type"] == "value_error":
        return "The last day is not before the first day."
    return f"{error['msg']}."


def _told(error: Any) -> str:
    value = error.get("input")
    return str(value)[:60] if isinstance(value, str | int | float | Decimal) else ""
