"""The tables of facts, from rows of text to typed values that the rules ask."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from risk.types import Band, Confusable, FactSet, Lane, Sensitive
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

Row = Mapping[str, str]
Document = Mapping[str, Sequence[Row]]

TABLES: dict[str, tuple[str, ...]] = {
    "bands": (
        "hs6",
        "origin",
        "median_value_per_kg",
        "unit",
        "unit_mass_low_kg",
        "unit_mass_high_kg",
        "typical_mass_kg",
    ),
    "sensitive": ("prefix", "kind", "lane", "basis"),
    "confusable": ("hs6", "instead_of", "edge", "note"),
    "words": ("word", "chapters"),
    "routes": ("origin", "dispatch"),
    "modes": ("dispatch", "modes"),
    "countries": ("country", "kind", "basis"),
}
"""Each table and its columns."""


def fact_set_version(document: Document) -> str:
    """The hash that names a content; it is made of the rows alone, whatever file they came in."""
    return sha256_hex(canonical_bytes({name: [dict(row) for row in rows] for name, rows in document.items()}))


def fact_set_of(version: str, document: Document) -> FactSet:
    """Typed tables from their rows.

    Raises:
        ValueError, KeyError, ArithmeticError: a row does not have the form of its table.
    """
    countries = document["countries"]
    return FactSet(
        version=version,
        bands={(row["hs6"], row["origin"]): _band(row) for row in document["bands"]},
        sensitive={
            row["prefix"]: Sensitive(row["kind"], Lane(row["lane"]), row["basis"]) for row in document["sensitive"]
        },
        confusable={
            row["hs6"]: Confusable(row["instead_of"], Decimal(row["edge"]), row["note"])
            for row in document["confusable"]
        },
        words={row["word"]: frozenset(row["chapters"].split()) for row in document["words"]},
        routes=frozenset((row["origin"], row["dispatch"]) for row in document["routes"]),
        modes={row["dispatch"]: frozenset(row["modes"].split()) for row in document["modes"]},
        hubs=frozenset(row["country"] for row in countries if row["kind"] == "hub"),
        embargoed={row["country"]: row["basis"] for row in countries if row["kind"] == "embargo"},
    )


def _band(row: Row) -> Band:
    return Band(
        median_value_per_kg=_decimal(row["median_value_per_kg"]),
        unit=row["unit"],
        unit_mass_low_kg=_decimal(row["unit_mass_low_kg"]),
        unit_mass_high_kg=_decimal(row["unit_mass_high_kg"]),
        typical_mass_kg=_decimal(row["typical_mass_kg"]),
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
