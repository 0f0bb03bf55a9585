"""Reading events: timelines, and feeds that can be read again from any cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from singlewindow.audit.models import Event, FeedHorizon, PartyEvent
from singlewindow.kernel.errors import DomainError, Violation
from singlewindow.kernel.paging import Page, cursor_decode, cursor_encode, page_of

FEED_SQL = """
SELECT id, transaction_id, event_id, organisation_id, type, subject_id, at, data FROM audit_partyevent
WHERE organisation_id = %s AND (transaction_id, id) > (%s, %s)
  AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction_id, id LIMIT %s
"""

AHEAD_SQL = """
SELECT asked.number, told.transaction_id, told.id, told.event_id, told.type, told.subject_id, told.at
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS asked(organisation, transaction, event, number)
CROSS JOIN LATERAL (
    SELECT transaction_id, id, event_id, type, subject_id, at FROM audit_partyevent
    WHERE organisation_id = asked.organisation AND (transaction_id, id) > (asked.transaction, asked.event)
      AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY transaction_id, id LIMIT %s
) AS told
ORDER BY asked.number, told.transaction_id, told.id
"""

NEXT_SQL = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class CursorTooOld(DomainError):
    """The events after the cursor were kept for their time and are gone; the answer names the oldest cursor."""

    code = "cursor.too_old"
    status = 410
    title = "Events after this cursor are no longer kept"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed of an organisation: everything up to it was seen."""

    organisation_id: UUID
    transaction: int
    event: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a feed without its data."""

    place: Place
    event_id: UUID
    type: str
    subject_id: str
    at: datetime


def feed_end() -> tuple[int, int]:
    """The place before which no event can appear any more: where a new reader begins that wants only what comes."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SQL)
        return int(cursor.fetchone()[0]) - 1, 2**63 - 1


def feeds_ahead(places: Sequence[Place], *, size: int) -> list[list[Told]]:
    """For each place the events that follow it, oldest first, at most `size` of each; one query for all."""
    found: list[list[Told]] = [[] for _ in places]
    if not places:
        return found
    organisations = [str(place.organisation_id) for place in places]
    transactions, events = [place.transaction for place in places], [place.event for place in places]
    with connection.cursor() as cursor:
        cursor.execute(AHEAD_SQL, (organisations, transactions, events, size))
        for number, transaction, event, event_id, type_, subject_id, at in cursor.fetchall():
            place = Place(places[number - 1].organisation_id, transaction, event)
            found[number - 1].append(Told(place, event_id, type_, subject_id, at))
    return found


def party_event(event_id: UUID) -> PartyEvent | None:
    """One event of a feed, whoever it was told."""
    return PartyEvent.objects.filter(event_id=event_id).first()


def party_events(event_ids: Sequence[UUID]) -> dict[UUID, PartyEvent]:
    """Events of feeds by their ids; those that are gone are left out."""
    return {event.event_id: event for event in PartyEvent.objects.filter(event_id__in=event_ids)}


def feed_between(organisation_id: UUID, begin: datetime, end: datetime, *, size: int) -> list[Told]:
    """What an organisation was told in a span of time, oldest first."""
    rows = PartyEvent.objects.filter(organisation_id=organisation_id, at__gte=begin, at__lt=end)
    return [
        Told(Place(organisation_id, row.transaction_id, row.pk), row.event_id, row.type, row.subject_id, row.at)
        for row in rows.order_by("transaction_id", "id")[:size]
    ]


def feed_page(organisation_id: UUID, *, cursor: str = "", size: int = 50) -> tuple[Page[PartyEvent], str]:
    """The events of an organisation after a cursor, oldest first, and the cursor to go on from.

    The second value is always set, also when nothing new was there: a reader stores it and asks again later.
    Events of transactions that are still open are left for the next call, so none is ever passed by.

    Raises:
        FormatRefused: the cursor was not made by this feed.
        CursorTooOld: events after it were cleared away.
    """
    after = cursor_decode(cursor, int, int) if cursor else [0, 0]
    rows = list(PartyEvent.objects.raw(FEED_SQL, [organisation_id, *after, size + 1]))
    page = page_of(rows, size, _feed_key)
    last = _feed_cursor(page.rows[-1]) if page.rows else cursor
    if cursor:
        _kept_from(organisation_id, (int(after[0]), int(after[1])))
    return page, last


def _kept_from(organisation_id: UUID, after: tuple[int, int]) -> None:
    horizon = FeedHorizon.objects.filter(pk=organisation_id).values_list("transaction_id", "event").first()
    if horizon is not None and after < horizon:
        oldest = cursor_encode(*horizon)
        message = f"The oldest cursor that can still be read from is {oldest}."
        remedy = f"Go on with cursor={oldest}, or begin again without a cursor."
        raise CursorTooOld(message, violations=[Violation("cursor.too_old", "/query/cursor", message, remedy, oldest)])


def _feed_key(event: PartyEvent) -> tuple[int, int]:
    return (event.transaction_id, event.pk)


def _feed_cursor(event: PartyEvent) -> str:
    return cursor_encode(*_feed_key(event))


def events_of(subject_type: str, subject_id: str) -> Sequence[Event]:
    """Every event of a subject, oldest first."""
    return list(Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("id"))


def party_events_of(subject_id: str, *, organisation_id: UUID | None = None) -> Sequence[PartyEvent]:
    """What the parties of a subject were told, oldest first; of one organisation where it is named."""
    events = PartyEvent.objects.filter(subject_id=subject_id)
    if organisation_id is not None:
        events = events.filter(organisation_id=organisation_id)
    return list(events.order_by("transaction_id", "id"))
