"""Frozen values of penalties: the law as data, and how an amount came about. Pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Base(StrEnum):
    """What the range of a penalty is a share of."""

    EVADED = "evaded"
    """Duty and taxes that were not or would not have been paid."""
    VALUE = "value"
    """The customs value of the goods."""
    FIXED = "fixed"
    """Nothing: the law names amounts."""


@dataclass(frozen=True, slots=True)
class Offence:
    """A breach as the law names it, with the range of its penalty."""

    code: str
    title: str
    law: str
    base: Base
    least: Decimal | None
    most: Decimal | None
    """Shares of the base; nothing where the law names amounts."""
    least_amount: Decimal
    most_amount: Decimal
    """Bounds in home currency, whatever the shares give."""
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Degree:
    """How much the person is to be blamed, and where in the range that puts the penalty (0 least, 1 most)."""

    code: str
    title: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Mitigation:
    """What makes a penalty smaller, and by which share."""

    code: str
    title: str
    law: str
    share: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Periods and bounds of the procedure."""

    hearing_days: int
    """In which the person may answer before it is decided."""
    due_days: int
    first_within_days: int
    """Without another breach in which a breach is a first one."""
    taken_off_at_most: Decimal
    """Share of the amount before mitigation that all mitigations together take off."""
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PenaltyCode:
    """The law of penalties in force on a day."""

    offences: Mapping[str, Offence]
    degrees: Mapping[str, Degree]
    mitigations: Mapping[str, Mitigation]
    terms: Terms
    sha256: str
    """Of the data; stands in every penalty."""


@dataclass(frozen=True, slots=True)
class Mitigated:
    """One mitigation at work: what it took off, in minor units."""

    code: str
    title: str
    law: str
    share: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Worked:
    """How the amount of a penalty came about, every step of it; amounts in minor units."""

    base_minor: int
    least_minor: int
    most_minor: int
    gross_minor: int
    """Where the degree puts it in the range."""
    mitigated: tuple[Mitigated, ...]
    amount_minor: int
