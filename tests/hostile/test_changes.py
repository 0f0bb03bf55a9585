"""L1, L4 and A4 of changes: many at once, each on a connection of its own; a mandate that ended between two calls."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from agencies.models import Permit, WriteOff
from clearance.models import Case
from clearance.services.changes import change_withdraw
from clearance.tasks import decide
from declarations.models import ChangeRequest, Declaration, DeclarationVersion
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.models import Assessment, FiscalStatus, LedgerTransaction, Posting
from fees.services import account_credit
from singlewindow.accounts.models import Mandate, Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import Actor, MandateScope, system_actor
from singlewindow.db.work import unit_of_work, with_retries
from singlewindow.jobs.models import Job
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts, agencies
from tests.factories.changes import amend, invalidate, with_item, with_price
from tests.factories.clearance import country_load, jobs_do, lodged, trader_rich
from tests.factories.declarations import import_message
from tests.hostile.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"
Act = Callable[[], str]


def told(act: Callable[[], Any]) -> Act:
    """The state that an act led to, or the code of its refusal."""

    def run() -> str:
        try:
            change = with_retries(act)
        except DomainError as refused:
            return refused.code
        return change.state.value if change is not None else "done"

    return run


def deciding(declaration_id: UUID) -> Act:
    """A worker that does the decisions that are due."""
    due = Job.objects.filter(subject_id=str(declaration_id), kind=decide.name, state="todo")
    ids = list(due.values_list("id", flat=True))
    return told(lambda: decide(ids))


def poor() -> Organisation:
    country_load()
    return accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")


def acting(trader: Organisation) -> Actor:
    return accounts.actor(Role.TRADER, of=trader)


def stands(declaration_id: UUID) -> tuple[str, int]:
    row = Declaration.objects.get(pk=declaration_id)
    return row.legal_state, row.version


def owed_by_version(declaration_id: UUID) -> int:
    """The version of the declaration that its debt was assessed for."""
    status = FiscalStatus.objects.get(pk=declaration_id)
    return Assessment.objects.get(pk=status.assessment_id).declaration_version


def test_L1_of_12_amendments_of_one_version_one_is_granted_and_11_are_stale() -> None:
    trader = poor()
    number = lodged(trader, presented=False)
    actor, message = acting(trader), declaration_snapshot(number).message
    acts = [
        told(lambda p=price: amend(number, actor, with_price(message, str(p)), base=1)) for price in range(400, 412)
    ]
    answers = Counter(at_once(acts))
    assert answers == {"GRANTED": 1, "stale": 11}, answers
    assert stands(number) == ("REGISTERED", 2)
    assert DeclarationVersion.objects.filter(declaration_id=number).count() == 2


def test_L1_an_amendment_beside_the_risk_check_never_releases_on_the_other_version() -> None:
    trader = poor()
    account_credit(
        organisation_id=trader.pk, amount=Decimal(9_000), currency="EUR", reference="r", actor=system_actor("tests")
    )
    actor = acting(trader)
    seen = Counter[str]()
    for _ in range(10):
        message = import_message(1)
        number = declaration_lodge(message=message, actor=actor, channel=Channel.JSON).id
        first, second = at_once(
            [told(lambda n=number, m=message: amend(n, actor, with_price(m, "500"), base=1)), deciding(number)]
        )
        assert second == "done"
        jobs_do(number)
        state, version = stands(number)
        assert state == "CLEARED"
        assert owed_by_version(number) == version
        assert (first, version) in {("GRANTED", 2), ("REQUESTED", 1)}
        seen[first] += 1
    assert sum(Posting.objects.values_list("amount_minor", flat=True)) == 0


def waiting_for_money(trader: Organisation, count: int) -> list[UUID]:
    """Declarations that were accepted without money, which then came."""
    numbers = [lodged(trader) for _ in range(count)]
    assert {stands(number) for number in numbers} == {("ACCEPTED", 1)}
    account_credit(
        organisation_id=trader.pk, amount=Decimal(9_000), currency="EUR", reference="at last",
        actor=system_actor("tests"),
    )  # fmt: skip
    with unit_of_work() as work:
        for number in numbers:
            queue(work, "MoneyAvailable", subject_id=str(number))
    return numbers


def test_L1_an_amendment_beside_the_release_one_of_them_is_first_and_the_debt_is_of_what_stands() -> None:
    trader = poor()
    actor = acting(trader)
    for number in waiting_for_money(trader, 8):
        message = declaration_snapshot(number).message
        answer, _ = at_once(
            [told(lambda n=number, m=message: amend(n, actor, with_price(m, "777"), base=1)), deciding(number)]
        )
        jobs_do(number)
        state, version = stands(number)
        # So many amendments of one trader in a row make a check likelier: then the second version waits for it.
        checked = Case.objects.get(pk=number).control_state != "NONE"
        second = ("GRANTED", "ACCEPTED" if checked else "CLEARED", 2)
        assert (answer, state, version) in {second, ("REQUESTED", "CLEARED", 1)}
        assert owed_by_version(number) == version
        paid = Posting.objects.filter(transaction__declaration_id=number, account__kind="trader")
        owed = FiscalStatus.objects.get(pk=number).total_minor if state == "CLEARED" else 0
        assert -sum(paid.values_list("amount_minor", flat=True)) == owed


def with_permit(trader: Organisation) -> tuple[UUID, Permit]:
    agencies.requirement(hs_prefix="8516", lpco_code="7P01", unit="KGM")
    permit = agencies.permit(trader, hs_prefix="8516")
    message = with_item(import_message(1), documents=agencies.citing(permit.number))
    number = declaration_lodge(message=message, actor=acting(trader), channel=Channel.JSON).id
    jobs_do(number)
    assert Permit.objects.get(pk=permit.pk).used == Decimal(42)
    return number, permit


def test_L4_cancelled_eight_times_at_once_everything_comes_back_once() -> None:
    trader = poor()
    number, permit = with_permit(trader)
    actor = acting(trader)
    answers = Counter(at_once([told(lambda: invalidate(number, actor, base=1)) for _ in range(8)]))
    assert answers == {"GRANTED": 1, "state": 7}, answers
    assert Permit.objects.get(pk=permit.pk).used == 0
    assert WriteOff.objects.filter(declaration_id=number, kind="free").count() == 1


def test_L4_cancel_and_amend_together_leave_one_reversal_of_each_reservation() -> None:
    trader = poor()
    actor = acting(trader)
    for _ in range(5):
        number, permit = with_permit(trader)
        less = with_item(declaration_snapshot(number).message, net_mass_kg="40")
        answers = at_once(
            [
                told(lambda n=number: invalidate(n, actor, base=1)),
                told(lambda n=number, m=less: amend(n, actor, m, base=1)),
            ]
        )
        state, version = stands(number)
        assert (tuple(answers), state, version) in {
            (("GRANTED", "state"), "INVALIDATED", 1),
            (("stale", "GRANTED"), "ACCEPTED", 2),
        }, answers
        used = Permit.objects.get(pk=permit.pk).used
        assert used == (0 if state == "INVALIDATED" else Decimal(40))
        entries = WriteOff.objects.filter(declaration_id=number)
        assert entries.filter(kind="free").count() == 1
        assert entries.filter(kind="reserve").count() == version


def test_L1_cancel_beside_the_release_is_one_of_the_two_and_the_money_follows() -> None:
    trader = poor()
    actor = acting(trader)
    for number in waiting_for_money(trader, 8):
        answer, _ = at_once([told(lambda n=number: invalidate(n, actor, base=1)), deciding(number)])
        state, _version = stands(number)
        assert (answer, state) in {("GRANTED", "INVALIDATED"), ("state", "CLEARED")}
        moved = LedgerTransaction.objects.filter(declaration_id=number).count()
        assert moved == (0 if state == "INVALIDATED" else 1)


def test_L1_a_withdrawal_beside_another_is_one() -> None:
    country_load()
    trader = trader_rich()
    number, actor = lodged(trader), acting(trader)
    amend(number, actor, with_price(declaration_snapshot(number).message, "500"))
    answers = Counter(
        at_once([told(lambda: change_withdraw(actor=actor, declaration_id=number, number=1)) for _ in range(8)])
    )
    assert answers == {"WITHDRAWN": 1, "state": 7}, answers
    assert ChangeRequest.objects.get(declaration_id=number).state == "WITHDRAWN"


def test_A4_a_broker_whose_mandate_ended_is_refused_at_once_on_every_page_of_changes() -> None:
    country_load()
    trader = trader_rich()
    broker = accounts.organisation(kind="broker")
    mandate_grant(
        actor=acting(trader),
        principal=trader,
        agent=broker,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now() - timedelta(days=1),
        valid_to=clock.now() + timedelta(days=1),
    )
    person = accounts.user(Role.BROKER, of=broker)
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    actor = accounts.actor(Role.BROKER, of=broker)
    plain = import_message(1, presented=False).canonical()
    number = declaration_lodge(message=DeclarationMessage.model_validate(plain), actor=actor, channel=Channel.WEB).id
    jobs_do(number)
    pages = ("change", "cancel")
    assert {browser.get(f"/declarations/{number}/{page}").status_code for page in pages} == {200}
    Mandate.objects.filter(agent=broker).update(revoked_at=clock.now())
    assert {browser.get(f"/declarations/{number}/{page}").status_code for page in pages} == {403}
    sent = {"reason": "Lodged twice.", "version": "1", "agreed": "on"}
    assert {browser.post(f"/declarations/{number}/{page}", sent).status_code for page in pages} == {403}
    assert not ChangeRequest.objects.exists()
    assert stands(number) == ("REGISTERED", 1)
