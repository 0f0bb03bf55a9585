"""The public schedule of fees and charges, as it is in force on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from fees.models import Charge


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One charge as the public reads it."""

    code: str
    title: str
    authority: str
    authority_name: str
    law: str
    event: str
    unit: str
    amount: Decimal | None
    percentage: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    valid_from: date
    valid_to: date | None
    published_on: date
    comment: str
    billable_from: date
    """The first day on which an event makes it due: it must be in force and published (FE-CHG-01)."""


def charge_schedule(*, on: date, authority: str = "", words: str = "") -> list[ScheduleRow]:
    """Charges in force on a day, by authority and code; also those published later, with the day they bind from.

    Args:
        words: looked for in code, title and law.
    """
    rows = Charge.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), version_to=None, valid_from__lte=on)
    if authority:
        rows = rows.filter(authority=authority)
    for word in words.split()[:5]:
        rows = rows.filter(Q(code__icontains=word) | Q(title__icontains=word) | Q(law__icontains=word))
    return [_row(row) for row in rows.order_by("authority_name", "code")]


def authorities() -> list[tuple[str, str]]:
    """Code and name of every authority that levies a charge."""
    found = Charge.objects.filter(version_to=None).values_list("authority", "authority_name").distinct()
    return sorted(found, key=lambda pair: pair[1])


def _row(row: Charge) -> ScheduleRow:
    return ScheduleRow(
        code=row.code,
        title=row.title,
        authority=row.authority,
        authority_name=row.authority_name,
        law=row.law,
        event=row.event,
        unit=row.unit,
        amount=row.amount,
        percentage=row.percentage,
        minimum=row.minimum,
        maximum=row.maximum,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        published_on=row.published_on,
        comment=row.comment,
        billable_from=max(row.valid_from, row.published_on),
    )
