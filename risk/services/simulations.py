"""Starting and stopping a simulation; the work itself is done by jobs (`replaying`)."""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from risk.models import Simulation
from risk.rules.replay_scores import REPLAYED
from risk.rules.rule_set import document_hash
from risk.selectors.rule_sets import rule_set_in_force
from risk.selectors.simulations import rule_sets_of
from risk.states import SIMULATION, SimulationState
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

EVENT = "SimulationAsked"
SUBJECT = "simulation"
PRIORITY = 9
"""After everything else: filing is never kept waiting by a look at the past."""
SEEDS = 2**53  # the sentence of the refusal names it
"""Seeds lie under this, so that every program reads them as they are."""
PERIOD_DAYS = 731  # likewise
REPLAYABLE = frozenset(
    {
        RuleChangeKind.PROFILE_ADD,
        RuleChangeKind.PROFILE_END,
        RuleChangeKind.MODEL,
        RuleChangeKind.BANDS,
        RuleChangeKind.SELECTION,
    }
)
"""Changes that a replay can show: tables of facts and watched models change nothing of what was stored."""
ANY_SQL = """
SELECT EXISTS (SELECT 1 FROM risk_riskassessment
               WHERE assessed_at >= %s AND assessed_at < %s AND stage = ANY(%s) AND record IS NOT NULL)
"""


def simulation_start(
    *, actor: Actor, change: RuleChange, since: date, until: date, seed: int | None = None, title: str = ""
) -> Simulation:
    """Have a period replayed with a change, beside what is in force; jobs do it, one simulation at a time.

    Source: docs/rules/risk.md, RM-SIM-01.

    Args:
        since: first day of the period.
        until: last day of it.
        seed: what the draws are made from; none: a new one.

    Raises:
        NotPermitted: the actor may not try rules on the past.
        RuleViolated: RM-SIM-01, the period or the change is not fit for it; RM-ACT-06, the change does not fit what
            is in force.
    """
    actor.require(Permission.SIMULATE_RISK)
    at = clock.now()
    live = rule_set_in_force()
    found = [*_period_findings(since, until, at), *_text_findings(title, seed)]
    if change.kind not in REPLAYABLE:
        found.append(_finding("/change", gettext_noop("This kind of change cannot be seen in a replay of the past.")))
    if found:
        raise RuleViolated(found[0].message, violations=found)
    _, candidate = rule_sets_of(live.hash, change, at.date())
    if document_hash(candidate.document) == live.hash:
        text = gettext_noop("This changes nothing of what is in force.")
        raise RuleViolated(text, violations=[_finding("/change", text, gettext_noop("Change something first."))])
    with unit_of_work() as work:
        made = Simulation(
            id=uuid7(),
            title=title.strip() or change.kind.value,
            state=SIMULATION.initial.value,
            change=change.plain(),
            change_sha256=change.sha256,
            base_hash=live.hash,
            candidate_hash=candidate.hash,
            since=since,
            until=until,
            seed=secrets.randbelow(SEEDS) if seed is None else seed,
            asked_by=actor.label,
            asked_at=at,
        )
        made.save(force_insert=True)
        data: dict[str, JsonValue] = {
            "change": made.change_sha256,
            "base": made.base_hash,
            "candidate": made.candidate_hash,
            "seed": made.seed,
        }
        _tell(work, made.id, actor, Verb.SIMULATION_STARTED, data)
        queue(work, EVENT, subject_id=str(made.id), payload={"step": "plan"}, priority=PRIORITY, actor=actor)
    return made


def simulation_stop(*, simulation_id: UUID, actor: Actor) -> None:
    """End a simulation that waits or runs; what was done of it is forgotten.

    Locks: the simulation, so that of a stop and the last part one wins.

    Source: docs/rules/risk.md, RM-SIM-02.

    Raises:
        NotFound: there is none, or the actor may not try rules on the past.
        TransitionRefused: it has ended already.
    """
    if not actor.may(Permission.SIMULATE_RISK):
        raise NotFound
    with unit_of_work() as work:
        row = Simulation.objects.select_for_update().filter(pk=simulation_id).first()
        if row is None:
            raise NotFound
        row.state, row.ended_at = SIMULATION.next_state("stop", row.state).value, clock.now()
        row.save(update_fields=["state", "ended_at"])
        _tell(work, row.id, actor, Verb.SIMULATION_STOPPED, {"done": row.done, "of": row.total})
        clear_later(work, row.id)


def simulation_fail(work: Work, simulation_id: UUID, *, actor: Acting, cause: str) -> None:
    """End a simulation that cannot go on, with its cause.

    Locks: the simulation.
    Idempotent: one that has ended stays as it is.
    """
    row = Simulation.objects.select_for_update().filter(pk=simulation_id).first()
    if row is None or SimulationState(row.state) in SIMULATION.terminal():
        return
    row.state, row.ended_at, row.error = SIMULATION.next_state("fail", row.state).value, clock.now(), cause[:500]
    row.save(update_fields=["state", "ended_at", "error"])
    _tell(work, row.id, actor, Verb.SIMULATION_FAILED, {"cause": row.error})
    clear_later(work, row.id)


def clear_later(work: Work, simulation_id: UUID) -> None:
    """Have the parts removed once no worker can hold one any more."""
    later = clock.now() + timedelta(minutes=1)
    queue(work, EVENT, subject_id=str(simulation_id), payload={"step": "clear"}, priority=PRIORITY, not_before=later)


def period_bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """The instants from which and before which a period lies."""
    return (
        datetime.combine(since, time.min, tzinfo=UTC),
        datetime.combine(until + timedelta(days=1), time.min, tzinfo=UTC),
    )


def _period_findings(since: date, until: date, at: datetime) -> list[Violation]:
    if until < since:
        return [_finding("/until", gettext_noop("The period ends before it begins."))]
    if (until - since).days >= PERIOD_DAYS:
        return [
            _finding(
                "/since", gettext_noop("The period is longer than 731 days."), gettext_noop("Choose a shorter one.")
            )
        ]
    if until > at.date():
        return [
            _finding(
                "/until", gettext_noop("The period ends in the future."), gettext_noop("Choose days that have begun.")
            )
        ]
    with connection.cursor() as cursor:
        cursor.execute(ANY_SQL, [*period_bounds(since, until), list(REPLAYED)])
        ((there,),) = cursor.fetchall()
    text = gettext_noop("Nothing was scored in this period that could be replayed.")
    return [] if there else [_finding("/since", text, gettext_noop("Choose another period."))]


def _text_findings(title: str, seed: int | None) -> list[Violation]:
    found = []
    if len(title.strip()) > 200:
        found.append(_finding("/title", gettext_noop("The title is longer than 200 characters.")))
    if seed is not None and not 0 <= seed < SEEDS:
        found.append(_finding("/seed", gettext_noop("The seed is a whole number from 0 to 9007199254740991.")))
    return found


def _finding(pointer: str, text: str, remedy: str = "") -> Violation:
    return Violation("RM-SIM-01", pointer, text, remedy)


def _tell(work: Work, simulation_id: UUID, actor: Acting, verb: Verb, data: dict[str, JsonValue]) -> None:
    event_record(work, actor=actor, verb=verb, subject_type=SUBJECT, subject_id=str(simulation_id), data=data)
