"""A manifest and an arrival as they are sent in JSON, versioned; the other formats are mapped onto them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.kernel.strict_json import printable

_DECIMAL = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
FINDINGS_MAX = 200


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        value = format(value, "f")
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise PydanticCustomError("decimal_form", "not a plain decimal number in a string")
    return Decimal(value.rstrip("0").rstrip(".") if "." in value else value)


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise PydanticCustomError("instant_form", "not a date and time with a zone")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("instant_form", "not a day of the calendar") from None


def instant_text(value: datetime) -> str:
    """The one written form of an instant."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_TRIMMED = r"^\S(?:.*\S)?$"
Mass = Annotated[
    Decimal,
    PlainValidator(_decimal),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,6})?$", "examples": ["1250.5"]}),
]
Instant = Annotated[
    datetime, BeforeValidator(_instant), PlainSerializer(instant_text, return_type=str, when_used="json")
]
Count = Annotated[int, Field(strict=True, ge=0, le=99_999_999)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Place = Annotated[str, Field(max_length=17, pattern=r"^[A-Z0-9]{1,17}$")]
Reference = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9 ./:_-]*[A-Za-z0-9])?$")]
Container = Annotated[str, Field(pattern=r"^[A-Z0-9]{4,17}$")]
Text35 = Annotated[str, Field(max_length=35, pattern=_TRIMMED)]
Text70 = Annotated[str, Field(max_length=70, pattern=_TRIMMED)]
Text512 = Annotated[str, Field(max_length=512, pattern=_TRIMMED)]


class Part(BaseModel):
    """A part of a message: frozen, and refusing any field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CargoParty(Part):
    """Who sends, receives or is to be told."""

    id: Annotated[str, Field(max_length=17, pattern=r"^[A-Z0-9/.-]+$")] | None = None
    """Its identifier (EORI or taxpayer number), where the carrier knows it."""
    name: Text70 | None = None
    address: Annotated[str, Field(max_length=250, pattern=_TRIMMED)] | None = None
    country: Country | None = None


class CargoPackages(Part):
    """How many packages of which kind."""

    type: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$")] | None = None
    """UN/ECE Recommendation 21."""
    count: Count = 0


class CargoGoods(Part):
    """One line of goods on a transport document."""

    number: Annotated[int, Field(strict=True, ge=1, le=9999)]
    description: Text512 | None = None
    hs: Annotated[str, Field(pattern=r"^[0-9]{4,10}$")] | None = None
    packages: CargoPackages = CargoPackages()
    gross_mass_kg: Mass | None = None
    marks: Text512 | None = None
    container_ids: Annotated[tuple[Container, ...], Field(max_length=99)] = ()


class CargoContainer(Part):
    """A container with its seals."""

    id: Container
    size_type: Annotated[str, Field(max_length=10, pattern=r"^[A-Z0-9]+$")] | None = None
    seals: Annotated[tuple[Text35, ...], Field(max_length=9)] = ()


class BillMessage(Part):
    """A bill of lading, air waybill or consignment note."""

    reference: Reference
    kind: Literal["straight", "master", "house"] = "straight"
    """straight: carrier to trader; master: carrier to forwarder; house: forwarder to trader, under a master."""
    master: Reference | None = None
    """The master that a house stands under."""
    consignor: CargoParty | None = None
    consignee: CargoParty | None = None
    notify: CargoParty | None = None
    to_order: Annotated[bool, Field(strict=True)] = False
    """A bill to order: whoever holds it may declare the goods."""
    loading: Place | None = None
    discharge: Place | None = None
    goods: Annotated[tuple[CargoGoods, ...], Field(max_length=999)] = ()
    containers: Annotated[tuple[CargoContainer, ...], Field(max_length=999)] = ()

    @property
    def packages(self) -> int:
        """Packages of all lines."""
        return sum(line.packages.count for line in self.goods)

    @property
    def gross_mass_kg(self) -> Decimal | None:
        """Mass of all lines; nothing where no line states one."""
        stated = [line.gross_mass_kg for line in self.goods if line.gross_mass_kg is not None]
        return sum(stated, Decimal(0)) if stated else None


class Conveyance(Part):
    """The ship, aircraft, train or lorry, and its journey."""

    id: Text35 | None = None
    """IMO number, aircraft registration, wagon list or number plate."""
    name: Text70 | None = None
    nationality: Country | None = None
    voyage: Text35 | None = None
    """Voyage, flight or trip number."""

    @property
    def named(self) -> str:
        """What it is called by: its number, its voyage or its name."""
        return self.id or self.voyage or self.name or ""


class ManifestMessage(Part):
    """What is on a conveyance. Source: WCO Data Model, class cargo report; docs/rules/cargo.md."""

    schema_version: Literal["1"] = "1"
    reference: Reference
    """The filer's own number, once per filer."""
    kind: Literal["carrier", "consolidation"] = "carrier"
    """carrier: the whole conveyance; consolidation: house bills under masters of a carrier's manifest."""
    mode: Literal["sea", "rail", "road", "air"]
    direction: Literal["inward", "outward"] = "inward"
    conveyance: Conveyance
    office: Place | None = None
    """The customs office of arrival (or of departure, outward)."""
    place: Place | None = None
    """The port, airport, station or crossing."""
    expected_at: Instant | None = None
    bills: Annotated[tuple[BillMessage, ...], Field(max_length=9999)] = ()

    def canonical_bytes(self) -> bytes:
        """The manifest as RFC 8785 bytes, with everything empty left out."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return canonical_bytes(plain | {"schema_version": self.schema_version})


class ArrivalMessage(Part):
    """Something has arrived or left; exactly one of the five names says what."""

    schema_version: Literal["1"] = "1"
    movement: Literal["arrived", "departed"] = "arrived"
    manifest: Reference | None = None
    """A conveyance, by the reference of its manifest."""
    bill: Reference | None = None
    containers: Annotated[tuple[Container, ...], Field(max_length=200)] = ()
    mrn: Annotated[str, Field(pattern=r"^[0-9]{2}[A-Z]{2}[A-Z0-9]{14}$")] | None = None
    ucr: Text35 | None = None
    """A consignment reference, or a master one."""
    place: Annotated[str, Field(max_length=35, pattern=r"^[A-Z0-9]+$")] | None = None
    happened_at: Instant | None = None
    reference: Text70 | None = None
    """The teller's own number of this message."""


