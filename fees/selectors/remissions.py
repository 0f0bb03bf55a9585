"""What was remitted of a declaration's debt, and what it takes from an assessment."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from fees.rules.remissions import remitted_parts
from fees.selectors.lines import tax_lines
from fees.types import Assessment, Band, TaxKey
from singlewindow.kernel.money import to_minor

BANDS_SQL = """
SELECT item, tax_type, authority, low_minor, high_minor FROM fees_remission WHERE declaration_id = %s ORDER BY id
"""


def remissions_of(declaration_id: UUID) -> dict[TaxKey, list[Band]]:
    """The bands that are not owed, by tax; none for nearly every declaration."""
    found: defaultdict[TaxKey, list[Band]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BANDS_SQL, [declaration_id])
        for item, tax_type, authority, low, high in cursor.fetchall():
            found[item, tax_type, authority].append(Band(low, high))
    return dict(found)


def taxes_assessed(declaration_id: UUID) -> dict[TaxKey, int]:
    """What the assessment in force asks for each tax of each item, in minor units."""
    found: defaultdict[TaxKey, int] = defaultdict(int)
    for line in tax_lines([declaration_id]):
        found[line.item, line.tax_type, line.authority] += line.amount_minor
    return dict(found)


def remitted_of(declaration_id: UUID, assessment: Assessment) -> int:
    """What is owed less than an assessment of other content of a declaration says, in minor units."""
    bands = remissions_of(declaration_id)
    if not bands:
        return 0
    taxes: defaultdict[TaxKey, int] = defaultdict(int)
    for key, minor in _lines(assessment):
        taxes[key] += minor
    return sum(remitted_parts(taxes, bands).values())


def _lines(assessment: Assessment) -> Iterator[tuple[TaxKey, int]]:
    for item in assessment.items:
        for line in item.lines:
            yield (item.number, line.tax_type, line.authority), to_minor(line.amount, assessment.currency)
    for charge in assessment.charges:
        yield (charge.item, charge.code, charge.authority), to_minor(charge.amount, assessment.currency)
