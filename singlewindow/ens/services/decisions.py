"""What people do on an entry summary declaration: the filer answers; the targeting desk asks, clears or forbids."""

from dataclasses import dataclass
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.ens.models import EntryQuestion, EntrySummary
from singlewindow.ens.profile import profile
from singlewindow.ens.services.assessment import QUESTION_COLUMNS
from singlewindow.ens.services.locking import entry_locked
from singlewindow.ens.services.notices import standing, step_tell
from singlewindow.ens.states import ENTRY, EntryState, QuestionCode
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7

REASON_LENGTH, ANSWER_LENGTH, QUESTION_LENGTH = 500, 2000, 1000


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """What an officer decides, and why."""

    action: str
    """`clear`, `forbid` or `ask`."""
    reason: str
    code: QuestionCode | None = None
    """What is asked, where something is."""


def question_answer(work: Work, *, entry_id: UUID, question_id: UUID, actor: Actor, answer: str) -> EntrySummary:
    """Answer one question; with the last one the declaration goes back to the desk.

    Locks: the declaration.

    Source: docs/rules/ens.md, EN-011.

    Raises:
        NotFound: the question is none on a declaration of the actor.
        RuleViolated: EN-011, the answer is empty or too long.
        TransitionRefused: it was answered, or is void.
    """
    actor.require(Permission.ENTRY_FILE)
    text = _text("EN-011", "/answer", answer, ANSWER_LENGTH)
    entry = entry_locked(work, actor, entry_id)
    question = EntryQuestion.objects.filter(pk=question_id, entry=entry).first()
    if question is None:
        raise NotFound
    state = ENTRY.next_state("answer", entry.state)
    if question.answered_at is not None or question.withdrawn_at is not None:
        raise TransitionRefused("This question was answered already, or is not asked any more.")
    at, before = clock.now(), standing(entry)
    question.answer, question.answered_at, question.answered_by = text, at, actor.label
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    if not EntryQuestion.objects.filter(entry=entry, answered_at=None, withdrawn_at=None).exists():
        entry.state, entry.due_at = state.value, at + profile(at.date()).alert_time
        entry.save(update_fields=["state", "due_at"])
    step_tell(
        work,
        entry,
        actor=actor,
        verb=Verb.ENTRY_INFORMATION_GIVEN,
        at=at,
        before=before,
        data={"question": question.number},
        notice={"question": question.number},
    )
    return entry


def alert_acknowledge(*, entry_id: UUID, actor: Actor) -> EntrySummary:
    """Take note of a warning; the time that it took is kept.

    Locks: the declaration.
    Idempotent: the first officer counts.

    Raises:
        NotFound, TransitionRefused: there is no such declaration, or no warning on it.
    """
    actor.require(Permission.ENTRY_ASSESS)
    with unit_of_work() as work:
        entry = entry_locked(work, actor, entry_id)
        if entry.alerted_at is None:
            raise TransitionRefused("There is no warning on this declaration.")
        if entry.acknowledged_at is not None:
            return entry
        before, at = standing(entry), clock.now()
        entry.acknowledged_at, entry.acknowledged_by = at, actor.label
        entry.save(update_fields=["acknowledged_at", "acknowledged_by"])
        seconds = int((at - entry.alerted_at).total_seconds())
        step_tell(
            work,
            entry,
            actor=actor,
            verb=Verb.ENTRY_ALERT_ACKNOWLEDGED,
            at=at,
            before=before,
            data={"seconds": seconds},
            quiet=True,
        )
        return entry


def entry_decide(*, entry_id: UUID, actor: Actor, decision: EntryDecision) -> EntrySummary:
    """Free the loading, forbid it, or ask for more.

    Locks: the declaration.

    Source: docs/rules/ens.md, EN-010 and EN-012.

    Raises:
        NotFound: there is no such declaration.
        RuleViolated: EN-012, no reason is given.
        TransitionRefused: it is not to be decided in this state.
    """
    actor.require(Permission.ENTRY_ASSESS)
    reason = _text("EN-012", "/reason", decision.reason, REASON_LENGTH)
    with unit_of_work() as work:
        entry = entry_locked(work, actor, entry_id)
        before, at = standing(entry), clock.now()
        entry.state = ENTRY.next_state(decision.action, entry.state).value
        entry.decided_at, entry.decided_by, entry.decision_reason = at, actor.label, reason
        if entry.alerted_at is not None and entry.acknowledged_at is None:
            entry.acknowledged_at, entry.acknowledged_by = at, actor.label
        entry.due_at = at + profile(at.date()).answer_time if decision.action == "ask" else None
        entry.save()
        code = decision.code or QuestionCode.OTHER
        if decision.action == "ask":
            number = EntryQuestion.objects.filter(entry=entry).count() + 1
            row = (uuid7(), entry.id, number, code.value, "", reason, at, actor.label, entry.due_at)
            work.insert(EntryQuestion, QUESTION_COLUMNS, [row])
        else:
            EntryQuestion.objects.filter(entry=entry, answered_at=None, withdrawn_at=None).update(withdrawn_at=at)
        _decision_tell(work, entry, actor, before, reason, code)
        return entry


def _decision_tell(work: Work, entry: EntrySummary, actor: Actor, before: str, reason: str, code: QuestionCode) -> None:
    assert entry.decided_at is not None
    verb = {
        EntryState.ASSESSMENT_COMPLETE: Verb.ENTRY_ASSESSED,
        EntryState.DO_NOT_LOAD: Verb.ENTRY_LOADING_FORBIDDEN,
        EntryState.INFORMATION_REQUESTED: Verb.ENTRY_INFORMATION_REQUESTED,
    }[EntryState(entry.state)]
    notice: dict[str, str | list[str]] = {"reason": reason} if verb is Verb.ENTRY_LOADING_FORBIDDEN else {}
    if verb is Verb.ENTRY_INFORMATION_REQUESTED:
        notice = {"codes": [code.value], "due_at": entry.due_at.isoformat() if entry.due_at else ""}
    step_tell(work, entry, actor=actor, verb=verb, at=entry.decided_at, before=before, reason=reason, notice={**notice})


def _text(rule: str, pointer: str, text: str, most: int) -> str:
    """The text without space around it.

    Raises:
        RuleViolated: it is empty or too long.
    """
    clean = text.strip()
    if clean and len(clean) <= most:
        return clean
    message = f"A text of 1 to {most} characters is needed here."
    raise RuleViolated(message, violations=[Violation(rule, pointer, message, "Write it in a few sentences.")])
