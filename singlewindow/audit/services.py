"""Writing events: what was done (for ever), and what parties are told (their feed)."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
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
    moment, label, conversation = at or clock.now(), actor.label, actor.conversation_id
    canonical = canonical_bytes(
        {
            "v": 1,
            "at": moment.isoformat(),
            "verb": verb.value,
            "actor": label,
            "on_behalf_of": on_behalf_of,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "conversation_id": conversation,
            "ip": actor.ip,
            "reason": reason,
            "before": before,
            "after": after,
            "data": data or {},
        }
    )
    salt = secrets.token_bytes(32)
    leaf = leaf_hash(commitment(salt, canonical))
    row = (moment, verb.value, label, subject_type, subject_id, conversation, canonical, salt, leaf)
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


FEED_KEPT = timedelta(days=90)
"""Every event of a feed can be read for so long at the least; the database refuses to remove a younger one."""

CLEAR_SQL = """
WITH gone AS (
    DELETE FROM audit_partyevent WHERE id IN (
        SELECT old.id FROM audit_partyevent old WHERE old.at < %(before)s AND NOT EXISTS (
            SELECT 1 FROM audit_partyevent young
            WHERE young.organisation_id = old.organisation_id AND young.at >= %(before)s
              AND (young.transaction_id, young.id) < (old.transaction_id, old.id))
        ORDER BY old.id LIMIT %(limit)s)
    RETURNING organisation_id, transaction_id, id
), last AS (
    SELECT DISTINCT ON (organisation_id) organisation_id, transaction_id, id FROM gone
    ORDER BY organisation_id, transaction_id DESC, id DESC
), noted AS (
    INSERT INTO audit_feedhorizon (organisation_id, transaction_id, event) SELECT * FROM last
    ON CONFLICT (organisation_id) DO UPDATE SET transaction_id = excluded.transaction_id, event = excluded.event
    WHERE (audit_feedhorizon.transaction_id, audit_feedhorizon.event) < (excluded.transaction_id, excluded.event)
)
SELECT count(*) FROM gone
"""


def feed_clear(work: Work, *, kept: timedelta = FEED_KEPT, limit: int = 10_000) -> int:
    """Remove events of feeds that were kept for their time, and note how far; returns how many.

    An event goes only when everything before it in its feed is old as well, so what can be read has no gaps.

    Idempotent: a second run finds nothing to remove.

    Raises:
        ValueError: less than 90 days are asked for.
    """
    if kept < FEED_KEPT:
        raise ValueError("events of feeds are kept for 90 days at the least")
    return int(work.fetch(CLEAR_SQL, {"before": clock.now() - kept, "limit": limit})[0][0])
