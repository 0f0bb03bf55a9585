"""Entry summary declarations under concurrency: real threads, each with its own connection, let go at one instant."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.ens.messages import read_xml
from singlewindow.ens.models import EntryFinding, EntryQuestion, EntrySummary, EntryVersion
from singlewindow.ens.services import (
    EntryDecision,
    EntryReceipt,
    entry_assess,
    entry_decide,
    entry_take,
    question_answer,
)
from singlewindow.kernel.errors import Conflict, DomainError, TransitionRefused
from singlewindow.messaging.families import recognise
from tests.factories import accounts
from tests.factories.ens import amendment_xml, entry_xml

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = system_actor("ens")
THREADS = 8


@pytest.fixture
def filer() -> Actor:
    return accounts.actor(Role.BROKER, of=accounts.organisation(identifier="ZZBRK0001"))


def take(actor: Actor, body: bytes) -> EntryReceipt:
    message = read_xml(recognise(body).root)
    with unit_of_work() as work:
        return entry_take(work, message=message, actor=actor, channel="xml")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run every act on a connection of its own, all beginning together; a refusal is a result."""
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(thread, acts))


def assess(made: EntryReceipt) -> Any:
    with unit_of_work() as work:
        return entry_assess(work, made.id, version=made.version, actor=SYSTEM)


def test_EN_013_of_many_lodgements_with_one_reference_exactly_one_is_taken(filer: Actor) -> None:
    results = at_once(*[lambda: take(filer, entry_xml())] * THREADS)
    assert Counter(result is Conflict for result in results) == {True: THREADS - 1, False: 1}
    assert EntrySummary.objects.count() == 1


def test_a_version_is_assessed_once_however_often_its_job_runs_at_once(filer: Actor) -> None:
    made = take(filer, entry_xml(items__0__description="Parts"))
    results = at_once(*[lambda: assess(made)] * THREADS)
    assert Counter(result is not None for result in results) == {True: 1, False: THREADS - 1}
    assert EntryQuestion.objects.count() == 1
    assert sorted(EntryFinding.objects.values_list("rule", flat=True)) == ["EN-RISK-01", "EN-RISK-09"]


def test_amendments_at_once_are_versions_one_after_the_other(filer: Actor) -> None:
    made = take(filer, entry_xml())
    results = at_once(*[lambda: take(filer, amendment_xml(made.mrn))] * THREADS)
    assert sorted(result.version for result in results) == list(range(2, THREADS + 2))
    assert EntryVersion.objects.count() == THREADS + 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_question_is_answered_once_by_people_at_once(filer: Actor, attempt: int) -> None:
    made = take(filer, entry_xml(items__0__description="Parts"))
    assess(made)
    question = EntryQuestion.objects.get()

    def answer() -> Any:
        with unit_of_work() as work:
            return question_answer(work, entry_id=made.id, question_id=question.id, actor=filer, answer="Lamps")

    results = at_once(*[answer] * THREADS)
    assert Counter(result is TransitionRefused for result in results) == {True: THREADS - 1, False: 1}


@pytest.mark.parametrize("attempt", range(5))
def test_clearing_and_forbidding_at_once_end_in_what_the_last_officer_decided(filer: Actor, attempt: int) -> None:
    made = take(filer, entry_xml(items__0__commodity={"code": "930190"}))
    assess(made)
    officers = [accounts.actor(Role.OFFICER) for _ in range(2)]
    acts = [
        lambda: entry_decide(entry_id=made.id, actor=officers[0], decision=EntryDecision("clear", "Fine")),
        lambda: entry_decide(entry_id=made.id, actor=officers[1], decision=EntryDecision("forbid", "Weapons")),
    ]
    assert all(isinstance(result, EntrySummary) for result in at_once(*acts))
    entry = EntrySummary.objects.get()
    expected = {"Fine": "assessment_complete", "Weapons": "do_not_load"}
    assert entry.state == expected[entry.decision_reason]
