"""Values of revenue that other apps may hold: frozen, and pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class DefermentBasis(StrEnum):
    """What an approval of deferred payment rests on."""

    AEO = "aeo"
    GUARANTEE = "guarantee"


class ClaimKind(StrEnum):
    """What is asked for."""

    REPAYMENT = "repayment"
    REMISSION = "remission"
    DRAWBACK = "drawback"


class DrawbackBasis(StrEnum):
    """What became of the imported goods."""

    UNUSED = "unused"
    MANUFACTURED = "made"
    DESTROYED = "destroyed"


class Side(StrEnum):
    """Which quantity is used up by a claim."""

    IMPORT = "import"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class InterestPart:
    """Days at one rate."""

    first: date
    last: date
    days: int
    rate: Decimal
    year: int
    """Days that make a year."""
    amount: Decimal
    """Unrounded."""


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on a sum: the parts, and what they come to, rounded once."""

    principal: Decimal
    currency: str
    day_count: str
    parts: tuple[InterestPart, ...]
    amount: Decimal

    @property
    def formula(self) -> str:
        """How it was worked out, in figures."""
        terms = [f"{self.principal} × {part.rate} × {part.days}/{part.year}" for part in self.parts]
        return " + ".join(terms) + f" = {self.amount} {self.currency}" if terms else f"{self.amount} {self.currency}"

    @property
    def plain(self) -> dict[str, object]:
        """As it is stored and told."""
        parts = [
            {
                "from": part.first.isoformat(),
                "to": part.last.isoformat(),
                "days": part.days,
                "rate": str(part.rate),
                "year": part.year,
            }
            for part in self.parts
        ]
        return {
            "principal": str(self.principal),
            "day_count": self.day_count,
            "parts": parts,
            "formula": self.formula,
            "amount": str(self.amount),
        }


@dataclass(frozen=True, slots=True)
class FinalDebt:
    """What a provisional debt comes to for good, and why."""

    due: Mapping[str, int]
    """What each authority is owed, in minor units."""
    reason: str
    law: str = ""
    interest_from: date | None = None
    """First day of interest on what is owed more; none: the day after release."""
    charge_interest: bool = True
    payer_id: UUID | None = None
    """None: whoever was asked to pay."""
    lines: tuple[tuple[int, str, int], ...] = field(default=())
    """Item, tax type and minor units of each tax line, where they are stated."""


@dataclass(frozen=True, slots=True)
class Determined:
    """The outcome of a final determination, in minor units."""

    declaration_id: UUID
    final_minor: int
    delta_minor: int
    """Against what was assessed before."""
    interest_minor: int
    security_minor: int
    freed_minor: int
    called_minor: int
    account_minor: int
    demanded_minor: int
