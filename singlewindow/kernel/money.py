"""Money: Decimal only, rounded once per line, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF", "UYI"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimal places of the currencies that have other than two. Source: ISO 4217."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


def minor_unit(currency: str) -> int:
    """The number of decimal places of a currency."""
    return MINOR_UNITS.get(currency, 2)


def quantize(amount: Decimal, currency: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The amount at the minor unit of its currency; half up unless the tariff line names another rule."""
    return amount.quantize(Decimal(1).scaleb(-minor_unit(currency)), rounding=rounding)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount as a whole number of minor units.

    Raises:
        ValueError: the amount is finer than the currency; rounding is a decision of the line, not of storage.
    """
    scaled = amount.scaleb(minor_unit(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is finer than the minor unit of {currency}")
    return int(scaled)


def from_minor(units: int, currency: str) -> Decimal:
    """The amount that a whole number of minor units stands for."""
    return Decimal(units).scaleb(-minor_unit(currency))


def share_out(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split a total over weights so that the shares sum to it exactly (largest remainder, first one wins a tie).

    With no weight at all the total is split evenly: a charge must not vanish.

    Source: domain.md K4.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    unit = Decimal(1).scaleb(-minor_unit(currency))
    exact = [total * weight / whole for weight in weights]
    shares = [part.quantize(unit, rounding=ROUND_DOWN) for part in exact]
    missing = int((total - sum(shares)) / unit)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-abs(exact[i] - shares[i]), i))
    step = unit if missing >= 0 else -unit
    for i in by_remainder[: abs(missing)]:
        shares[i] += step
    return shares
