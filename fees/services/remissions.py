"""Remissions of a debt: written when they are decided, and credited against whatever is assessed later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from psycopg2.extras import Json

from fees.models import Remission
from fees.rules.remissions import bands_new, of_authority, remitted_parts
from fees.selectors.remissions import remissions_of, taxes_assessed
from fees.services.debts import Debt, stored_read
from fees.types import TaxKey, remitted
from singlewindow.db.work import Work

COLUMNS = ("declaration_id", "item", "tax_type", "authority", "low_minor", "high_minor", "source", "at")
DUE_SQL = "UPDATE fees_fiscalstatus SET due = %s, total_minor = %s, changed_at = %s WHERE declaration_id = %s"
STANDING_SQL = "SELECT due, changed_at FROM fees_fiscalstatus WHERE declaration_id = %s FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Repaid:
    """What is given back of one tax of one item."""

    item: int
    tax_type: str
    authority: str
    minor: int

    @property
    def key(self) -> TaxKey:
        """The tax that it is of."""
        return (self.item, self.tax_type, self.authority)


def debt_remit(work: Work, debt: Debt, parts: Iterable[Repaid], *, waived: bool, source: str) -> None:
    """Lower a locked debt by decision, for good: later assessments are less by it too.

    Source: docs/rules/fees.md, FE-REM-01 (domain.md K18).

    Args:
        waived: the assessment was right, and is not asked for all the same; otherwise it was too high.
    """
    assessed, bands = taxes_assessed(debt.declaration_id), remissions_of(debt.declaration_id)
    due, rows = dict(debt.due), []
    for part in parts:
        standing = bands.setdefault(part.key, [])
        for band in bands_new(standing, assessed.get(part.key, 0), part.minor, from_top=not waived):
            standing.append(band)
            rows.append((debt.declaration_id, *part.key, band.low, band.high, source, debt.at))
        due[part.authority] = due.get(part.authority, 0) - part.minor
    work.insert(Remission, COLUMNS, rows)
    work.execute(DUE_SQL, [Json(due), sum(due.values()), debt.at, debt.declaration_id])


def debt_remit_whole(work: Work, debt: Debt, authority: str, minor: int, *, waived: bool, source: str) -> None:
    """Lower what one authority is owed of a locked debt, where the decision names no tax: a demand for a part of it.

    Source: FE-REM-03.
    """
    assessed, bands = taxes_assessed(debt.declaration_id), remissions_of(debt.declaration_id)
    own = {key: amount for key, amount in assessed.items() if key[2] == authority}
    whole = sum(amount - remitted(bands.get(key, ()), amount) for key, amount in own.items())
    key = of_authority(authority)
    left = whole - remitted(bands.get(key, ()), whole)
    rows = [
        (debt.declaration_id, *key, band.low, band.high, source, debt.at)
        for band in bands_new(bands.get(key, ()), whole, min(minor, left), from_top=not waived)
    ]
    work.insert(Remission, COLUMNS, rows)
    due = dict(debt.due) | {authority: max(debt.due.get(authority, 0) - minor, 0)}
    work.execute(DUE_SQL, [Json(due), sum(due.values()), debt.at, debt.declaration_id])


def remissions_credit(work: Work, declaration_id: UUID) -> int:
    """Take what was remitted from a debt that was just assessed anew; returns the minor units.

    Locks: the fiscal status.

    Idempotent: not by itself; the assessment has just written the whole figures.

    Source: FE-REM-01, FE-REM-02.
    """
    bands = remissions_of(declaration_id)
    if not bands:
        return 0
    work.flush()
    less = remitted_parts(taxes_assessed(declaration_id), bands)
    ((stored, at),) = work.fetch(STANDING_SQL, [declaration_id])
    due: Mapping[str, int] = stored_read(stored)
    left = {name: max(minor - less.get(name, 0), 0) for name, minor in due.items()}
    work.execute(DUE_SQL, [Json(left), sum(left.values()), at, declaration_id])
    return sum(due.values()) - sum(left.values())
