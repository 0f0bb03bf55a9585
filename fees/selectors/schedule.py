"""The public schedule of fees and charges: on a day, the versions of one charge, and what differs between two days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from fees.models import Charge, ChargeDraft
from fees.rules.tariff import ScheduledCharge
from fees.types import ChargeEvent


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
    prefixes: str
    """First digits of the codes of goods that it concerns, with spaces between; empty for all goods."""
    in_vat_base: bool
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


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that two versions of a charge say differently; the names are those of the schedule's columns."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one charge between two days, or from one version to the next."""

    code: str
    before: ScheduleRow | None
    after: ScheduleRow | None
    changes: tuple[Changed, ...] = ()

    @property
    def kind(self) -> str:
        """`added`, `ended` or `changed`."""
        if self.before is None:
            return "added"
        return "ended" if self.after is None else "changed"

    @property
    def row(self) -> ScheduleRow:
        """The later of the two."""
        row = self.after or self.before
        assert row is not None
        return row


COMPARED = (
    *("title", "authority_name", "law", "event", "unit", "amount", "percentage", "minimum", "maximum"),
    *("prefixes", "in_vat_base", "comment"),
)
"""What a difference is looked for in; the days of a version are told beside it."""


def charge_versions(code: str) -> list[ScheduleRow]:
    """Every version of a charge that stands, newest first; none where there is no such charge."""
    rows = Charge.objects.filter(code=code, version_to=None).order_by("-valid_from")
    return [_row(row) for row in rows]


def schedule_difference(before: date, after: date) -> list[Difference]:
    """What the schedule of one day says otherwise than that of another, by authority and code."""
    old = {row.code: row for row in charge_schedule(on=before)}
    new = {row.code: row for row in charge_schedule(on=after)}
    found = [charge_difference(old.get(code), new.get(code)) for code in old.keys() | new.keys()]
    told = [one for one in found if one is not None]
    return sorted(told, key=lambda one: (one.row.authority_name, one.code))


def charge_difference(before: ScheduleRow | None, after: ScheduleRow | None) -> Difference | None:
    """What one version of a charge says otherwise than another; none where they say the same."""
    if before is None or after is None:
        one = before or after
        return Difference(one.code, before, after) if one else None
    changes = tuple(_changes(before, after))
    return Difference(after.code, before, after, changes) if changes else None


def _changes(before: ScheduleRow, after: ScheduleRow) -> Iterator[Changed]:
    for name in COMPARED:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Changed(name, old, new)


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
        prefixes=" ".join(row.prefixes),
        in_vat_base=row.in_vat_base,
        billable_from=max(row.valid_from, row.published_on),
    )


def scheduled(row: Charge | ChargeDraft, *, published_on: date) -> ScheduledCharge:
    """A row of the schedule, or a draft, as the rules that bill read it."""
    return ScheduledCharge(
        key=f"{row.code}/{row.valid_from}",
        code=row.code,
        title=row.title,
        authority=row.authority,
        law=row.law,
        event=ChargeEvent(row.event),
        amount=row.amount,
        percentage=row.percentage,
        minimum=row.minimum,
        maximum=row.maximum,
        prefixes=tuple(row.prefixes),
        in_vat_base=row.in_vat_base,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        published_on=published_on,
    )
