"""What a country sets about money that is paid later, given back or determined later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class InterestRate:
    """A yearly rate from a day on, as a share: 0.0650 is six and a half per cent."""

    valid_from: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RepaymentReason:
    """A ground on which duty is given back or waived, and the law that knows it."""

    code: str
    sentence: str
    law: str
    kinds: tuple[str, ...]
    """What may be claimed on it: `repayment`, `remission`."""
    administration_error: bool = False
    """Whether the administration erred, so that it pays interest where the profile says so."""
    waived: bool = False
    """Whether the assessment was right and is not asked for all the same; otherwise it was too high (RV-CLM-10)."""


@dataclass(frozen=True, slots=True)
class RevenueScheme:
    """Deferment, interest, repayment and drawback of one period. Source: domain.md F53 to F55, K18."""

    deferment_due_day: int
    """Day of the following month on which a statement is due."""
    statement_close_hour: int
    """Hour of the first day of the following month at which a statement closes, in the country's zone."""
    statement_reminder_days: tuple[int, ...]
    """Days after the due day at which the holder is reminded."""
    guarantee_call_days: int
    """Days after the due day at which the guarantee that stands behind a deferment is called on."""
    deferment_basis: tuple[str, ...]
    """What a deferment may rest on: `aeo`, `guarantee`."""
    interest_rates: tuple[InterestRate, ...]
    interest_day_count: str
    """How days become years: `ACT/365`, `ACT/360` or `ACT/ACT`."""
    interest_minimum: Decimal
    """Interest below this is not asked for."""
    interest_law: str
    refund_interest: bool
    """Whether the administration pays interest on what it took by an error of its own."""
    repayment_years: int
    repayment_law: str
    reasons: tuple[RepaymentReason, ...]
    drawback_rate: Decimal
    drawback_years: int
    drawback_taxes: tuple[str, ...]
    """Kinds of tax lines that are drawn back."""
    drawback_law: str
    determination_law: str

    def reason(self, code: str) -> RepaymentReason | None:
        """The ground with this code."""
        return next((one for one in self.reasons if one.code == code), None)


def revenue_from(settings: Mapping[str, Any]) -> RevenueScheme:
    """The scheme from its stored form; an unknown or absent setting is an error, not a default."""
    values = dict(settings)
    for key in ("interest_minimum", "drawback_rate"):
        values[key] = Decimal(values[key])
    for key in ("statement_reminder_days", "deferment_basis", "drawback_taxes"):
        values[key] = tuple(values[key])
    values["interest_rates"] = tuple(
        InterestRate(_day(one["valid_from"]), Decimal(one["rate"])) for one in values["interest_rates"]
    )
    values["reasons"] = tuple(RepaymentReason(**(one | {"kinds": tuple(one["kinds"])})) for one in values["reasons"])
    return RevenueScheme(**values)


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
