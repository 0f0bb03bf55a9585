"""Units in which a tariff taxes quantities, and how a declared quantity answers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as law prints it: what it measures, and how much of the dimension's own unit it is."""

    text: str
    dimension: str
    factor: Decimal


def _units(*rows: tuple[str, str, str]) -> dict[str, Unit]:
    return {text: Unit(text, dimension, Decimal(factor)) for text, dimension, factor in rows}


UNITS: Mapping[str, Unit] = _units(
    ("kg", "mass", "1"),
    ("t", "mass", "1000"),
    ("g", "mass", "0.001"),
    ("kg gross", "gross_mass", "1"),
    ("l", "volume", "1"),
    ("hl", "volume", "100"),
    ("m3", "volume", "1000"),
    ("% vol/hl", "alcohol", "1"),
    ("l alc.", "alcohol", "1"),
    ("item", "count", "1"),
    ("1 000 items", "count", "1000"),
    ("pair", "pairs", "1"),
    ("m", "length", "1"),
    ("m2", "area", "1"),
    ("carat", "carats", "1"),
    ("kWh", "energy", "1"),
    ("MWh", "energy", "1000"),
)
"""Every unit that a rate may name. One hectolitre at one per cent by volume is one litre of pure alcohol."""

DECLARED: Mapping[str, tuple[str, Decimal]] = {
    code: (dimension, Decimal(factor))
    for code, dimension, factor in (
        ("KGM", "mass", "1"),
        ("DTN", "mass", "100"),
        ("TNE", "mass", "1000"),
        ("GRM", "mass", "0.001"),
        ("LTR", "volume", "1"),
        ("HLT", "volume", "100"),
        ("MTQ", "volume", "1000"),
        ("MLT", "volume", "0.001"),
        ("KLT", "volume", "1000"),
        ("LPA", "alcohol", "1"),
        ("ASV", "strength", "1"),
        ("NAR", "count", "1"),
        ("NCL", "count", "1"),
        ("CEN", "count", "100"),
        ("MIL", "count", "1000"),
        ("NPR", "pairs", "1"),
        ("PR", "pairs", "1"),
        ("MTR", "length", "1"),
        ("MTK", "area", "1"),
        ("CTM", "carats", "1"),
        ("KWH", "energy", "1"),
        ("MWH", "energy", "1000"),
    )
}
"""Unit codes of declarations (UN/ECE Recommendation 20 and TARIC) in the same dimensions."""


def amounts_of(quantities: tuple[tuple[str, Decimal], ...]) -> dict[str, Decimal]:
    """Declared quantities by dimension; the first statement of a dimension counts.

    Pure alcohol follows from volume and strength where it is not stated itself.
    """
    amounts: dict[str, Decimal] = {}
    for code, quantity in quantities:
        known = DECLARED.get(code.partition("#")[0])
        if known is not None:
            amounts.setdefault(known[0], quantity * known[1])
    if "alcohol" not in amounts and "volume" in amounts and "strength" in amounts:
        amounts["alcohol"] = amounts["volume"] * amounts["strength"] / 100
    return amounts
