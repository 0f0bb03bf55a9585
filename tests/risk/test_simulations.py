"""RM-SIM: a period of the past replayed with a change, by jobs: the same figures whatever the order and the workers."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from risk.models import RiskAssessment, Simulation, SimulationPart
from risk.rules.rule_set import RULE_SET
from risk.selectors.simulations import VALID_DAYS, simulation_of
from risk.services import replaying
from risk.services.simulations import simulation_stop
from risk.tasks import simulate
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts
from tests.factories.risk import NOW
from tests.factories.simulations import LOWER, SINCE, UNTIL, done, jobs_do, past, started, waiting_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
HIGHER = RuleChange(RuleChangeKind.BANDS, {"blue": 40, "yellow": 60, "red": 80})


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts and many jobs of few declarations."""
    monkeypatch.setattr(replaying, "PART", 20)
    monkeypatch.setattr(replaying, "CHUNK", 100)
    monkeypatch.setattr(replaying, "SLICE_S", 0.0)


def result_of(run: Simulation) -> dict[str, Any]:
    run.refresh_from_db()
    assert run.result is not None, run.error
    found: dict[str, Any] = run.result
    return found


def test_RM_SIM_02_a_period_is_replayed_part_by_part_to_figures_with_a_digest() -> None:
    past(300)
    run = done()
    assert (run.total, run.done, run.declarations) == (30, 30, 300)
    assert not SimulationPart.objects.exists()
    result = result_of(run)
    assert result["declarations"] == 300
    assert sum(result["live"]["lanes"].values()) == sum(result["candidate"]["lanes"].values()) == 300
    assert result["candidate"]["held"] > result["live"]["held"]
    assert sha256_hex(canonical_bytes(result)) == run.result_sha256
    verbs = Event.objects.filter(subject_id=str(run.pk)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["risk.simulation_started", "risk.simulation_done"]


@pytest.mark.parametrize(
    "order", [lambda ids: ids[::-1], lambda ids: random.Random(3).sample(ids, len(ids))], ids=["backwards", "shuffled"]
)
def test_RM_SIM_03_the_same_seed_gives_the_same_bytes_in_any_order_of_parts(
    order: Callable[[list[int]], Sequence[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    past(300)
    first = done()
    monkeypatch.setattr(replaying, "PART", 7)
    second = started()
    jobs_do(order)
    assert canonical_bytes(result_of(first)) == canonical_bytes(result_of(second))
    second.refresh_from_db()
    assert first.result_sha256 == second.result_sha256


def test_RM_SIM_03_a_worker_that_is_killed_and_a_job_done_again_change_nothing() -> None:
    past(300)
    first = done()
    second = started()
    for _ in range(6):
        jobs = waiting_jobs()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("_step", "_walkers", "_again"):
                patch.setattr(replaying, name, _killed)
            with pytest.raises(KeyboardInterrupt), transaction.atomic():
                simulate([jobs[0]])
        simulate([jobs[0], jobs[0]])
        simulate(jobs)
    jobs_do()
    second.refresh_from_db()
    assert first.result_sha256 == second.result_sha256
    assert second.done == second.total


def _killed(*_arguments: Any, **_named: Any) -> None:
    """The end of a process: nothing catches it, and its transaction is undone."""
    raise KeyboardInterrupt


def test_RM_SIM_03_another_seed_draws_others_and_scores_the_same() -> None:
    past(300)
    one, other = result_of(done(seed=1)), result_of(done(seed=2))
    assert one["live"]["lanes"]["GREEN"] > 0
    assert one["live"]["picks"]["loss"] == other["live"]["picks"]["loss"]
    assert one["examples"] != other["examples"]


def test_RM_SIM_02_of_a_declaration_scored_twice_the_newest_result_of_the_period_counts() -> None:
    past(40)
    first = RiskAssessment.objects.order_by("assessed_at").values().first()
    assert first is not None
    later = first | {"assessed_at": first["assessed_at"] + timedelta(hours=23, minutes=50), "stage": "amendment"}
    RiskAssessment.objects.create(**later | {"id": "01a0f4c2-c400-7cd6-8409-000000000001", "office": "ZZ000999"})
    after = first | {"assessed_at": first["assessed_at"] + timedelta(days=20), "stage": "amendment"}
    RiskAssessment.objects.create(**after | {"id": "01a0f4c2-c400-7cd6-8409-000000000002"})
    before = first | {"assessed_at": first["assessed_at"] + timedelta(hours=1), "stage": "arrival"}
    RiskAssessment.objects.create(**before | {"id": "01a0f4c2-c400-7cd6-8409-000000000003"})
    run = started()
    while not run.rooms:
        simulate(waiting_jobs()[:1])
        run.refresh_from_db()
    assert run.declarations == 41
    assert "ZZ000999|2026-10-01" in run.rooms
    jobs_do()
    assert result_of(run)["declarations"] == 40


def test_RM_SIM_02_simulations_run_one_at_a_time_in_the_order_they_were_asked_for() -> None:
    past(60)
    first, second = started(), started(HIGHER)
    plans = waiting_jobs()
    simulate(plans[::-1])
    second.refresh_from_db()
    assert (second.state, second.total) == ("queued", 0)
    jobs_do()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("done", "done")
    assert second.started_at is not None
    assert first.ended_at is not None
    assert second.started_at >= first.ended_at


def test_RM_SIM_02_what_cannot_be_replayed_ends_the_simulation_with_its_cause() -> None:
    past(60)
    broken = RiskAssessment.objects.order_by("-assessed_at").values().first()
    assert broken is not None
    unread = {"id": "01a0f4c2-c400-7cd6-8409-00000000000f", "record": b"{", "assessed_at": NOW - timedelta(days=25)}
    RiskAssessment.objects.create(**broken | unread)
    run = started()
    jobs_do()
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.error.startswith("JSONDecodeError")
    assert run.result is None
    assert Event.objects.filter(verb="risk.simulation_failed", subject_id=str(run.pk)).count() == 1


def test_RM_SIM_02_a_part_that_kills_its_process_again_and_again_ends_the_simulation() -> None:
    past(60)
    run = started()
    Job.objects.filter(subject_id=str(run.pk)).update(started=replaying.STARTS_MOST - 1)
    jobs_do()
    run.refresh_from_db()
    assert run.state == "failed"
    assert "never ended" in run.error


def test_RM_SIM_02_stopped_at_any_moment_a_simulation_does_no_more_and_its_parts_go() -> None:
    past(300)
    for steps in range(0, 20, 3):
        run = started()
        for _ in range(steps):
            simulate(waiting_jobs()[:1])
        simulation_stop(simulation_id=run.pk, actor=accounts.actor(Role.SUPERVISOR))
        jobs_do()
        run.refresh_from_db()
        assert run.state == "stopped"
        assert run.result is None
        simulate(list(Job.objects.filter(payload__step="clear", state="todo").values_list("id", flat=True)))
        assert not SimulationPart.objects.exists()
        with pytest.raises(TransitionRefused):
            simulation_stop(simulation_id=run.pk, actor=accounts.actor(Role.SUPERVISOR))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"since": UNTIL, "until": SINCE}, "ends before it begins"),
        ({"since": SINCE - timedelta(days=60), "until": SINCE - timedelta(days=1)}, "Nothing was scored"),
        ({"until": NOW.date() + timedelta(days=1)}, "in the future"),
        ({"since": SINCE - timedelta(days=800)}, "longer than"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**53}, "seed"),
        ({"title": "x" * 201}, "title"),
        ({"change": RuleChange(RuleChangeKind.BANDS, {"blue": 30, "yellow": 50, "red": 70})}, "changes nothing"),
        ({"change": RuleChange(RuleChangeKind.SHADOW, {"hashes": []})}, "cannot be seen"),
        ({"change": RuleChange(RuleChangeKind.BANDS, {"blue": 90, "yellow": 50, "red": 70})}, "cannot be made"),
        ({"change": RuleChange(RuleChangeKind.PROFILE_ADD, {"code": "PR-0001"})}, "cannot be made"),
    ],
)
def test_RM_SIM_01_a_simulation_that_could_show_nothing_is_refused(changes: dict[str, Any], sentence: str) -> None:
    past(20)
    with pytest.raises(RuleViolated) as refused:
        started(**changes)
    assert any(sentence in one.message for one in refused.value.violations), refused.value.violations
    assert not Simulation.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_RM_SIM_01_who_may_not_try_rules_starts_and_stops_nothing(role: Role) -> None:
    past(20)
    stranger = accounts.actor(role)
    with pytest.raises(NotPermitted):
        started(actor=stranger)
    run = started()
    with pytest.raises(NotFound):
        simulation_stop(simulation_id=run.pk, actor=stranger)
    run.refresh_from_db()
    assert run.state == "queued"


