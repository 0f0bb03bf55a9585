"""The work of a simulation, done by jobs: cut the period into parts, score them, pick from them, add up.

A job does parts for a short time and queues the next one, so that whatever else waits for a worker has its turn soon,
and only so many jobs of a simulation exist at once. Source: docs/rules/risk.md, RM-SIM-02.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from risk.models import Simulation, SimulationPart
from risk.rules.replay_figures import figures_of
from risk.rules.replay_scores import Frame, Picker, rooms_planned, score, tally
from risk.rules.replay_sums import sums_together
from risk.rules.rule_set import CompiledRuleSet
from risk.selectors.replay_parts import Stretch, part_read, stretches
from risk.selectors.simulations import profile_of, rule_sets_of
from risk.services.profiles import profile_simulated
from risk.services.simulations import EVENT, PRIORITY, SUBJECT, period_bounds, simulation_fail
from risk.states import SIMULATION, SimulationState
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.money import minor_unit
from singlewindow.reference.selectors import profile as country_profile

PART = 500
"""Declarations of a part."""
CHUNK = 50_000
"""Declarations that one job cuts into parts."""
SLICE_S = 0.5
"""So long a job begins new parts: whoever files waits for a worker no longer than that and one part."""
WALKERS = 3
"""Jobs of a simulation at a time: one more than the workers of an installation that has two."""
STARTS_MOST = 4
"""A job that was started so often without an end kills its process: the simulation ends with that as its cause."""
WAIT = timedelta(seconds=5)
"""When a simulation that waits for another one looks again."""
PART_COLUMNS = ("simulation_id", "number", "first_at", "first_id", "last_at", "last_id", "rows")
NIL = UUID(int=0)
S = SimulationState


def simulation_step(work: Work, job: JobContext) -> None:
    """Do what a job of a simulation is for: plan, replay, or clear.

    What goes wrong in the replay itself ends the simulation with its cause; what goes wrong with the database, or takes
    too long, is tried again.

    Locks: see each step.
    Idempotent: a simulation that has ended is left as it is; a part that is done is not done again.
    """
    simulation_id = UUID(job.subject_id)
    actor = system_actor("risk")
    if job.started >= STARTS_MOST:
        cause = f"A part was begun {job.started - 1} times and never ended."
        simulation_fail(work, simulation_id, actor=actor, cause=cause)
        return
    try:
        with transaction.atomic():
            _STEPS[job.payload["step"]](work, simulation_id, job)
            work.flush()
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, the analyst must see it, and the next run not wait)
        simulation_fail(work, simulation_id, actor=actor, cause=f"{type(error).__name__}: {error}")


def _plan(work: Work, simulation_id: UUID, job: JobContext) -> None:
    """Cut the next stretch of the period into parts; the last one starts the replay.

    Locks: the simulation.
    """
    row = Simulation.objects.select_for_update().get(pk=simulation_id)
    if row.state != S.QUEUED.value:
        return
    if _others_before(row):
        _again(work, row.id, job.payload, not_before=clock.now() + WAIT)
        return
    since, until = period_bounds(row.since, row.until)
    number = int(job.payload.get("number", 0))
    from_at = datetime.fromisoformat(job.payload["at"]) if number else since
    found = stretches(
        from_at=from_at, after=UUID(job.payload.get("after", str(NIL))), until=until, size=PART, limit=CHUNK
    )
    rows = [
        (row.id, number + place, one.first_at, one.first_id, one.last_at, one.last_id, one.rows)
        for place, one in enumerate(found, start=1)
    ]
    work.insert(SimulationPart, PART_COLUMNS, rows)
    row.total += 2 * len(found)
    row.declarations += sum(one.rows for one in found)
    if sum(one.rows for one in found) == CHUNK:
        last = found[-1]
        payload = {"step": "plan", "number": number + len(found), "at": last.last_at.isoformat()}
        _again(work, row.id, payload | {"after": str(last.last_id)})
        row.save(update_fields=["total", "declarations"])
        return
    row.state, row.started_at = SIMULATION.next_state("start", row.state).value, clock.now()
    row.save(update_fields=["total", "declarations", "state", "started_at"])
    _walkers(work, row.id)


def _others_before(row: Simulation) -> bool:
    """Whether another simulation runs or was asked for earlier: one at a time, or filing would wait for them all."""
    others = Simulation.objects.exclude(pk=row.pk)
    return others.filter(Q(state=S.RUNNING.value) | Q(state=S.QUEUED.value, pk__lt=row.pk)).exists()


def _replay(work: Work, simulation_id: UUID, job: JobContext) -> None:
    """Score parts, or pick from them once all are scored, for a short time; the last one ends the simulation.

    Locks: each part while it is worked on, passing over those of other workers; at the end the simulation.
    """
    row = Simulation.objects.defer("result", "rooms").get(pk=simulation_id)
    if row.state != S.RUNNING.value:
        return
    run = _Run(row, picking=row.done >= row.total // 2)
    begun, done = time.monotonic(), 0
    while run.part_do():
        done += 1
        if time.monotonic() - begun > SLICE_S:
            break
    _step(work, row.id, done)


def _step(work: Work, simulation_id: UUID, done: int) -> None:
    """Note the parts that were done; who did the last one of a step begins the next."""
    row = Simulation.objects.select_for_update().defer("result", "rooms").get(pk=simulation_id)
    if row.state != S.RUNNING.value or not done:
        return
    half, before = row.total // 2, row.done
    row.done += done
    if before < half <= row.done:
        row.rooms = _rooms(row)
        row.save(update_fields=["done", "rooms"])
        _walkers(work, row.id)
    elif row.done == row.total:
        _finish(work, row)
    else:
        row.save(update_fields=["done"])
        _again(work, row.id, {"step": "replay"})


def _rooms(row: Simulation) -> dict[str, Any]:
    parts = SimulationPart.objects.filter(simulation_id=row.id).order_by("number")
    tallies: Iterator[Any] = parts.values_list("tally", flat=True).iterator(chunk_size=500)
    return rooms_planned(tallies, rules_of(row))


def _finish(work: Work, row: Simulation) -> None:
    """Add the parts up, keep the figures with their digest, and tell the profile that it was tried."""
    parts: Iterator[Any] = row.parts.order_by("number").values_list("sums", flat=True).iterator(chunk_size=200)
    sums = sums_together(parts)
    live, candidate = rules_of(row)
    frame = _frame(row)
    result = figures_of(sums) | {
        "run": {
            "change": row.change_sha256,
            "live": live.hash,
            "candidate": candidate.hash,
            "models": {"live": live.model, "candidate": candidate.model},
            "since": row.since.isoformat(),
            "until": row.until.isoformat(),
            "known_until": known_until(row).isoformat(),
            "seed": row.seed,
            "sample_rate": str(frame.sample_rate),
            "currency": country_profile(row.asked_at.date()).currency,
        }
    }
    row.result, row.result_sha256 = result, sha256_hex(canonical_bytes(result))
    row.state, row.ended_at = SIMULATION.next_state("finish", row.state).value, clock.now()
    row.rooms = None
    row.save(update_fields=["done", "result", "result_sha256", "state", "ended_at", "rooms"])
    row.parts.all().delete()
    actor = system_actor("risk")
    event_record(
        work,
        actor=actor,
        verb=Verb.SIMULATION_DONE,
        subject_type=SUBJECT,
        subject_id=str(row.id),
        data={"change": row.change_sha256, "result": row.result_sha256, "declarations": result["declarations"]},
    )
    _profile_tell(work, row, actor)


def _profile_tell(work: Work, row: Simulation, actor: Actor) -> None:
    change = RuleChange.of(row.change)
    if change.kind is not RuleChangeKind.PROFILE_ADD:
        return
    found, content = profile_of(change), change.values["content_sha256"]
    if found is not None:
        profile_simulated(work, profile_id=found, content_sha256=content, simulation_id=row.id, actor=actor)


def _clear(work: Work, simulation_id: UUID, job: JobContext) -> None:
    """Remove the parts of a simulation that was stopped or failed."""
    SimulationPart.objects.filter(simulation_id=simulation_id, simulation__state__in=ENDED).delete()


ENDED = [state.value for state in SIMULATION.terminal()]
_STEPS = {"plan": _plan, "replay": _replay, "clear": _clear}


class _Run:
    """One job's view of a simulation, with what it needs for every part."""

    def __init__(self, row: Simulation, *, picking: bool) -> None:
        self._row, self._picking = row, picking
        self._rules = rules_of(row)
        self._frame = _frame(row)
        self._until = period_bounds(row.since, row.until)[1]
        self._picker = Picker(self._rules, self._frame, _plans(row.id)) if picking else None

    def part_do(self) -> bool:
        """Do the next part that nobody works on; false when there is none."""
        todo = Q(sums__isnull=True, scored__isnull=not self._picking)
        parts = SimulationPart.objects.select_for_update(skip_locked=True).filter(todo, simulation_id=self._row.id)
        part = parts.order_by("number").first()
        if part is None:
            return False
        if self._picker is not None:
            part.sums, part.scored = self._picker.sums(part.scored or ()).plain(), None
            part.save(update_fields=["sums", "scored"])
            return True
        stretch = Stretch(part.first_at, part.first_id, part.last_at, part.last_id, part.rows)
        rows = part_read(stretch, until=self._until, known_until=known_until(self._row), rules=self._rules)
        part.scored = [score(past, self._rules, self._frame) for past in rows]
        part.tally = tally(part.scored, self._rules)
        part.save(update_fields=["scored", "tally"])
        return True