class ConveyanceReport(Part):
    """A conveyance is expected, has arrived or has left. Source: UN/EDIFACT CUSREP; docs/rules/cargo.md."""

    schema_version: Literal["1"] = "1"
    reference: Reference
    movement: Literal["expected", "arrived", "departed"] = "expected"
    mode: Literal["sea", "rail", "road", "air"] = "sea"
    conveyance: Conveyance
    manifest: Reference | None = None
    """The manifest of this call, where the report names it."""
    place: Place | None = None
    office: Place | None = None
    at: Instant | None = None

    def canonical_bytes(self) -> bytes:
        """The report as RFC 8785 bytes, with everything empty left out."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return canonical_bytes(plain | {"schema_version": self.schema_version})


class CargoFieldsRefused(FormatRefused):
    """The JSON is sound, but its fields are not those of the message."""

    code = "format.fields"
    title = "The message does not have the right fields"


def read_as(model: type[Part], values: Any) -> Any:
    """Read plain values as a message.

    Raises:
        CargoFieldsRefused: format.*, every finding at once, each with its pointer.
    """
    if values is None:  # an empty object is nothing given
        values = {}
    if not isinstance(values, dict):
        text = "The body is not a JSON object."
        raise CargoFieldsRefused(text, code="format.type", violations=[Violation("format.type", "", text)])
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = [_finding(one) for one in error.errors(include_url=False)[:FINDINGS_MAX]]
        raise CargoFieldsRefused(found[0].message, code=found[0].rule, violations=found) from None


_RULES = {
    "missing": ("format.missing", "This field must be given."),
    "extra_forbidden": ("format.unknown_field", "There is no such field."),
    "string_pattern_mismatch": ("format.characters", "{value} does not have the right form."),
    "string_too_long": ("format.too_long", "{value} is longer than {limit} characters."),
    "too_long": ("format.too_many", "There are more than {limit} of these."),
    "too_short": ("format.missing", "At least one must be given."),
    "decimal_form": ("format.decimal", "{value} is not a plain decimal number in a string, such as 1250.5."),
    "instant_form": ("format.instant", "{value} is not a date and time with a zone, such as 2026-03-01T09:30:00Z."),
    "greater_than_equal": ("format.range", "{value} is under the limit of {limit}."),
    "less_than_equal": ("format.range", "{value} is over the limit of {limit}."),
    "literal_error": ("format.value", "{value} is none of {limit}."),
}


def _finding(detail: ErrorDetails) -> Violation:
    rule, sentence = _RULES.get(detail["type"], ("format.type", "{value} is not of the right type."))
    value, context = detail["input"], detail.get("ctx", {})
    shown = printable(value)[:80] if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    bounds = (context.get(name) for name in ("max_length", "le", "ge", "expected"))
    limit = next((bound for bound in bounds if bound is not None), "")
    parts = (str(part)[:80].replace("~", "~0").replace("/", "~1") for part in detail["loc"])
    pointed = "".join(f"/{part}" for part in parts)
    return Violation(rule, pointed, sentence.format(value=shown or "This", limit=limit), value=shown)
