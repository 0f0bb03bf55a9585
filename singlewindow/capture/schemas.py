"""Events of devices as they are sent in JSON, versioned."""

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

_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)
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


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Weight = Annotated[
    Decimal,
    PlainValidator(_decimal),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})?$", "examples": ["26480"]}),
]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(_instant_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
_TRIMMED = r"^\S(?:.*\S)?$"
Number = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]
Container = Annotated[str, Field(pattern=r"^[A-Z0-9]{4,17}$")]
Plate = Annotated[str, Field(max_length=17, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9 -]*[A-Za-z0-9])?$")]
Seal = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9 ./-]*[A-Za-z0-9])?$")]
Place = Annotated[str, Field(max_length=35, pattern=r"^[A-Z0-9]+$")]
Mrn = Annotated[str, Field(pattern=r"^[0-9]{2}[A-Z]{2}[A-Z0-9]{14}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Text300 = Annotated[str, Field(max_length=300, pattern=_TRIMMED)]


class Part(BaseModel):
    """A part of a message: frozen, and refusing any field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class About(Part):
    """Whose goods an event is about, as far as the device or who runs it knows."""

    container: Container | None = None
    plate: Plate | None = None
    mrn: Mrn | None = None


class PlateRead(Part):
    """A number plate."""

    number: Plate
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


class ContainerRead(Part):
    """A container number as it was read, right or wrong."""

    number: Container
    size_type: Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$")] | None = None


class Weighed(Part):
    """What a scale says; a tare makes it comparable with goods."""

    gross: Weight
    tare: Weight | None = None
    unit: Literal["KGM", "TNE", "LBR"] = "KGM"
    uncertainty: Weight = Decimal(0)
    """Of the scale at this load, in the same unit."""


class SealRead(Part):
    """A seal; what is missing has no number, or the one that should be there."""

    number: Seal | None = None
    state: Literal["intact", "broken", "missing"]


class ScanTaken(Part):
    """A picture of a scanner: sent here, or kept by who took it; and what its software says of it."""

    document_id: Identifier | None = None
    sha256: Digest | None = None
    lies_at: Text300 | None = None
    verdict: Literal["agrees", "contradicts", "unclear"] | None = None
    says: Text300 | None = None


class DeviceEvent(Part):
    """One thing that a device saw; exactly the part that its kind names is given."""

    device: Number
    """The number under which the device is registered."""
    event_id: Number
    """The device's own number of the event: the same again is the same event."""
    kind: Literal["plate", "container", "weight", "seal", "scan"]
    happened_at: Instant
    """By the clock of the device."""
    place: Place | None = None
    """Where, when it is not the place at which the device is registered."""
    about: About | None = None
    plate: PlateRead | None = None
    container: ContainerRead | None = None
    weight: Weighed | None = None
    seal: SealRead | None = None
    scan: ScanTaken | None = None

    def canonical_bytes(self) -> bytes:
        """The event as RFC 8785 bytes, with everything empty left out."""
        return canonical_bytes(self.model_dump(mode="json", exclude_defaults=True))


class DeviceEvents(Part):
    """Some events at once: all of them are taken, or none."""

    schema_version: Literal["1"] = "1"
    events: tuple[DeviceEvent, ...]


class EventFieldsRefused(FormatRefused):
    """The JSON is sound, but its fields are not those of the message."""

    code = "format.fields"
    title = "The message does not have the right fields"


def events_read(values: Any) -> DeviceEvents:
    """Read plain values as a batch of events.

    Raises:
        EventFieldsRefused: format.*, every finding at once, each with its pointer.
    """
    if not isinstance(values, dict):
        text = "The body is not a JSON object with events."
        raise EventFieldsRefused(text, code="format.type", violations=[Violation("format.type", "", text)])
    try:
        return DeviceEvents.model_validate(values)
    except ValidationError as error:
        found = [_finding(one) for one in error.errors(include_url=False)[:FINDINGS_MAX]]
        raise EventFieldsRefused(found[0].message, code=found[0].rule, violations=found) from None


_RULES = {
    "missing": ("format.missing", "This field must be given."),
    "extra_forbidden": ("format.unknown_field", "There is no such field."),
    "string_pattern_mismatch": ("format.characters", "{value} does not have the right form."),
    "string_too_long": ("format.too_long", "{value} is longer than {limit} characters."),
    "decimal_form": ("format.decimal", "{value} is not a plain number over 0 in a string, such as 26480.5."),
    "instant_form": ("format.instant", "{value} is not a date and time with a zone, such as 2026-03-01T09:30:00Z."),
    "literal_error": ("format.value", "{value} is none of {limit}."),
}


def _finding(detail: ErrorDetails) -> Violation:
    rule, sentence = _RULES.get(detail["type"], ("format.type", "{value} is not of the right type."))
    value, context = detail["input"], detail.get("ctx", {})
    shown = printable(str(value))[:80] if isinstance(value, str | int | float) else ""
    limit = next((context[name] for name in ("max_length", "expected") if name in context), "")
    parts = (str(part)[:80].replace("~", "~0").replace("/", "~1") for part in detail["loc"])
    return Violation(
        rule, "".join(f"/{part}" for part in parts), sentence.format(value=shown or "This", limit=limit), value=shown
    )
