"""What became of a dispute, told: one event, and one line in the feed of every party."""

from clearance.models import Dispute
from declarations.types import DeclarationHead
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.money import from_minor


def dispute_tell(
    work: Work, head: DeclarationHead, row: Dispute, verb: Verb, *, actor: Actor, reason: str = ""
) -> None:
    """Record a step of a dispute and tell the parties."""

    def text(minor: int) -> str:
        return format(from_minor(minor, row.currency), "f")

    data: dict[str, JsonValue] = {
        "mrn": row.mrn,
        "dispute": str(row.pk),
        "state": row.state,
        "grounds": list(row.grounds),
        "declared": text(row.declared_minor),
        "alternative": text(row.alternative_minor),
        "security": text(row.security_minor),
        "currency": row.currency,
        "law": row.law,
    }
    subject_id = str(head.id)
    event_record(
        work, actor=actor, verb=verb, subject_type="declaration", subject_id=subject_id, data=data, reason=reason
    )
    party_event_publish(
        work, organisation_ids=head.parties, type=verb.value, subject_id=subject_id, data={**data, "reason": reason}
    )
