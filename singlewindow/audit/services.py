"""Writing events: what was done (for ever), and what parties are told (their feed)."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, commitment, leaf_hash
from singlewindow.kernel.identifiers import uuid7

EVENT_COLUMNS = (
    "at",
    "verb",
    "actor",
    "subject_type",
    "subject_id",
    "conversation_id",
    "canonical",
    "salt",
    "leaf_hash",
)
PARTY_EVENT_COLUMNS = ("event_id", "organisation_id", "type", "subject_id", "at", "data")


def event_record(
    work: Work,
    *,
    actor: Acting,
    verb: Verb,
    subject_type: str,
    subject_id: str,
    data: Mapping[str, JsonValue] | None = None,
    reason: str = "",
    on_behalf_of: str = "",
    before: str = "",
    after: str = "",
    at: datetime | None = None,
) -> None:
    """Record an act in the same statement as its effect.

    Args:
        data: what the event tells beside its subject; decimals as strings, no free personal data.
        before: SHA-256 (hex) of the subject before the act, where there is one.
        after: the same, after the act.
        at: the instant of the act, when it is not the present one.
    """
    moment = at or clock.now()
    canonical = canonical_bytes(
        {
            "v": 1,
            "at": moment.isoformat(),
            "verb": verb.value,
            "actor": actor.label,
            "on_behalf_of": on_behalf_of,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "conversation_id": actor.conversation_id,
            "ip": actor.ip,
            "reason": reason,
            "before": before,
            "after": after,
            "data": data or {},
        }
    )
    salt = secrets.token_bytes(32)
    leaf = leaf_hash(commitment(salt, canonical))
    row = (moment, verb.value, actor.label, subject_type, subject_id, actor.conversation_id, canonical, salt, leaf)
    work.insert(Event, EVENT_COLUMNS, [row])


def party_event_publish(
    work: Work,
    *,
    organisation_ids: Iterable[UUID],
    type: str,
    subject_id: str,
    data: Mapping[str, JsonValue],
    at: datetime | None = None,
) -> None:
    """Tell every one of the organisations, once each, in their feed; all in the transaction of the act."""
    moment = at or clock.now()
    rows = [
        (uuid7(), organisation_id, type, subject_id, moment, dict(data))
        for organisation_id in dict.fromkeys(organisation_ids)
    ]
    work.insert(PartyEvent, PARTY_EVENT_COLUMNS, rows)
