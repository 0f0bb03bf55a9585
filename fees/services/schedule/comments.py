"""The public comments on a draft while it is open, and the authority answers."""

from uuid import UUID

from fees.models import ChargeComment, ChargeDraft
from fees.rules.schedule import COMMENT_LONGEST, comment_findings
from fees.services.quotes import profile_and_day
from fees.services.schedule.drafts import draft_lock, reason_of
from fees.states import CHARGE_DRAFT, DraftState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7


def charge_comment_make(*, draft_id: UUID, text: str, actor: Actor) -> UUID:
    """Say something of an open draft; everybody reads it under the name of the organisation.

    Locks: the draft, so that comments of one person are counted one by one, and none slips past the end.

    Source: docs/rules/fees.md, FE-SCH-06 (domain.md F03).

    Raises:
        NotPermitted: nobody is signed in.
        NotFound: there is no such draft that the public reads.
        TransitionRefused: it takes no comments any more.
        RuleViolated: FE-SCH-06, nothing is said, too much, or too often.
    """
    actor.require(Permission.COMMENT_CHARGE)
    at = clock.now()
    on, said = profile_and_day(at)[1], text.replace("\r\n", "\n").strip()
    with unit_of_work() as work:
        draft = _public_lock(draft_id)
        if draft.state != DraftState.OPEN.value or draft.comments_until is None or on > draft.comments_until:
            raise TransitionRefused("The time for comments on this draft is over.")
        mine = ChargeComment.objects.filter(author=actor.label)
        on_this, today = mine.filter(draft=draft).count(), mine.filter(on=on).count()
        findings = comment_findings(text=said, on_this=on_this, today=today)
        if findings:
            raise RuleViolated("The comment cannot be taken.", violations=findings)
        comment = ChargeComment.objects.create(
            id=uuid7(),
            draft=draft,
            at=at,
            on=on,
            author=actor.label,
            organisation_id=actor.organisation_id,
            organisation_name=actor.organisation_name,
            text=said,
        )
        _tell(work, draft, actor, Verb.CHARGE_COMMENTED, comment.id)
    return comment.id


def charge_comment_answer(*, comment_id: UUID, answer: str = "", no_answer_reason: str = "", actor: Actor) -> None:
    """Answer a comment once, or say why it needs no answer; both are public.

    Locks: the draft, then the comment.

    Source: docs/rules/fees.md, FE-SCH-07.

    Raises:
        NotFound: the actor's authority has no such comment.
        TransitionRefused: it is answered, or the draft is published or withdrawn.
        RuleViolated: FE-SCH-07, neither or both are given, or too long.
    """
    actor.require(Permission.DRAFT_CHARGE)
    said = answer.replace("\r\n", "\n").strip()
    if bool(said) == bool(no_answer_reason.strip()) or len(said) > COMMENT_LONGEST:
        sentence = f"Give an answer of at most {COMMENT_LONGEST} characters, or say why none is needed."
        raise RuleViolated(sentence, violations=[Violation("FE-SCH-07", "/answer", sentence)])
    reason = "" if said else reason_of(no_answer_reason, pointer="/no_answer_reason", rule="FE-SCH-07")
    draft_id = ChargeComment.objects.filter(pk=comment_id).values_list("draft_id", flat=True).first()
    if draft_id is None:
        raise NotFound
    with unit_of_work() as work:
        draft = draft_lock(draft_id, actor)
        comment = ChargeComment.objects.select_for_update().get(pk=comment_id)
        if comment.answered_at is not None or draft.state not in (DraftState.OPEN.value, DraftState.CLOSED.value):
            raise TransitionRefused("This comment is answered already, or its draft is decided.")
        comment.answer, comment.no_answer_reason = said, reason
        comment.answered_by, comment.answered_at = actor.label, clock.now()
        comment.save(update_fields=["answer", "no_answer_reason", "answered_by", "answered_at"])
        _tell(work, draft, actor, Verb.CHARGE_ANSWERED, comment.id)


def charge_comments_end(work: Work, job: JobContext) -> None:
    """Close a draft whose time for comments is over; the timer of `charge_draft_open`.

    Locks: the draft.
    Idempotent: a draft that is no longer open stays as it is.
    """
    draft = ChargeDraft.objects.select_for_update().filter(pk=job.subject_id).first()
    on = profile_and_day(clock.now())[1]
    if draft is None or draft.state != DraftState.OPEN.value:
        return
    if draft.comments_until is None or on <= draft.comments_until:
        return
    draft.state = CHARGE_DRAFT.next_state("close", draft.state).value
    draft.save(update_fields=["state"])
    _tell(work, draft, system_actor("fees"), Verb.CHARGE_COMMENTS_CLOSED)


def _public_lock(draft_id: UUID) -> ChargeDraft:
    row = ChargeDraft.objects.select_for_update().filter(pk=draft_id).exclude(opened_on=None).first()
    if row is None:
        raise NotFound
    return row


def _tell(work: Work, draft: ChargeDraft, actor: Actor, verb: Verb, comment_id: UUID | None = None) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="charge_draft",
        subject_id=str(draft.pk),
        data={"code": draft.code} | ({"comment": str(comment_id)} if comment_id else {}),
    )
