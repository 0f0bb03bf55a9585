"""The kinds of value a message is made of: each with its length, its characters and one normal form.

Lengths are those of the WCO Data Model (an..70 and so on), so that a message fits whichever way it comes in.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import PydanticCustomError, core_schema

DECIMAL_FORM = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
"""An amount or a quantity: digits, at most six decimals, nothing else (no sign, exponent, space or separator)."""

_NO_DECIMAL = "not a plain decimal number in a string"

_DECIMAL_MATCH = DECIMAL_FORM.fullmatch

_INSTANT_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class Part(BaseModel):
    """A part of a message: frozen, and refusing any field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def decimal_read(value: Any) -> Decimal:
    """Read a decimal from its strict text form into its shortest form ("1.50" and "1.5" are one value).

    Raises:
        PydanticCustomError: decimal_form, the value is no such text. Numbers of the transport format are refused
            too: a JSON number may have passed through a binary fraction on its way.
    """
    if type(value) is not str:
        value = format(value, "f") if type(value) is Decimal else ""
    if not _DECIMAL_MATCH(value):
        raise PydanticCustomError("decimal_form", _NO_DECIMAL)
    if value[-1] == "0" and "." in value:
        value = value.rstrip("0").rstrip(".")
    return Decimal(value)


class _StrictDecimal:
    """How pydantic reads, writes and documents a decimal in a string.

    Text that is in its shortest form already is read without a function of Python; `decimal_read` says the same of it.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        shortest = core_schema.str_schema(strict=True, pattern=r"^[0-9]{1,15}(?:\.[0-9]{0,5}[1-9])?$")
        return core_schema.union_schema(
            [
                core_schema.no_info_after_validator_function(Decimal, shortest),
                core_schema.no_info_plain_validator_function(decimal_read),
            ],
            mode="left_to_right",
            custom_error_type="decimal_form",
            custom_error_message=_NO_DECIMAL,
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,6})?$", "examples": ["1250.50"]}


def _instant_read(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PydanticCustomError("instant_form", "no time zone")
        return value.astimezone(UTC)
    if type(value) is not str or not _INSTANT_FORM.fullmatch(value):
        raise PydanticCustomError("instant_form", "not a date and time with a zone")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("instant_form", "not a day of the calendar") from None


def instant_text(value: datetime) -> str:
    """The one written form of an instant: UTC, whole seconds unless there are fractions, and a Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


StrictDecimal = Annotated[Decimal, _StrictDecimal]
Instant = Annotated[
    datetime, BeforeValidator(_instant_read), PlainSerializer(instant_text, return_type=str, when_used="json")
]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Unit = Annotated[str, Field(pattern=r"^[A-Z0-9#]{1,5}$")]
"""UN/ECE Recommendation 20 or the tariff's unit, with its qualifier (KGM#G)."""
An3 = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,3}$")]

_TRIMMED = r"^\S(?:.*\S)?$"
Text4 = Annotated[str, Field(max_length=4, pattern=_TRIMMED)]
Text9 = Annotated[str, Field(max_length=9, pattern=_TRIMMED)]
Text17 = Annotated[str, Field(max_length=17, pattern=_TRIMMED)]
Text35 = Annotated[str, Field(max_length=35, pattern=_TRIMMED)]
Text50 = Annotated[str, Field(max_length=50, pattern=_TRIMMED)]
Text70 = Annotated[str, Field(max_length=70, pattern=_TRIMMED)]
Text256 = Annotated[str, Field(max_length=256, pattern=_TRIMMED)]
Text512 = Annotated[str, Field(max_length=512, pattern=_TRIMMED)]


class MoneyAmount(Part):
    """An amount of money with its currency."""

    amount: StrictDecimal
    currency: Currency


class Quantity(Part):
    """A quantity; without a unit it is in the unit that the tariff names for the goods."""

    quantity: StrictDecimal
    unit: Unit | None = None