def known_until(row: Simulation) -> datetime:
    """What was found or released from the day on that the simulation was asked for does not count: all of that day's
    runs know the same."""
    return period_bounds(row.asked_at.date(), row.asked_at.date())[0]


def rules_of(row: Simulation) -> tuple[CompiledRuleSet, CompiledRuleSet]:
    """The rule sets of a simulation, compiled once in each process."""
    return _rules(row.base_hash, canonical_bytes(row.change), row.asked_at.date().isoformat())


@lru_cache(maxsize=8)
def _rules(base_hash: str, change: bytes, on: str) -> tuple[CompiledRuleSet, CompiledRuleSet]:
    return rule_sets_of(base_hash, RuleChange.of(orjson.loads(change)), datetime.fromisoformat(on).date())


@lru_cache(maxsize=2)
def _plans(simulation_id: UUID) -> dict[str, Sequence[Sequence[Any]]]:
    """The rooms of a simulation: once they are planned they do not change."""
    return Simulation.objects.values_list("rooms", flat=True).get(pk=simulation_id) or {}


def _frame(row: Simulation) -> Frame:
    country = country_profile(row.asked_at.date())
    return Frame(
        secret=hashlib.sha256(f"simulation:{row.seed}".encode()).digest(),
        sample_rate=country.control_sample_rate,
        minor_digits=minor_unit(country.currency),
    )


def _walkers(work: Work, simulation_id: UUID) -> None:
    for _ in range(WALKERS):
        _again(work, simulation_id, {"step": "replay"})


def _again(work: Work, simulation_id: UUID, payload: Any, *, not_before: datetime | None = None) -> None:
    queue(work, EVENT, subject_id=str(simulation_id), payload=payload, priority=PRIORITY, not_before=not_before)
