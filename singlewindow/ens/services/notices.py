"""What is told of each step of an entry summary declaration: the event for ever, the notice in the parties' feeds."""

from collections.abc import Mapping
from datetime import datetime

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.ens.models import EntrySummary
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex

SUBJECT = "entry"


def standing(entry: EntrySummary) -> str:
    """The digest of where a declaration stands: content, version and state."""
    return sha256_hex(canonical_bytes({"c": entry.content_sha256, "v": entry.version, "s": str(entry.state)}))


def step_tell(
    work: Work,
    entry: EntrySummary,
    *,
    actor: Actor,
    verb: Verb,
    at: datetime,
    before: str = "",
    reason: str = "",
    data: Mapping[str, JsonValue] | None = None,
    notice: Mapping[str, JsonValue] | None = None,
    quiet: bool = False,
) -> None:
    """Record a step with digests of before and after, and tell filer, principal and carrier unless it is quiet.

    Args:
        data: for the event, which officers and auditors read.
        notice: for the parties.
        quiet: the parties are not told: what the desk weighs is its own.
    """
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=SUBJECT,
        subject_id=str(entry.id),
        data={"mrn": entry.mrn, "version": entry.version, **(data or {})},
        reason=reason,
        before=before,
        after=standing(entry),
        at=at,
    )
    if quiet:
        return
    known = (entry.lodged_by_id, entry.lodger_organisation_id, entry.carrier_organisation_id)
    party_event_publish(
        work,
        organisation_ids=[party for party in known if party is not None],
        type=verb.value,
        subject_id=str(entry.id),
        data={"mrn": entry.mrn, "lrn": entry.lrn, "state": str(entry.state), **(notice or {})},
        at=at,
    )
