"""L1, L8: many at once over HTTP, on as many connections: one wins, the rest are told so, and nothing is done twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from threading import Event as Signal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from clearance.models import Case
from clearance.selectors import case_view
from clearance.services import case_claim
from declarations.models import Declaration, GoodsItem
from declarations.services import declaration_invalidate
from fees.models import Posting
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import system_actor
from singlewindow.api.models import IdempotentAnswer
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work, with_retries
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts
from tests.factories.clearance import country_load, risky, trader_rich
from tests.factories.declarations import import_json
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "django.contrib.auth.backends.ModelBackend"


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of acts that begin at one instant, each on a connection of its own."""
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(thread, acts))


class Case32:
    """A risky declaration that an officer has claimed, and that officer's many browsers."""

    def __init__(self) -> None:
        country_load()
        self.id = risky(trader_rich())
        person = accounts.user(Role.OFFICER)
        actor = actor_of_user(person)
        case_claim(declaration_id=self.id, actor=actor)
        self._standing = case_view(actor, self.id).standing
        self._browser = Client(raise_request_exception=False)
        self._browser.force_login(person, backend=BACKEND)

    def does(self, act: str) -> Callable[[], int]:
        """An act from a browser tab that was opened before anything happened."""
        tab = Client(raise_request_exception=False)
        tab.cookies = self._browser.cookies
        answer = {"standing": self._standing, "reason": "law", "confirmed": "yes", "note": "as declared"}
        return lambda: int(tab.post(f"/desk/{self.id}/{act}", answer).status_code)

    def events(self, verb: Verb) -> int:
        """How often something was recorded."""
        return Event.objects.filter(verb=verb, subject_id__in=[str(self.id), self.mrn]).count()

    @property
    def mrn(self) -> str:
        return str(Declaration.objects.get(pk=self.id).mrn)

    @property
    def state(self) -> str:
        return Declaration.objects.get(pk=self.id).legal_state


def test_L1_of_32_releases_of_one_declaration_one_wins_and_31_are_told() -> None:
    case = Case32()
    answers = Counter(at_once([case.does("conform")] * 32))
    assert answers[302] == 1, answers
    assert set(answers) <= {302, 403, 409}, answers
    assert case.state == "CLEARED"
    assert case.events(Verb.DECLARATION_RELEASED) == 1
    assert case.events(Verb.ACCOUNT_DEBITED) <= 1
    assert sum(Posting.objects.values_list("amount_minor", flat=True)) == 0


@pytest.mark.parametrize("against", ["refuse", "detain"])
def test_L1_a_release_beside_its_contrary_one_of_them_wins(against: str) -> None:
    case = Case32()
    answers = Counter(at_once([case.does("conform"), case.does(against)] * 8))
    assert answers[302] == 1, answers
    assert set(answers) <= {302, 403, 409}, answers
    contrary = case.state != "CLEARED"
    assert case.events(Verb.DECLARATION_RELEASED) == (0 if contrary else 1)
    debits = Posting.objects.filter(transaction__declaration_id=case.id).count() if contrary else None
    assert not debits


def test_L1_a_release_beside_the_cancellation_is_one_of_the_two() -> None:
    case = Case32()

    def cancel() -> int:
        def act() -> None:
            with unit_of_work() as work:
                declaration_invalidate(work, case.id, system_actor("tests"), reason="withdrawn")

        try:
            with_retries(act)
        except DomainError as refused:
            return refused.status
        return 302

    answers = Counter(at_once([case.does("conform"), cancel] * 8))
    assert answers[302] == 1, answers
    assert set(answers) <= {302, 403, 409}, answers
    assert case.state in {"CLEARED", "INVALIDATED"}
    assert case.events(Verb.DECLARATION_RELEASED) == (1 if case.state == "CLEARED" else 0)


def test_L1_claimed_by_16_officers_at_once_a_case_has_one() -> None:
    country_load()
    declaration_id = risky(trader_rich())

    def claiming() -> Callable[[], int]:
        browser = Client(raise_request_exception=False)
        browser.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
        return lambda: int(browser.post(f"/desk/{declaration_id}/claim", {}).status_code)

    answers = Counter(at_once([claiming() for _ in range(16)]))
    assert answers[302] == 1, answers
    assert answers[409] == 15, answers
    assert Case.objects.get(pk=declaration_id).claimed_by


def lodging(software: Software, body: dict[str, Any], key: str) -> Callable[[], Any]:
    """A request that is ready to be sent."""
    copy = Software.__new__(Software)
    copy.organisation, copy.bearer = software.organisation, software.bearer
    copy._client = Client(raise_request_exception=False)
    return lambda: copy.post(body, **{"Idempotency-Key": key})


def stored() -> dict[str, int]:
    return {
        "declarations": Declaration.objects.count(),
        "items": GoodsItem.objects.count(),
        "jobs": Job.objects.filter(kind="clearance.decide").count(),
        "answers": IdempotentAnswer.objects.count(),
    }


ONCE = {"declarations": 1, "items": 1, "jobs": 1, "answers": 1}


def test_L8_twenty_copies_of_a_request_with_one_key_are_one_declaration_and_one_answer() -> None:
    software, body = Software(accounts.organisation(identifier="ZZIMP0001")), import_json(lrn="L8-1")
    answers = at_once([lodging(software, body, "one")] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert stored() == ONCE


def test_L8_the_same_reference_with_other_keys_has_one_number_and_the_others_are_told_it() -> None:
    software, body = Software(accounts.organisation(identifier="ZZIMP0001")), import_json(lrn="L8-2")
    answers = at_once([lodging(software, body, str(uuid4())) for _ in range(20)])
    taken = [answer.json() for answer in answers if answer.status_code == 201]
    told = [answer.json() for answer in answers if answer.status_code == 409]
    assert (len(taken), len(told)) == (1, 19)
    assert {problem["code"] for problem in told} == {"duplicate_lrn"}
    assert all(taken[0]["mrn"] in problem["detail"] for problem in told)
    assert stored() == ONCE


def test_L8_one_key_for_two_requests_at_once_is_one_of_them() -> None:
    software = Software(accounts.organisation(identifier="ZZIMP0001"))
    bodies = [import_json(lrn=f"L8-3-{number}") for number in range(2)]
    answers = at_once([lodging(software, bodies[number % 2], "one") for number in range(16)])
    assert Counter(answer.status_code for answer in answers) == {201: 8, 422: 8}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"idempotency.key_reused"}
    assert stored() == ONCE


def test_L8_goods_presented_by_twenty_at_once_are_presented_once() -> None:
    software = Software(accounts.organisation(identifier="ZZIMP0001"))
    receipt = software.lodged(import_json(lrn="L8-4", presented=False))

    def presenting() -> Callable[[], int]:
        copy = Software(software.organisation)
        return lambda: int(copy.post({}, path=receipt["links"]["presentation"]).status_code)

    assert Counter(at_once([presenting() for _ in range(16)])) == {200: 1, 409: 15}
    assert Declaration.objects.get(pk=UUID(receipt["id"])).goods_state == "PRESENTED"


def test_L1_whoever_waits_too_long_for_another_act_is_told_so_and_may_try_again() -> None:
    case = Case32()
    locked, done = Signal(), Signal()

    def holding() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM declarations_declaration WHERE id = %s FOR UPDATE", [case.id])
                locked.set()
                done.wait(timeout=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(holding)
        assert locked.wait(timeout=20)
        assert case.does("conform")() == 409
        done.set()
        held.result()
    assert case.does("conform")() == 302
    assert case.state == "CLEARED"
