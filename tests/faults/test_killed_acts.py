"""A process that is killed just before or just after a commit leaves the sums as if it had been left alone.

Each act runs in a process of its own, is ended by its process id at every commit that it makes (before it: nothing
may stay; after it, before anybody was answered: it must not be done twice), and is done again as a careful client or
the relay does it. What stands then is compared with an undisturbed run.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from agencies.models import Agency, Permit, WriteOff
from clearance.tasks import decide
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.models import Account, Demand, LedgerTransaction
from fees.services import account_credit
from fees.services.demands import demand_make
from fees.types import DemandKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Guarantee
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments.models import Basket
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.quotas.models import Entry as QuotaEntry
from singlewindow.quotas.selectors import quotas_out_of_balance
from singlewindow.revenue.models import Claim, Deferment, Statement
from singlewindow.settings.env import PROJECT_ROOT
from tests.factories import accounts
from tests.factories.agencies import citing, oranges
from tests.factories.changes import amend, with_price
from tests.factories.clearance import country_load, jobs_do
from tests.factories.declarations import import_json, lrn_new
from tests.faults import revenue_worlds
from tests.faults.acts import ACTS
from tests.properties import sums

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

COMMITS_MOST = 6
_worlds = count(1)


@dataclass(frozen=True, slots=True)
class World:
    """A trader of its own, with what an act needs."""

    trader: Any
    given: dict[str, Any]

    def stands(self) -> dict[str, Any]:
        """Everything that money and permits say of the trader, without what differs from run to run."""
        declarations = Declaration.objects.filter(lodged_by=self.trader).order_by("id")
        ids = list(declarations.values_list("id", flat=True))
        permits = Permit.objects.filter(holder=self.trader).order_by("number")
        months = Statement.objects.filter(deferment__holder=self.trader)
        return {
            "balance": Account.objects.filter(organisation=self.trader).values_list("balance_minor", flat=True).first(),
            "movements": LedgerTransaction.objects.filter(postings__account__organisation=self.trader).count(),
            "declarations": [
                (one.legal, one.fiscal, one.total, one.paid, one.deferred, one.held, one.open_holds)
                for one in sums.standings(ids)
            ],
            "permits": list(permits.values_list("used", "state")),
            "guarantees": list(Guarantee.objects.filter(holder=self.trader).values_list("used_minor", "state")),
            "deferments": list(Deferment.objects.filter(holder=self.trader).values_list("used_minor", "state")),
            "months": list(months.values_list("state", "closed_minor", "paid_minor")),
            "demands": list(Demand.objects.filter(organisation=self.trader).values_list("state", "amount_minor")),
            "baskets": list(Basket.objects.filter(organisation=self.trader).values_list("state", "received_minor")),
            "refunds": list(Claim.objects.filter(claimant=self.trader).values_list("state", "approved_minor")),
            "quotas": sorted(QuotaEntry.objects.filter(declaration_id__in=ids).values_list("kind", "quantity")),
            "written_off": sorted(WriteOff.objects.filter(permit__in=permits).values_list("kind", "quantity")),
        }


def trader_new(opening: str = "9000.00"):
    trader = accounts.organisation(identifier=f"ZZKIL{next(_worlds):06d}")
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(opening),
        currency="EUR",
        reference=f"opening {trader.identifier}",
        actor=system_actor("tests"),
    )
    return trader


def credited() -> World:
    trader = trader_new()
    return World(trader, {"trader": str(trader.pk), "reference": f"bank {trader.identifier}"})


def to_be_released(opening: str = "9000.00") -> World:
    trader = trader_new(opening)
    permit = Permit.objects.create(
        code="7P01",
        number=f"K-{trader.identifier}",
        agency=Agency.objects.get(pk="PHY"),
        holder=trader,
        hs_prefix="0805",
        direction="import",
        quantity=Decimal(100),
        unit="KGM",
        valid_from=clock.today(),
        valid_to=clock.today(),
    )
    price = {"amount": "14", "currency": "EUR"}
    item = {"documents": citing(permit.number), "price": price}
    message = oranges(item, trader=trader.identifier, lrn=lrn_new(), invoice_total=price)
    lodged = declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=trader), channel=Channel.JSON)
    jobs = Job.objects.filter(subject_id=str(lodged.id), kind=decide.name)
    return World(trader, {"jobs": list(jobs.values_list("pk", flat=True))})


def demanded() -> World:
    trader = trader_new()
    with unit_of_work() as work:
        made = demand_make(
            work,
            source=f"killed:{trader.identifier}",
            kind=DemandKind.PENALTY,
            organisation_id=trader.pk,
            authority="CUS",
            amount_minor=12_345,
            currency="EUR",
            text="A penalty",
            law="Customs Act 2021",
            subject_type="killed",
            subject_id=trader.identifier,
            event_on=clock.today(),
        )
    return World(trader, {"trader": str(trader.pk), "demand": str(made)})


def decided(opening: str = "9000.00") -> tuple[World, Declaration]:
    """Goods with a permit as the window left them: released, or waiting for money."""
    world = to_be_released(opening)
    decide(world.given["jobs"])
    return world, Declaration.objects.get(lodged_by=world.trader)


def to_be_given_back() -> World:
    world, declaration = decided("0.01")
    assert declaration.legal_state == "ACCEPTED"
    user = accounts.user(Role.TRADER, of=world.trader)
    return World(world.trader, {"user": user.pk, "declaration": str(declaration.pk)})


def to_be_amended() -> World:
    world, declaration = decided()
    assert declaration.legal_state in ("RELEASED", "CLEARED")
    message = with_price(declaration_snapshot(declaration.pk).message, "21")
    asked = amend(declaration.pk, accounts.actor(Role.TRADER, of=world.trader), message)
    officer = accounts.user(Role.SUPERVISOR)
    return World(world.trader, {"user": officer.pk, "declaration": str(declaration.pk), "number": asked.number})


def to_be_lodged() -> World:
    trader = trader_new()
    body = DeclarationMessage.model_validate(import_json(2, trader=trader.identifier)).canonical()
    given = {"body": body, "token": accounts.token(of=trader), "key": f"key-{trader.identifier}"}
    return World(trader, given)


WORLDS: dict[str, Callable[[], World]] = {
    "credit": credited,
    "release": to_be_released,
    "demand": demanded,
    "invalidation": to_be_given_back,
    "amendment": to_be_amended,
    "lodgement": to_be_lodged,
} | {name: lambda made=made: World(*made()) for name, made in revenue_worlds.WORLDS.items()}


def killed_at(act: str, point: str, number: int, given: dict[str, Any]) -> bool:
    """Run an act in its own process and kill it at a point; whether it got there before it was done."""
    db = connection.settings_dict
    address = f"postgresql://{db['USER']}:{db['PASSWORD']}@/{db['NAME']}?host={db['HOST']}&port={db['PORT']}"
    environ = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    command = [sys.executable, "-m", "tests.faults.acts", act, point, str(number), json.dumps(given, default=str)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environ, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = child.stdout.readline().split()
        if said[:1] != ["reached"]:
            assert said == ["done"], f"{act} failed in its own process"
            return False
        assert int(said[1]) == child.pid
        os.kill(child.pid, signal.SIGKILL)
        child.wait(timeout=10)
    _locks_gone()
    return True


def _locks_gone() -> None:
    """The database notices that the client is gone, and takes back what was not committed."""
    for _ in range(100):
        others = sums.number(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND state LIKE %s",
            "idle in transaction%",
        )
        if others == 0:
            return
        time.sleep(0.1)
    raise AssertionError("a killed client still holds its transaction")


@pytest.mark.parametrize("act", sorted(WORLDS))
@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_at_any_commit_and_done_again_the_sums_are_those_of_an_undisturbed_run(act: str, point: str) -> None:
    country_load()
    control = WORLDS[act]()
    ACTS[act](control.given)
    expected = control.stands()
    for number in range(1, COMMITS_MOST + 1):
        world = WORLDS[act]()
        reached = killed_at(act, point, number, world.given)
        ACTS[act](world.given)
        for lodged in Declaration.objects.filter(lodged_by=world.trader).values_list("pk", flat=True):
            if act.startswith("release"):
                jobs_do(lodged)
        assert world.stands() == expected, f"{act} killed {point} commit {number}"
        if not reached:
            assert number > 1, "no commit was reached at all"
            break
    else:
        pytest.fail(f"{act} commits more than {COMMITS_MOST} times")
    assert sums.nothing(sums.UNBALANCED)
    assert ledger_verify() == quotas_out_of_balance() == []
