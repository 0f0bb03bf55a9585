"""The assessment of a lodged version, and the end of its time: done by the window itself, by job."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.ens.models import EntryFinding, EntryQuestion, EntrySummary
from singlewindow.ens.profile import EntryProfile, alerts, profile
from singlewindow.ens.rules.assessment import Effect, RiskFinding, assess, outcome_of
from singlewindow.ens.selectors import message_of_entry
from singlewindow.ens.services.notices import standing, step_tell
from singlewindow.ens.states import ENTRY, EntryState
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.identifiers import uuid7

QUESTION_COLUMNS = ("id", "entry_id", "number", "code", "pointer", "text", "asked_at", "asked_by", "due_at")
_ACTIONS = {Effect.FLAG: "complete", Effect.INFORM: "request", Effect.DO_NOT_LOAD: "propose"}


def entry_assess(work: Work, entry_id: UUID, *, version: int, actor: Actor) -> EntryState | None:
    """Assess one version: loading is free, something is asked, or an officer is warned at once.

    Locks: the declaration.
    Idempotent: a version that was assessed, or followed by another one, is left as it is.

    Source: docs/rules/ens.md, EN-RISK-*.
    """
    entry = EntrySummary.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None or entry.version != version or entry.state != EntryState.REGISTERED:
        return None
    at = clock.now()
    in_force = profile(at.date())
    found = assess(message_of_entry(entry), lodged_at=at, profile=in_force, alerts=alerts(at.date()))
    before, outcome = standing(entry), outcome_of(found)
    entry.state = ENTRY.next_state(_ACTIONS[outcome], entry.state).value
    entry.assessed_at = at
    entry.late = entry.late or any(finding.rule == "EN-RISK-09" for finding in found)
    if outcome is Effect.INFORM:
        entry.due_at = at + in_force.answer_time
    elif outcome is Effect.DO_NOT_LOAD:
        entry.alerted_at, entry.due_at = at, at + in_force.alert_time
        entry.acknowledged_at, entry.acknowledged_by = None, ""
    entry.save()
    _findings_keep(work, entry, found, at)
    if outcome is Effect.INFORM:
        _ask(work, entry, found, actor, at)
    _tell(work, entry, outcome, found, in_force, actor, before, at)
    return EntryState(entry.state)


def _findings_keep(work: Work, entry: EntrySummary, found: Sequence[RiskFinding], at: datetime) -> None:
    work.insert(
        EntryFinding,
        ("entry_id", "version", "rule", "effect", "pointer", "value", "alert", "at"),
        [(entry.id, entry.version, one.rule, one.effect.value, one.pointer, one.value, one.alert, at) for one in found],
    )


def _ask(work: Work, entry: EntrySummary, found: Sequence[RiskFinding], actor: Actor, at: datetime) -> None:
    """One question for each code, at the first field that it is about."""
    first: dict[str, RiskFinding] = {}
    for finding in found:
        if finding.effect is Effect.INFORM and finding.question is not None:
            first.setdefault(finding.question.value, finding)
    number = EntryQuestion.objects.filter(entry=entry).count()
    work.insert(
        EntryQuestion,
        QUESTION_COLUMNS,
        [
            (uuid7(), entry.id, number + place, code, finding.pointer, "", at, actor.label, entry.due_at)
            for place, (code, finding) in enumerate(first.items(), 1)
        ],
    )


def _tell(
    work: Work,
    entry: EntrySummary,
    outcome: Effect,
    found: Sequence[RiskFinding],
    in_force: EntryProfile,
    actor: Actor,
    before: str,
    at: datetime,
) -> None:
    data: dict[str, JsonValue] = {"profile": in_force.version, "rules": [*sorted({finding.rule for finding in found})]}
    notice: dict[str, JsonValue] = {}
    if outcome is Effect.FLAG:
        verb, notice = Verb.ENTRY_ASSESSED, {"late": entry.late}
    elif outcome is Effect.INFORM:
        codes = sorted({one.question.value for one in found if one.question and one.effect is Effect.INFORM})
        due = entry.due_at.isoformat() if entry.due_at else ""
        verb, notice = Verb.ENTRY_INFORMATION_REQUESTED, {"codes": [*codes], "due_at": due}
    else:
        verb = Verb.ENTRY_ALERT_RAISED
    # What the desk weighs is not told: whoever is under suspicion is not warned before the decision.
    quiet = outcome is Effect.DO_NOT_LOAD
    step_tell(work, entry, actor=actor, verb=verb, at=at, before=before, data=data, notice=notice, quiet=quiet)


def entry_end(work: Work, entry_id: UUID, *, actor: Actor) -> bool:
    """End a declaration whose time is over.

    Locks: the declaration.
    Idempotent: an ended one stays as it is.
    """
    entry = EntrySummary.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None or entry.state == EntryState.ENDED:
        return False
    before, at = standing(entry), clock.now()
    entry.state = ENTRY.next_state("end", entry.state).value
    entry.ended_at, entry.due_at = at, None
    entry.save(update_fields=["state", "ended_at", "due_at"])
    step_tell(work, entry, actor=actor, verb=Verb.ENTRY_ENDED, at=at, before=before)
    return True
