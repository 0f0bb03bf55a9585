"""How an act on a basket or on money is recorded and told to the trader, in one way for all."""

from datetime import datetime
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.money import from_minor


def amount_text(minor: int, currency: str) -> str:
    """An amount of minor units in figures."""
    return f"{from_minor(minor, currency):f}"


def tell(
    work: Work,
    *,
    verb: Verb,
    subject_type: str,
    subject_id: UUID | str,
    data: dict[str, JsonValue],
    actor: Actor,
    at: datetime,
    reason: str = "",
    organisation_id: UUID | None = None,
    feed: str = "",
) -> None:
    """Record an act and, where `feed` names how, tell the trader."""
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=subject_type,
        subject_id=str(subject_id),
        data=data,
        reason=reason,
        at=at,
    )
    if feed and organisation_id is not None:
        party_event_publish(
            work, organisation_ids=[organisation_id], type=feed, subject_id=str(subject_id), data=data, at=at
        )
