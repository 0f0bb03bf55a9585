"""What claims hold of taxes and quantities: taken by conditional updates, so that nothing is taken twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from singlewindow.db.work import Work
from singlewindow.revenue.models import Claim, ClaimLine, DrawbackLine
from singlewindow.revenue.types import Side

# Whoever comes second sees what the first has taken; a row that would exceed its bound is not changed at all.
TAX_SQL = """
INSERT INTO revenue_linebalance AS b (declaration_id, item, tax_type, paid_minor, claimed_minor)
VALUES (%(declaration)s, %(item)s, %(tax)s, %(paid)s, %(minor)s)
ON CONFLICT (declaration_id, item, tax_type) DO UPDATE
SET paid_minor = excluded.paid_minor, claimed_minor = b.claimed_minor + excluded.claimed_minor
WHERE b.claimed_minor + excluded.claimed_minor <= excluded.paid_minor
RETURNING id
"""
TAX_FREE_SQL = """
UPDATE revenue_linebalance SET claimed_minor = claimed_minor - %s
WHERE declaration_id = %s AND item = %s AND tax_type = %s
"""
TAX_WRITE_SQL = """
UPDATE revenue_linebalance SET paid_minor = %s, claimed_minor = %s
WHERE declaration_id = %s AND item = %s AND tax_type = %s
"""
QUANTITY_SQL = """
INSERT INTO revenue_quantityuse AS q (declaration_id, item, side, unit, total, used)
VALUES (%(declaration)s, %(item)s, %(side)s, %(unit)s, %(total)s, %(quantity)s)
ON CONFLICT (declaration_id, item, side) DO UPDATE SET used = q.used + excluded.used
WHERE q.used + excluded.used <= q.total
RETURNING id
"""
QUANTITY_FREE_SQL = """
UPDATE revenue_quantityuse SET used = used - %s WHERE declaration_id = %s AND item = %s AND side = %s
"""

TaxKey = tuple[UUID, int, str]
"""Declaration, item, tax type."""
QuantityKey = tuple[UUID, int, str]
"""Declaration, item, side."""


def taxes_take(work: Work, wanted: Mapping[TaxKey, tuple[int, int]]) -> list[TaxKey]:
    """Hold minor units of taxes, each with what was paid of it; returns those that have not so much left.

    Locks: the balances, in the order of their keys.

    Source: docs/rules/revenue.md, RV-CLM-05.
    """
    short = []
    for key, (minor, paid) in sorted(wanted.items()):
        values = {"declaration": key[0], "item": key[1], "tax": key[2], "paid": paid, "minor": minor}
        if minor > paid or not work.fetch(TAX_SQL, values):
            short.append(key)
    return short


def quantities_take(work: Work, wanted: Mapping[QuantityKey, tuple[Decimal, Decimal, str]]) -> list[QuantityKey]:
    """Hold quantities of items, each with its whole and unit; returns those that have not so much left.

    Locks: the uses, in the order of their keys.

    Source: RV-DRB-04 (domain.md F54: a second claim on the same quantity is refused).
    """
    short = []
    for key, (quantity, total, unit) in sorted(wanted.items()):
        values = {"declaration": key[0], "item": key[1], "side": key[2], "unit": unit}
        if quantity > total or not work.fetch(QUANTITY_SQL, values | {"total": total, "quantity": quantity}):
            short.append(key)
    return short


def taxes_free(work: Work, freed: Mapping[TaxKey, int]) -> None:
    """Give minor units of taxes back to what can be claimed. Locks: the balances, in the order of their keys."""
    for key, minor in sorted(freed.items()):
        if minor:
            work.execute(TAX_FREE_SQL, [minor, *key])


def claim_free(work: Work, claim: Claim) -> None:
    """Give back everything that a claim holds, because it was refused or withdrawn.

    Locks: the uses of quantities, then the balances of taxes, each in the order of their keys.
    """
    quantities_free(work, claim)
    lines = ClaimLine.objects.filter(claim=claim)
    taxes_free(work, {(line.declaration_id, line.item, line.tax_type): line.asked_minor for line in lines})


def quantities_free(work: Work, claim: Claim) -> None:
    """Give back the quantities that a claim uses. Locks: the uses, in the order of their keys."""
    for key, quantity in sorted(quantities_of(DrawbackLine.objects.filter(claim=claim)).items()):
        work.execute(QUANTITY_FREE_SQL, [quantity, *key])


def taxes_write(work: Work, declaration_id: UUID, balances: Mapping[tuple[int, str], tuple[int, int]]) -> None:
    """Write what of each tax is paid and what of it is taken, after it was assessed anew.

    Locks: the balances, in the order of their keys; the caller holds every claim on them, and the fiscal status.
    """
    for (item, tax_type), (paid, taken) in sorted(balances.items()):
        work.execute(TAX_WRITE_SQL, [paid, taken, declaration_id, item, tax_type])


def quantities_of(lines: Iterable[DrawbackLine]) -> dict[QuantityKey, Decimal]:
    """What lines of a drawback use of imported and exported quantities, summed."""
    used: defaultdict[QuantityKey, Decimal] = defaultdict(Decimal)
    for line in lines:
        used[line.import_declaration_id, line.import_item, Side.IMPORT.value] += line.import_quantity
        if line.export_declaration_id is not None and line.export_item is not None:
            used[line.export_declaration_id, line.export_item, Side.EXPORT.value] += line.export_quantity
    return dict(used)
