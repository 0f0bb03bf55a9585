"""Questions to the declarant, and their answers."""

from datetime import timedelta
from uuid import UUID

from clearance.models import Query
from clearance.rules.lanes import RESUME
from clearance.services.cases import case_lock, control_take
from clearance.services.desk.common import case_event, case_mine, text_required
from clearance.states import ControlState
from clearance.types import Holder
from declarations.selectors import declaration_head
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import TransitionRefused
from singlewindow.kernel.identifiers import uuid7

QUERY_HOURS = 48


def query_send(
    *,
    declaration_id: UUID,
    actor: Actor,
    question: str,
    pointer: str = "",
    consequence: str = "",
    hours: int = QUERY_HOURS,
) -> UUID:
    """Ask the declarant; the case is parked until the answer.

    Locks: the declaration, then its case.

    Raises:
        RuleViolated: CL-QRY-01, the question is empty or too long.
        TransitionRefused: the case is not under check, or waits for an answer already.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        text_required("CL-QRY-01", "/question", question, "Write the question.")
        now = clock.now()
        query_id, deadline = uuid7(), now + timedelta(hours=hours)
        before = case.control_state
        state = control_take(
            work,
            declaration_id=head.id,
            mrn=head.mrn,
            current=before,
            action="ask",
            actor=actor,
            parties=head.parties,
            more={
                "query": str(query_id),
                "question": question.strip(),
                "element": pointer,
                "deadline": deadline.isoformat(),
                "consequence": consequence.strip(),
            },
        )
        work.insert(
            Query,
            ("id", "case_id", "question", "pointer", "consequence", "officer", "asked_at", "deadline"),
            [(query_id, head.id, question.strip(), pointer, consequence.strip()[:300], actor.label, now, deadline)],
        )
        case.control_state, case.returns_to, case.holder = state.value, before, Holder.TRADER.value
        case.save(update_fields=["control_state", "returns_to", "holder"])
        case_event(work, head, actor, Verb.QUERY_SENT, query=str(query_id))
        return query_id


def query_answer(*, declaration_id: UUID, query_id: UUID, actor: Actor, answer: str) -> None:
    """Answer an officer's question in the same thread; the case goes back to where it was.

    The caller has established that the actor may act for the declaration.

    Locks: the declaration, then its case.

    Raises:
        RuleViolated: CL-QRY-02, the answer is empty or too long.
        TransitionRefused: the question is answered, or the case went on without the answer.
    """
    actor.require(Permission.LODGE_DECLARATION)
    with unit_of_work() as work:
        head = declaration_head(declaration_id, lock=True)
        case = case_lock(declaration_id)
        text_required("CL-QRY-02", "/answer", answer, "Write the answer.")
        answered = Query.objects.filter(pk=query_id, case_id=case.pk, answered_at=None).update(
            answer=answer.strip(), answered_by=actor.label, answered_at=clock.now()
        )
        if not answered:
            raise TransitionRefused("This question was answered before.")
        if case.control_state == ControlState.QUERY.value:
            state = control_take(
                work,
                declaration_id=head.id,
                mrn=head.mrn,
                current=case.control_state,
                action=RESUME[case.returns_to],
                actor=actor,
            )
            case.control_state, case.returns_to, case.holder = state.value, "", Holder.CUSTOMS.value
            case.save(update_fields=["control_state", "returns_to", "holder"])
        case_event(work, head, actor, Verb.QUERY_ANSWERED, query=str(query_id))
        party_event_publish(
            work,
            organisation_ids=head.parties,
            type="query.answered",
            subject_id=str(head.id),
            data={"mrn": head.mrn, "query": str(query_id)},
        )
