"""Reads: the events of an organisation as notifications."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from declarations.selectors.names import DeclarationName, declaration_names
from fees.selectors import assessments_made
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import PartyEvent
from singlewindow.audit.selectors import feed_page, party_event, party_events_of
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import Page
from singlewindow.notifications.kinds import KINDS, Facts, silence_of
from singlewindow.notifications.types import Notification


def notification_page_for(actor: Actor, *, cursor: str = "", size: int = 50) -> tuple[Page[Notification], str]:
    """What the actor's organisation was told after a cursor of its feed, oldest first, and the cursor to go on from.

    Raises:
        FormatRefused, CursorTooOld: as the feed does.
    """
    actor.require(Permission.READ_FEED)
    if actor.organisation_id is None:
        raise NotFound
    page, last = feed_page(actor.organisation_id, cursor=cursor, size=size)
    return Page(notifications_of(page.rows), page.next_cursor), last


def notification_for(actor: Actor, event_id: UUID) -> Notification:
    """One notification of the actor's organisation. Raises NotFound."""
    actor.require(Permission.READ_FEED)
    event = party_event(event_id)
    if event is None or event.organisation_id != actor.organisation_id:
        raise NotFound
    return notifications_of([event])[0]


def notifications_about(actor: Actor, subject_id: UUID) -> Sequence[Notification]:
    """What the actor's organisation was told of one declaration, oldest first."""
    if not actor.may(Permission.READ_FEED) or actor.organisation_id is None:
        return ()
    return notifications_of(party_events_of(str(subject_id), organisation_id=actor.organisation_id))


def notifications_of(events: Sequence[PartyEvent]) -> list[Notification]:
    """Events as notifications: made from them and from rows that never change, so always the same.

    Three queries for any number of events.
    """
    subjects = {event.pk: _subject(event.subject_id) for event in events}
    about = [event for event in events if "mrn" in event.data or event.type in KINDS]
    names = declaration_names(found for event in about if (found := subjects[event.pk]) is not None)
    wanted = [
        (found, str(event.data["sha256"]))
        for event in events
        if "sha256" in event.data and event.type in KINDS and (found := subjects[event.pk]) is not None
    ]
    notices = assessments_made(wanted)
    made = []
    for event in events:
        subject = subjects[event.pk]
        notice = notices.get((subject, str(event.data.get("sha256", "")))) if subject else None
        made.append(notification_make(event, names.get(subject) if subject else None, notice))
    return made


def notification_make(
    event: PartyEvent, name: DeclarationName | None, notice: dict[str, Any] | None = None
) -> Notification:
    """The notification of one event."""
    kind = KINDS.get(event.type)
    facts = Facts(event.at, event.data, notice)
    version = event.data.get("version")
    return Notification(
        id=event.event_id,
        type=event.type,
        at=event.at,
        subject=event.subject_id,
        function=kind.function if kind else None,
        silent="" if kind else silence_of(event.type),
        mrn=str(event.data.get("mrn") or (name.mrn if name else "")),
        lrn=str(event.data.get("lrn") or (name.lrn if name else "")),
        version=version if isinstance(version, int) else name.version_at(event.at) if name else 0,
        data=event.data,
        **(kind.make(facts) if kind else {}),
    )


def _subject(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
