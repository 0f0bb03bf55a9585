"""Drawback: what of the duty comes back for goods that left again, and what must hold. Source: domain.md K18."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from singlewindow.kernel.errors import Violation
from singlewindow.revenue.rules.claims import years_later
from singlewindow.revenue.types import DrawbackBasis

WHOLE = Decimal(1)
SHARE_PLACES = Decimal("0.000000000001")
QUANTITY_PLACES = Decimal("0.000001")
"""Quantities are kept to a millionth."""


@dataclass(frozen=True, slots=True)
class ItemQuantity:
    """What is declared of one item: its code, its quantity and unit."""

    number: int
    commodity_code: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class ExitAsked:
    """Goods that left or were destroyed, as the claim says."""

    basis: DrawbackBasis
    import_item: int
    quantity: Decimal
    """Exported or destroyed."""
    export_item: int = 0
    evidence: str = ""


def share_drawn(imported_used: Decimal, imported: Decimal) -> Decimal:
    """The part of an item's duty that its re-exported quantity stands for: never more than the whole (RV-DRB-05)."""
    return min(WHOLE, imported_used / imported)


def refund_minor(paid_minor: int, *, used: Decimal, imported: Decimal, rate: Decimal) -> int:
    """`duty paid × min(1, used / imported) × rate`, exact, then rounded down: parts never sum to more than was paid."""
    share = min(Fraction(1), Fraction(used) / Fraction(imported))
    return floor(paid_minor * share * Fraction(rate))


def yield_of(rows: Sequence[Mapping[str, str]], *, input_code: str, output_code: str) -> Decimal | None:
    """How much of the imported goods one unit of the product contains; none where the authorisation does not say."""
    for row in rows:
        if input_code.startswith(row["input"]) and output_code.startswith(row["output"]):
            return Decimal(row["per_output"])
    return None


def exit_findings(
    pointer: str,
    asked: ExitAsked,
    imported: ItemQuantity | None,
    exported: ItemQuantity | None,
    per_output: Decimal | None,
) -> list[Violation]:
    """RV-DRB-03: items exist and fit each other, in one unit; manufacturing needs a yield."""
    found = []
    if imported is None:
        found.append(_fit(f"{pointer}/import_item", "The import declaration has no such item."))
    if asked.quantity <= 0:
        found.append(_fit(f"{pointer}/quantity", "The quantity is not more than nothing."))
    elif asked.quantity % QUANTITY_PLACES:
        found.append(_fit(f"{pointer}/quantity", "A quantity has at most six decimals."))
    if asked.basis is DrawbackBasis.DESTROYED:
        if not asked.evidence.strip():
            found.append(_fit(f"{pointer}/evidence", "Name the record of the destruction."))
        return found
    if exported is None:
        found.append(_fit(f"{pointer}/export_item", "The export declaration has no such item."))
    if imported is None or exported is None:
        return found
    if asked.quantity > exported.quantity:
        found.append(_fit(f"{pointer}/quantity", "It is more than the item exported.", str(asked.quantity)))
    if asked.basis is DrawbackBasis.UNUSED:
        if imported.commodity_code[:6] != exported.commodity_code[:6]:
            found.append(_fit(f"{pointer}/export_item", "These are not the goods that were imported."))
        if imported.unit != exported.unit:
            found.append(_fit(f"{pointer}/export_item", f"Units differ: {imported.unit} and {exported.unit}."))
    elif per_output is None:
        found.append(_fit(f"{pointer}/export_item", "The authorisation has no yield for these goods."))
    return found


def time_findings(accepted_on: date, exported_on: date | None, years: int) -> list[Violation]:
    """RV-DRB-02: the goods left after they were imported, and within the years of the profile."""
    if exported_on is None:
        return []
    last = years_later(accepted_on, years)
    if accepted_on <= exported_on <= last:
        return []
    sentence = f"The goods must have left between {accepted_on.isoformat()} and {last.isoformat()}."
    return [Violation("RV-DRB-02", "/exits", sentence, value=exported_on.isoformat())]


def _fit(pointer: str, sentence: str, value: str = "") -> Violation:
    return Violation("RV-DRB-03", pointer, sentence, "Correct the line.", value)
