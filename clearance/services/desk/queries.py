"""Questions to the declarant, and their answers."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from clearance.models import Case, Query
from clearance.rules.lanes import RESUME
from clearance.rules.release import CUSTOMS
from clearance.selectors.papers import document_owners
from clearance.services.cases import case_lock, control_take
from clearance.services.desk.common import case_event, case_mine, text_required
from clearance.states import ControlState
from clearance.types import Holder
from declarations.selectors import ask_subject, declaration_head, declaration_snapshot
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.documents.services import document_link, element_ask
from singlewindow.documents.types import Subject
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import TransitionRefused
from singlewindow.kernel.identifiers import uuid7

QUERY_HOURS = 48
COLUMNS = ("id", "case_id", "question", "pointer", "consequence", "officer", "asked_at", "deadline", "codes")


def query_send(
    *,
    declaration_id: UUID,
    actor: Actor,
    question: str,
    pointer: str = "",
    consequence: str = "",
    hours: int = QUERY_HOURS,
    codes: Sequence[str] = (),
    exception: str = "",
) -> UUID | None:
    """Ask the declarant, for an explanation or for documents; the case is parked until the answer.

    Documents whose originals another body holds are asked of that body; when nothing is left to ask the declarant
    for, no query is sent and nothing is returned.

    Locks: the declaration, then its case.

    Source: CL-QRY-01, CL-QRY-03, OO-001 to OO-004.

    Raises:
        RuleViolated: CL-QRY-01, the question is empty or too long; OO-004.
        AlreadyHeld: a document asked for is here, or is not asked for in this direction.
        TransitionRefused: the case is not under check, or waits for an answer already.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        text_required("CL-QRY-01", "/question", question, "Write the question.")
        wanted = _asked_of_trader(work, head.id, actor, codes, exception)
        if codes and not wanted:
            return None
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
                "documents": list(wanted),
            },
        )
        text, told = question.strip(), consequence.strip()[:300]
        work.insert(
            Query, COLUMNS, [(query_id, head.id, text, pointer, told, actor.label, now, deadline, list(wanted))]
        )
        queue(work, "QueryDeadline", subject_id=str(head.id), payload={"query": str(query_id)}, not_before=deadline)
        case.control_state, case.returns_to, case.holder = state.value, before, Holder.TRADER.value
        case.save(update_fields=["control_state", "returns_to", "holder"])
        case_event(work, head, actor, Verb.QUERY_SENT, query=str(query_id))
        return query_id


def _asked_of_trader(
    work: Work, declaration_id: UUID, actor: Actor, codes: Sequence[str], exception: str
) -> tuple[str, ...]:
    """What the trader is left to be asked for, once the rule of asking once has spoken."""
    if not codes:
        return ()
    subject = ask_subject(declaration_snapshot(declaration_id))
    asked = element_ask(work, actor, subject, codes, agency=CUSTOMS, exception=exception)
    return tuple(one.code for one in asked if not one.decision.holder)


def query_answer(
    *, declaration_id: UUID, query_id: UUID, actor: Actor, answer: str, documents: Sequence[UUID] = ()
) -> None:
    """Answer an officer's question in the same thread, with documents; the case goes back to where it was.

    The caller has established that the actor may act for the declaration.

    Locks: the declaration, then its case.

    Source: CL-QRY-02, DOC-LNK-01, DOC-LNK-02.

    Raises:
        RuleViolated: CL-QRY-02, the answer is empty or too long; a document is unknown.
        Conflict: more than twenty documents.
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
        owners = document_owners(head, actor)
        for document_id in dict.fromkeys(documents):
            document_link(
                work,
                actor,
                document_id=document_id,
                owners=owners,
                subject=Subject.DECLARATION,
                subject_id=head.id,
                answers=query_id,
            )
        _resume(work, head, case, actor)
        case_event(work, head, actor, Verb.QUERY_ANSWERED, query=str(query_id), documents=str(len(documents)))
        party_event_publish(
            work,
            organisation_ids=head.parties,
            type="query.answered",
            subject_id=str(head.id),
            data={"mrn": head.mrn, "query": str(query_id), "documents": [str(one) for one in documents]},
        )


def query_lapse(work: Work, job: JobContext) -> None:
    """Note that a query was not answered in time: the case is back with customs, and what was announced follows.

    An answer that comes later is still taken into the thread.

    Locks: the declaration, then its case.

    Idempotent: an answered or lapsed query stays as it is.

    Source: CL-QRY-04 (domain.md F35).
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    case = case_lock(head.id)
    query = Query.objects.filter(pk=job.payload["query"], answered_at=None, lapsed_at=None).first()
    if query is None or case.closed_at is not None:
        return
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    query.lapsed_at = max(clock.now(), query.deadline)
    query.save(update_fields=["lapsed_at"])
    _resume(work, head, case, actor)
    case_event(work, head, actor, Verb.QUERY_LAPSED, query=str(query.pk), consequence=query.consequence)
    party_event_publish(
        work,
        organisation_ids=head.parties,
        type="query.lapsed",
        subject_id=str(head.id),
        data={"mrn": head.mrn, "query": str(query.pk), "consequence": query.consequence},
    )


def _resume(work: Work, head: DeclarationHead, case: Case, actor: Actor) -> None:
    """Put a parked case back to where it was."""
    if case.control_state != ControlState.QUERY.value:
        return
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
