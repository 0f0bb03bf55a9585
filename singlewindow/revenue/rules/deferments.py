"""What must hold before it is proposed that an organisation may pay later."""

from collections.abc import Collection
from datetime import date

from singlewindow.kernel.errors import Violation
from singlewindow.revenue.types import DefermentBasis


def deferment_findings(
    *,
    limit_minor: int,
    valid_from: date,
    valid_to: date | None,
    basis: DefermentBasis,
    conditions: str,
    grn: str,
    trusted: bool,
    known_basis: Collection[str],
    standing: bool,
) -> list[Violation]:
    """Everything that stands against the terms (RV-DEF-01, RV-DEF-02)."""
    found = []
    if limit_minor <= 0:
        found.append(_terms("/limit", "The limit must be more than nothing.", str(limit_minor)))
    if valid_to is not None and valid_to < valid_from:
        found.append(_terms("/valid_to", "It ends before it begins.", valid_to.isoformat()))
    if not conditions.strip():
        found.append(_terms("/conditions", "Say which conditions were found to be met."))
    if standing:
        found.append(_terms("/holder", "The organisation has a deferment in this currency that did not end."))
    if basis.value not in known_basis:
        found.append(_rests("/basis", "The country grants none on this basis.", basis.value))
    elif basis is DefermentBasis.AEO and not trusted:
        found.append(_rests("/basis", "The organisation is no trusted trader on the first day."))
    elif basis is DefermentBasis.GUARANTEE and not grn:
        found.append(_rests("/grn", "Name the guarantee that stands behind it."))
    return found


def _terms(pointer: str, sentence: str, value: str = "") -> Violation:
    return Violation("RV-DEF-01", pointer, sentence, "Correct the terms.", value)


def _rests(pointer: str, sentence: str, value: str = "") -> Violation:
    return Violation("RV-DEF-02", pointer, sentence, "Choose another basis, or meet its condition first.", value)
