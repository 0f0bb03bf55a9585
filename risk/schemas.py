"""Messages of risk: what an analyst writes in a profile."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from risk.types import Lane, TraderStep
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex

CRITERIA_MOST = 20
VALUES_MOST = 500
GROUPS_MOST = 5


class Operator(StrEnum):
    """How a criterion compares what is known with what it names."""

    IN = "in"
    NOT_IN = "not_in"
    BEGINS = "begins"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE = "more"
    LESS = "less"
    BETWEEN = "between"
    YES = "yes"
    NO = "no"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    KNOWN = "known"
    UNKNOWN = "unknown"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Text = Annotated[str, Field(max_length=80)]


class Criterion(_Part):
    """One question to a field of the record; risk.rules.profile_check says which fields, operators and values fit."""

    field: Annotated[str, Field(max_length=60)]
    operator: Annotated[Operator, Field(strict=False)]
    values: Annotated[
        tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=VALUES_MOST, strict=False)
    ] = ()
    """Codes in upper case, or plain decimal numbers; none for yes, no, known and unknown."""


Criteria = Annotated[tuple[Criterion, ...], Field(max_length=CRITERIA_MOST, strict=False)]


class ProfileContent(_Part):
    """Everything of a profile that a second person agrees to: its digest covers all of it.

    It hits where every criterion of `all` is met and, of each group of `any`, at least one; criteria of items
    must be met by one and the same item.
    """

    name: Annotated[str, Field(max_length=120)]
    all: Criteria = ()
    any: Annotated[tuple[Criteria, ...], Field(max_length=GROUPS_MOST, strict=False)] = ()
    lane: Annotated[Lane | None, Field(strict=False)] = None
    """Lane that a hard profile demands, whatever the score, the trust and the capacity; else `points`."""
    points: Annotated[str, Field(max_length=12)] = "0"
    """What a soft profile adds to the score, -30 to 60, with two decimals at most."""
    step: Annotated[TraderStep, Field(strict=False)] = TraderStep.GOODS
    """What the trader is told to have ready."""
    owner: Annotated[str, Field(max_length=80)]
    basis: Annotated[str, Field(max_length=200)]
    expected_hit_rate: Annotated[str, Field(max_length=12)]
    """Share of its picks in which something will be found, 0 to 1, with three decimals at most."""
    valid_days: int

    @property
    def hard(self) -> bool:
        """Whether it always holds."""
        return self.lane is not None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion, those of all first."""
        return self.all + tuple(criterion for group in self.any for criterion in group)

    def plain(self) -> dict[str, JsonValue]:
        """As JSON values, in one form: what is stored, hashed and tried."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical bytes: other content has another digest."""
        return sha256_hex(canonical_bytes(self.plain()))
