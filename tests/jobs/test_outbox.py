"""The outbox: what is queued with a change is done once, later, whatever dies in between."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.relay import BATCH, batches
from singlewindow.jobs.selectors import queue_status
from singlewindow.jobs.services import CLAIM_SQL, jobs_claim, jobs_run, queue, timers_cancel
from singlewindow.jobs.types import MAX_STARTS, JobContext
from singlewindow.kernel import clock


@pytest.fixture(autouse=True)
def reactions(settings: Any) -> None:
    settings.REACTIONS = {"Tested": ["tests.react"]}


def _queue(subject: str = "one", **more: Any) -> int:
    with unit_of_work() as work:
        queue(work, "Tested", subject_id=subject, **more)
    return Job.objects.latest("id").pk


class Effects:
    """A handler that notes what it did, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.done: list[str] = []
        self.failures = failures

    def __call__(self, work: Work, job: JobContext) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the effect failed")
        assert job.payload.get("subject", job.subject_id) == job.subject_id
        self.done.append(job.subject_id)


@pytest.mark.django_db
def test_a_job_is_done_once_however_often_it_is_delivered() -> None:
    job_id, effects = _queue(payload={"subject": "one"}), Effects()
    jobs_run([job_id], effects)
    jobs_run([job_id, job_id], effects)
    assert effects.done == ["one"]
    assert Job.objects.get(pk=job_id).state == "done"


@pytest.mark.django_db
def test_a_failed_job_leaves_no_effect_and_is_tried_again_later() -> None:
    job_id, effects = _queue(), Effects(failures=1)
    jobs_run([job_id], effects)
    job = Job.objects.get(pk=job_id)
    assert (job.state, job.started, effects.done) == ("todo", 1, [])
    assert job.not_before > clock.now()
    assert "the effect failed" in job.last_error
    jobs_run([job_id], effects)
    assert effects.done == ["one"]


@pytest.mark.django_db
def test_one_failing_job_does_not_stop_the_others_of_its_message() -> None:
    ids, effects = [_queue("first"), _queue("second")], Effects(failures=1)
    jobs_run(ids, effects)
    assert effects.done == ["second"]


@pytest.mark.django_db
@pytest.mark.parametrize(("starts", "state"), [(MAX_STARTS - 1, "todo"), (MAX_STARTS, "dead")])
def test_a_job_is_set_aside_with_an_event_after_its_last_start(starts: int, state: str) -> None:
    job_id, effects = _queue(), Effects(failures=starts)
    for _ in range(starts):
        jobs_run([job_id], effects)
    assert Job.objects.get(pk=job_id).state == state
    assert Event.objects.filter(verb=Verb.JOB_DIED).count() == (1 if state == "dead" else 0)
    assert queue_status().dead == (1 if state == "dead" else 0)


@pytest.mark.django_db
def test_a_claimed_job_is_leased_and_no_more_than_the_cap_are_in_flight() -> None:
    for number in range(5):
        _queue(str(number))
    assert len(jobs_claim(cap=3, lease_s=30)) == 3
    assert jobs_claim(cap=3, lease_s=30) == []
    assert len(jobs_claim(cap=10, lease_s=30)) == 2


@pytest.mark.django_db
def test_a_job_whose_lease_ran_out_is_claimed_again() -> None:
    job_id = _queue()
    assert jobs_claim(cap=10, lease_s=-1) == [(job_id, "tests.react", 0)]
    assert jobs_claim(cap=10, lease_s=30) == [(job_id, "tests.react", 0)]


@pytest.mark.django_db
def test_a_timer_is_not_claimed_before_its_time_and_can_be_cancelled() -> None:
    _queue("later", not_before=clock.now() + timedelta(hours=1))
    _queue("soon", not_before=clock.now() - timedelta(seconds=1))
    assert len(jobs_claim(cap=10, lease_s=30)) == 1
    with unit_of_work() as work:
        assert timers_cancel(work, subject_id="later", kind="tests.react") == 1
        assert timers_cancel(work, subject_id="soon", kind="tests.react") == 0


@pytest.mark.django_db
def test_a_job_of_a_person_is_claimed_first_and_without_reading_the_thousands_that_wait() -> None:
    with connection.cursor() as cursor:
        for priority, due in ((8, "-1 minute"), (5, "1 day")):
            cursor.execute(
                "INSERT INTO jobs_job (kind, subject_id, payload, priority, not_before) SELECT 'tests.react', n::text,"
                " '{}', %s, statement_timestamp() + %s::interval FROM generate_series(1, 5000) n",
                [priority, due],
            )
        cursor.execute("ANALYZE jobs_job")
        urgent = _queue("urgent")
        cursor.execute("EXPLAIN (COSTS OFF) " + CLAIM_SQL, {"cap": 40, "lease": 30})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
    assert "job_turn" in plan
    assert "job_leased" in plan
    claimed = [job_id for job_id, _, _ in jobs_claim(cap=40, lease_s=30)]
    assert urgent in claimed
    assert len(claimed) == 40
    assert jobs_claim(cap=40, lease_s=30) == []
    assert [job_id for job_id, _, _ in jobs_claim(cap=41, lease_s=30)]


@pytest.mark.django_db
def test_a_key_that_was_used_refuses_the_same_reaction_again() -> None:
    _queue(dedup="release:1")
    with pytest.raises(IntegrityError):
        _queue(dedup="release:1")


@pytest.mark.django_db(transaction=True)
def test_relays_side_by_side_never_claim_the_same_job() -> None:
    for number in range(60):
        _queue(str(number))
    claimed: list[int] = []
    barrier = threading.Barrier(6)

    def relay() -> None:
        barrier.wait()
        for _ in range(10):
            claimed.extend(job_id for job_id, _, _ in jobs_claim(cap=1000, lease_s=60))
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(claimed) == len(set(claimed)) == 60


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_a_job_once() -> None:
    ids, effects, barrier = [_queue(str(n)) for n in range(20)], Effects(), threading.Barrier(5)

    def worker() -> None:
        barrier.wait()
        jobs_run(ids, effects)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(effects.done, key=int) == [str(n) for n in range(20)]


def test_new_jobs_travel_together_and_a_suspect_alone() -> None:
    claimed = [(n, "tests.react", 0) for n in range(BATCH + 1)] + [(99, "tests.react", 1)]
    messages = list(batches(claimed))
    assert messages[0] == ("tests.react", [99])
    assert [len(ids) for _, ids in messages[1:]] == [BATCH, 1]
