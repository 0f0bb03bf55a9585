"""What became of a guarantee, told: one event, and one line in the feed of its holder."""

from collections.abc import Mapping

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Guarantee
from singlewindow.kernel.canonical import JsonValue


def guarantee_tell(
    work: Work,
    guarantee: Guarantee,
    verb: Verb,
    *,
    actor: Actor,
    more: Mapping[str, JsonValue] | None = None,
    reason: str = "",
) -> None:
    """Record a step of a guarantee and tell its holder."""
    data: dict[str, JsonValue] = {
        "grn": guarantee.grn,
        "type": guarantee.type,
        "state": guarantee.state,
        **(more or {}),
    }
    subject_id = str(guarantee.pk)
    event_record(
        work, actor=actor, verb=verb, subject_type="guarantee", subject_id=subject_id, data=data, reason=reason
    )
    party_event_publish(work, organisation_ids=[guarantee.holder_id], type=verb.value, subject_id=subject_id, data=data)
