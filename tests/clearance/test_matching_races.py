"""Matching under concurrency: real threads, each with its own connection, let go at one instant."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from threading import Event as Event_
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from agencies.models import Hold
from clearance.models import Difference, EarlyWarning
from clearance.services import declaration_decide
from clearance.services.warnings import warning_acknowledge
from clearance.tasks import decide, event_met, match, warning_due
from declarations.models import Declaration
from declarations.services import goods_present
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.capture.models import DeviceEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict
from tests.factories import accounts, clearance
from tests.factories.capture import event_json, gate, told
from tests.factories.matching import jobs_do, lodged

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
BROKEN = {"number": "SL123456", "state": "broken"}


@pytest.fixture
def trader() -> Organisation:
    clearance.country_load()
    return clearance.trader_rich()


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts on a connection each, all beginning together; what each returned or raised."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except Conflict as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def jobs(*kinds: str) -> list[int]:
    due = Job.objects.filter(kind__in=kinds, state="todo", not_before__lte=clock.now())
    return list(due.order_by("id").values_list("id", flat=True))


def test_an_event_and_the_acceptance_at_once_never_release_goods_unseen(trader: Organisation) -> None:
    """Whoever comes second sees the other: the goods are held, or, where they left first, followed."""
    device, outcomes = gate(), Counter[str]()
    for _ in range(ROUNDS):
        declaration_id = lodged(trader, boxes=10)
        mrn = str(Declaration.objects.get(pk=declaration_id).mrn)
        goods_present(declaration_id=declaration_id, actor=system_actor("declarations"), at=clock.now())
        due = jobs(decide.name)

        def tell(mrn: str = mrn) -> None:
            told(device, event_json("seal", seal=BROKEN, about={"mrn": mrn, "container": "CSQU3054383"}))
            event_met(jobs(event_met.name))
            match(jobs(match.name))

        together(lambda due=due: decide(due), tell)  # type: ignore[misc]
        jobs_do()
        assert Difference.objects.filter(declaration_id=declaration_id, rule="MT-105").count() == 1
        released = Declaration.objects.get(pk=declaration_id).released_at is not None
        holds = Hold.objects.filter(declaration_id=declaration_id, state="open").count()
        warned = EarlyWarning.objects.filter(declaration_id=declaration_id, kind="left").count()
        assert (holds, warned) == ((0, 1) if released else (1, 0))
        outcomes["released" if released else "held"] += 1
    assert sum(outcomes.values()) == ROUNDS


def test_an_event_told_while_the_acceptance_is_being_decided_waits_for_it(trader: Organisation) -> None:
    """The decision has looked and not yet committed: without the lock the event would find nothing to follow."""
    device, decided, told_now = gate(), Event_(), Event_()
    declaration_id = lodged(trader, boxes=10)
    goods_present(declaration_id=declaration_id, actor=system_actor("declarations"), at=clock.now())
    (due,) = jobs(decide.name)

    def accept() -> None:
        with unit_of_work() as work:
            declaration_decide(work, JobContext(due, decide.name, str(declaration_id), {}, "", 1))
            work.flush()
            decided.set()
            assert told_now.wait(30)
            sleep(0.7)

    def tell() -> None:
        assert decided.wait(30)
        told(device, event_json("seal", seal=BROKEN))
        event_met(jobs(event_met.name))
        following = jobs(match.name)
        told_now.set()
        match(following)

    together(accept, tell)
    assert Declaration.objects.get(pk=declaration_id).released_at is not None
    assert EarlyWarning.objects.get().kind == "left"


def test_two_jobs_for_one_declaration_at_once_find_its_difference_once(trader: Organisation) -> None:
    device = gate()
    for _ in range(ROUNDS):
        declaration_id = lodged(trader, boxes=10)
        mrn = str(Declaration.objects.get(pk=declaration_id).mrn)
        about = {"mrn": mrn, "container": "CSQU3054383"}
        for _ in range(2):
            told(device, event_json("seal", seal=BROKEN, about=about))
        event_met(jobs(event_met.name))
        first, second = (
            Job.objects.filter(kind=match.name, state="todo", subject_id=str(declaration_id))
            .order_by("id")
            .values_list("id", flat=True)[:2]
        )
        together(lambda job=first: match([job]), lambda job=second: match([job]))  # type: ignore[misc]
        assert not Job.objects.filter(kind=match.name, last_error__gt="").exists(), "nobody ran into the unique key"
        assert Difference.objects.filter(declaration_id=declaration_id).count() == 1
        assert Hold.objects.filter(declaration_id=declaration_id).count() == 1
        assert Event.objects.filter(verb="difference.found", subject_id=str(declaration_id)).count() == 1
        jobs_do()


def test_the_same_event_told_by_many_at_once_is_one_event_with_one_answer() -> None:
    device = gate()
    for _ in range(ROUNDS):
        event = event_json("seal")
        answers = together(*[lambda event=event: told(device, event)] * 8)  # type: ignore[misc]
        assert len({answer.events for answer in answers}) == 1
        assert Counter(answer.new for answer in answers) == {0: 7, 1: 1}
    assert DeviceEvent.objects.count() == ROUNDS


def test_of_two_contents_under_one_number_at_once_one_is_kept_and_the_other_refused() -> None:
    device = gate()
    for number in range(ROUNDS):
        one, two = (event_json("seal", event_id=f"N{number}", seal={"state": state}) for state in ("broken", "missing"))
        answers = together(lambda one=one: told(device, one), lambda two=two: told(device, two))  # type: ignore[misc]
        assert sum(answer == "event.other_content" for answer in answers) == 1


def test_crossed_batches_wait_for_each_other_and_never_deadlock() -> None:
    device = gate()
    for number in range(ROUNDS):
        events = [event_json("seal", event_id=f"X{number}-{place}") for place in range(40)]
        answers = together(lambda: told(device, *events), lambda: told(device, *reversed(events)))  # noqa: B023
        assert sorted(answer.new for answer in answers) == [0, 40]


def test_of_two_who_take_note_at_once_the_first_counts_and_the_time_is_kept_once(trader: Organisation) -> None:
    officers = [accounts.actor(Role.OFFICER) for _ in range(6)]
    for _ in range(ROUNDS):
        warning_id: UUID = EarlyWarning.objects.get(declaration_id=clearance.risky(trader, type_code="IMD")).pk
        acts = [lambda who=who, one=warning_id: warning_acknowledge(warning_id=one, actor=who) for who in officers]  # type: ignore[misc]
        answers = together(*acts)
        assert len({answer.acknowledged_by for answer in answers}) == 1
        kept = Event.objects.filter(verb="warning.acknowledged", subject_id=str(answers[0].declaration_id))
        assert kept.count() == 1


def test_taking_note_at_the_deadline_excludes_the_escalation(trader: Organisation) -> None:
    officer = accounts.actor(Role.OFFICER)
    for _ in range(ROUNDS):
        warning = EarlyWarning.objects.get(declaration_id=clearance.risky(trader, type_code="IMD"))
        Job.objects.filter(subject_id=str(warning.pk)).update(not_before=clock.now())
        due = jobs("clearance.warning_due")
        together(
            lambda one=warning.pk: warning_acknowledge(warning_id=one, actor=officer),  # type: ignore[misc]
            lambda due=due: warning_due(due),  # type: ignore[misc]
        )
        warning.refresh_from_db()
        assert warning.acknowledged_at is not None
        told_chiefs = Event.objects.filter(verb="warning.escalated", subject_id=str(warning.declaration_id)).count()
        assert told_chiefs == bool(warning.escalated_at)