def test_RM_SIM_10_only_a_finished_run_of_exactly_this_change_counts_and_not_for_ever() -> None:
    past(60)
    assert simulation_of(LOWER.sha256) is None
    waiting = started()
    assert simulation_of(LOWER.sha256) is None
    simulation_stop(simulation_id=waiting.pk, actor=accounts.actor(Role.RISK_ANALYST))
    assert simulation_of(LOWER.sha256) is None
    run = done()
    found = simulation_of(LOWER.sha256)
    assert found is not None
    assert found.pk == run.pk
    assert simulation_of(HIGHER.sha256) is None
    with clock.frozen(NOW + timedelta(days=VALID_DAYS)):
        assert simulation_of(LOWER.sha256) is not None
    with clock.frozen(NOW + timedelta(days=VALID_DAYS, seconds=1)):
        assert simulation_of(LOWER.sha256) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risk_simulation SET result = '{}'",
        "UPDATE risk_simulation SET change_sha256 = repeat('0', 64)",
        "UPDATE risk_simulation SET seed = 1",
        "UPDATE risk_simulation SET state = 'running'",
        "DELETE FROM risk_simulation",
        "INSERT INTO risk_simulation (id, title, state, change, change_sha256, base_hash, candidate_hash, since, until,"
        " seed, asked_by, asked_at, result, result_sha256) SELECT gen_random_uuid(), title, 'done', change,"
        " repeat('1', 64), base_hash, candidate_hash, since, until, seed, asked_by, asked_at, result, result_sha256"
        " FROM risk_simulation",
    ],
)
def test_RM_SIM_10_the_database_lets_nobody_change_or_make_up_a_finished_run(statement: str) -> None:
    past(20)
    done()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_RM_SIM_05_an_office_that_can_examine_fewer_examines_those_of_the_greatest_loss() -> None:
    past(300)
    few = RULE_SET.selection.plain() | {"capacity": {"*": 2}, "explore": "0"}
    result = result_of(done(RuleChange(RuleChangeKind.SELECTION, few)))
    assert result["candidate"]["picks"]["loss"] == 6  # three offices, one day, two each
    assert result["candidate"]["picks"]["random"] == result["candidate"]["picks"]["uncertain"] == 0
    assert result["live"]["picks"]["loss"] > 6
    none = RULE_SET.selection.plain() | {"capacity": {"*": 0}}
    assert result_of(done(RuleChange(RuleChangeKind.SELECTION, none)))["candidate"]["picks"]["loss"] == 0
