"""The holder of an original answers the body that asked: it stands as issued, or it is none of theirs."""

from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_of_agency
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import OriginalAsk
from singlewindow.documents.selectors.originals import original_info
from singlewindow.documents.states import ORIGINAL
from singlewindow.documents.types import OriginalInfo
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation

NOTE_LENGTH = 500


def original_answer(actor: Actor, original_id: UUID, *, action: str, note: str = "") -> OriginalInfo:
    """Answer for an original that one's own body holds; who asked is told in its feed.

    Locks: the request, so of two answers at once one is taken.

    Source: OO-005 (domain.md F25).

    Raises:
        NotFound: there is no such request, or it is another body's to answer.
        TransitionRefused: it was answered before.
        RuleViolated: OO-005, whoever disowns an original says why; at most 500 characters.
    """
    actor.require(Permission.DECIDE_AGENCY_HOLD)
    with unit_of_work() as work:
        row = OriginalAsk.objects.select_for_update().filter(pk=original_id, holder=actor.agency).first()
        if row is None or not actor.agency:
            raise NotFound
        state, text = ORIGINAL.next_state(action, row.state), note.strip()
        if len(text) > NOTE_LENGTH or (action == "disown" and not text):
            message = f"Say why it is not yours, in {NOTE_LENGTH} characters at most."
            raise RuleViolated(message, violations=[Violation("OO-005", "/note", message)])
        row.state, row.note, row.answered_by, row.answered_at = state.value, text, actor.label, clock.now()
        row.save(update_fields=["state", "note", "answered_by", "answered_at"])
        told = {"mrn": row.mrn, "element": row.code, "holder": row.holder, "asked_by": row.agency, "answer": row.state}
        event_record(
            work,
            actor=actor,
            verb=Verb.ORIGINAL_ANSWERED,
            subject_type="declaration",
            subject_id=str(row.declaration_id),
            data=told,
            reason=text,
        )
        party_event_publish(
            work,
            organisation_ids=organisations_of_agency(row.agency),
            type="original.answered",
            subject_id=str(row.declaration_id),
            data=told | {"note": text},
        )
        return original_info(row)
