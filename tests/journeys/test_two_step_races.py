"""The full declaration and the timer that fixes the debt without it, let go at one instant (TS-04, TS-05)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from clearance.models import SupplementaryObligation
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel, Lodged
from fees.models import Posting
from fees.selectors import account_of
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.celery import app
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.declarations import full_json, short_json

Run = Callable[[], None]
ROUNDS = 8

pytestmark = pytest.mark.django_db(transaction=True)


def _lodge(filer: Organisation, values: dict[str, Any]) -> Lodged:
    message = DeclarationMessage.model_validate(values)
    return declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=filer), channel=Channel.JSON)


def _together(*acts: Callable[[], None]) -> None:
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], None]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(thread, acts))


def _job(kind: str, subject: object, **payload: str) -> Job:
    return Job.objects.filter(kind=kind, subject_id=str(subject), state="todo", **payload).latest("id")


def test_the_debt_of_a_short_declaration_is_taken_once_whoever_comes_first(
    importer: Organisation, jobs_done: Run
) -> None:
    for _ in range(ROUNDS):
        before = _balance(importer)
        short = _lodge(importer, short_json())
        jobs_done()
        SupplementaryObligation.objects.filter(pk=short.id).update(state="OVERDUE")
        timer = _job("clearance.two_step", short.id, payload__step="fix_debt")
        Job.objects.filter(pk=timer.pk).update(not_before=clock.now() - timedelta(days=1))
        full = _lodge(importer, full_json(short.mrn))
        decision = _job("clearance.decide", full.id)
        _together(
            lambda timer=timer: app.tasks["clearance.two_step"]([timer.pk]),  # type: ignore[misc]
            lambda decision=decision: app.tasks["clearance.decide"]([decision.pk]),  # type: ignore[misc]
        )
        assert not Job.objects.exclude(last_error="").exists(), list(Job.objects.values_list("last_error", flat=True))
        obligation = SupplementaryObligation.objects.get(pk=short.id)
        states = [Declaration.objects.get(pk=one.id).legal_state for one in (short, full)]
        assert states == ["CLEARED", "CLEARED"]
        security = sum(Posting.objects.filter(account__kind="security").values_list("amount_minor", flat=True))
        assert security == 0
        debts = 1 if obligation.state == "COMPLETED" else 2
        assert obligation.state in {"COMPLETED", "DEBT_FIXED"}
        paid = before - _balance(importer)
        authorities = Posting.objects.filter(
            account__kind="authority", transaction__declaration_id__in=[short.id, full.id]
        )
        assert paid == sum(authorities.values_list("amount_minor", flat=True))
        assert authorities.values("transaction").distinct().count() == debts


def _balance(trader: Organisation) -> int:
    account = account_of(trader.pk, currency="EUR")
    assert account is not None
    return account.balance_minor
