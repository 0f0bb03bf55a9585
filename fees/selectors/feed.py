"""What happened to the public schedule, newest first: the entries of its feed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse

from fees.models import Charge, ChargeDraft
from fees.states import DraftState
from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile

ENTRIES = 100


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing that happened to one charge."""

    key: str
    """Unique and the same for ever."""
    kind: str
    """`opened`, `withdrawn`, `published` or `in_force`."""
    at: datetime
    code: str
    title: str
    authority: str
    authority_name: str
    text: str
    address: str


def schedule_changes(on: date, *, limit: int = ENTRIES) -> list[FeedEntry]:
    """What happened up to a day: drafts opened and withdrawn, charges published and come into force."""
    zone = ZoneInfo(profile(clock.today()).time_zone)
    found = [*_of_drafts(limit), *_of_charges(on, zone)]
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:limit]


def _of_drafts(limit: int) -> list[FeedEntry]:
    found = []
    for row in ChargeDraft.objects.exclude(opened_at=None).order_by("-id")[:limit]:
        address, text = reverse("fees:draft", args=[row.id]), f"{row.law}. {row.reason}"
        if row.opened_at is not None:
            text = f"Comments until {row.comments_until}. In force from {row.valid_from}: {_rate(row)}. {text}"
            found.append(_entry(row, f"draft/{row.id}/opened", "opened", row.opened_at, text, address))
        if row.state == DraftState.WITHDRAWN.value and row.ended_at is not None:
            key = f"draft/{row.id}/withdrawn"
            found.append(_entry(row, key, "withdrawn", row.ended_at, row.withdrawn_reason, address))
    return found


def _of_charges(on: date, zone: ZoneInfo) -> list[FeedEntry]:
    found = []
    for row in Charge.objects.filter(version_to=None):
        address, key = reverse("fees:charge", args=[row.code]), f"charge/{row.code}/{row.valid_from}"
        text = f"{_rate(row)} {row.unit}. {row.law}. In force from {row.valid_from}, published {row.published_on}."
        if row.published_on <= on:
            at = _midnight(row.published_on, zone)
            found.append(_entry(row, f"{key}/published", "published", at, text, address))
        begins = max(row.valid_from, row.published_on)
        if row.published_on < begins <= on:
            found.append(_entry(row, f"{key}/in_force", "in_force", _midnight(begins, zone), text, address))
    return found


def _entry(row: Charge | ChargeDraft, key: str, kind: str, at: datetime, text: str, address: str) -> FeedEntry:
    return FeedEntry(key, kind, at, row.code, row.title, row.authority, row.authority_name, text, address)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _rate(row: Charge | ChargeDraft) -> str:
    number = row.amount if row.amount is not None else row.percentage
    return f"{(number or Decimal(0)).normalize():f}{'' if row.amount is not None else ' %'}"
