"""Reading events: timelines, and feeds that can be read again from any cursor."""

from collections.abc import Sequence
from uuid import UUID

from singlewindow.audit.models import Event, PartyEvent
from singlewindow.kernel.paging import Page, cursor_decode, cursor_encode, page_of

FEED_SQL = """
SELECT id, transaction_id, event_id, organisation_id, type, subject_id, at, data FROM audit_partyevent
WHERE organisation_id = %s AND (transaction_id, id) > (%s, %s)
  AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction_id, id LIMIT %s
"""


def feed_page(organisation_id: UUID, *, cursor: str = "", size: int = 50) -> tuple[Page[PartyEvent], str]:
    """The events of an organisation after a cursor, oldest first, and the cursor to go on from.

    The second value is always set, also when nothing new was there: a reader stores it and asks again later.
    Events of transactions that are still open are left for the next call, so none is ever passed by.

    Raises:
        FormatRefused: the cursor was not made by this feed.
    """
    after = cursor_decode(cursor, int, int) if cursor else [0, 0]
    rows = list(PartyEvent.objects.raw(FEED_SQL, [organisation_id, *after, size + 1]))
    page = page_of(rows, size, _feed_key)
    last = _feed_cursor(page.rows[-1]) if page.rows else cursor
    return page, last


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
