"""A world of its own for each run of the machine: one trader, what it holds, and the people who act."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.module_loading import autodiscover_modules
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from agencies.models import Permit
from agencies.services import permit_issue
from agencies.services.permits import PermitOrder
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.models import Account, Demand
from fees.services import account_credit
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.celery import app
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from singlewindow.payments.models import SuspenseItem
from singlewindow.payments.services.payouts import bank_account_name
from singlewindow.quotas.models import Quota
from tests.factories import accounts
from tests.factories import revenue as revenues
from tests.factories.clearance import jobs_do
from tests.factories.guarantees import guarantee

KINDS = (
    "clearance.decide",
    "clearance.money",
    "clearance.debts_final",
    "clearance.dispute_final",
    "clearance.quota_settle",
    "revenue.correct",
    "revenue.demand_paid",
    "payments.apply",
    "fees.deposit_back",
)
"""The jobs that move money or goods; what else is queued tells people, and is left."""
LIMITS = (40_000, 200_000, 1_000_000)
QUOTA = "090003"
QUOTA_LEFT = 400
"""Kilograms of sugar that a world may claim: a few declarations use it up."""

_worlds = count(1)
done = {"steps": 0, "refused": 0}
did: dict[str, int] = {}
"""How often each act was done and not refused."""
refused: dict[str, int] = {}
"""How often each act was refused."""


class MoneyWorld(RuleBasedStateMachine):
    """One trader with an account, permits, a guarantee and a deferment."""

    def __init__(self) -> None:
        super().__init__()
        self.declarations: list[UUID] = []
        self.references: list[str] = []
        self.demands: list[UUID] = []
        self.baskets: list[UUID] = []
        self.payouts: list[UUID] = []
        self.permits: list[Permit] = []
        self.deposits: list[UUID] = []
        self.released: set[UUID] = set()

    @initialize(limit=st.sampled_from(LIMITS), deferred=st.sampled_from(LIMITS))
    def world_made(self, limit: int, deferred: int) -> None:
        """A trader, two permits of plant health, a guarantee, a deferment, and the people who act."""
        self.number = next(_worlds)
        self.first_job = Job.objects.aggregate(newest=Max("pk"))["newest"] or 0
        self.trader = revenues.trusted(identifier=f"ZZMCH{self.number:06d}")
        self.actor = accounts.actor(Role.TRADER, of=self.trader)
        self.supervisor = accounts.actor(Role.SUPERVISOR)
        self.treasurer = accounts.actor(Role.SUPERVISOR)
        self.officer = accounts.actor(Role.OFFICER)
        self.agency = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
        self.window = system_actor("tests")
        self.guarantee = guarantee(self.trader, limit_minor=limit)
        self.deferment = revenues.deferment(self.trader, limit_minor=deferred, valid_from=date(2020, 1, 1))
        bank_account_name(iban="NL02ABNA0123456789", holder="Amari Foods Ltd", actor=self.actor)
        for _ in range(2):
            self.permit_new(60)
        self.quota_filled()
        self.suspense_before = list(SuspenseItem.objects.filter(cleared_at=None).values_list("pk", flat=True))
        self.credit(20_000)

    def permit_new(self, kilograms: int) -> None:
        """Plant health issues a permit for citrus fruit."""
        order = PermitOrder(
            code="7P01",
            number=f"M{self.number:06d}-{len(self.permits) + 1}",
            holder=self.trader.identifier,
            hs_prefix="0805",
            direction="import",
            quantity=Decimal(kilograms),
            unit="KGM",
            tolerance=Decimal("0.1"),
            valid_from=clock.today() - timedelta(days=30),
            valid_to=clock.today() + timedelta(days=300),
        )
        issued = self.act(permit_issue, actor=self.agency, order=order)
        self.permits.append(Permit.objects.get(pk=issued.id))

    def quota_filled(self) -> None:
        """Let a little be left of the quota, as if the year had begun with so much less or more."""
        quota = Quota.objects.get(order_number=QUOTA, period_from__year=clock.today().year)
        more = QUOTA_LEFT - quota.balance
        Quota.objects.filter(pk=quota.pk).update(
            initial=quota.initial + more, volume=quota.volume + more, balance=QUOTA_LEFT
        )
        self.quota = quota

    def act(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """Do it as somebody would: a refusal is an answer, anything else is a fault."""
        done["steps"] += 1
        name = getattr(function, "__name__", "")
        try:
            answer = function(*arguments, **named)
        except DomainError:
            done["refused"] += 1
            refused[name] = refused.get(name, 0) + 1
            return None
        did[name] = did.get(name, 0) + 1
        return answer

    def worker(self) -> None:
        """Do what is due, as the relay and a worker would."""
        autodiscover_modules("tasks")
        for _ in range(20):
            due = Job.objects.filter(kind__in=KINDS, state="todo", not_before__lte=clock.now(), last_error="")
            found = list(due.order_by("priority", "id").values_list("id", "kind"))
            for job_id, kind in found:
                app.tasks[kind]([job_id])
            if not found:
                break
        failed = Job.objects.filter(pk__gt=self.first_job, kind__in=KINDS, state="todo").exclude(last_error="")
        assert not list(failed.values_list("kind", "last_error"))

    def timers(self, kind: str, **which: Any) -> None:
        """Timers of a kind come, though their time has not."""
        autodiscover_modules("tasks")
        due = Job.objects.filter(kind=kind, state="todo", **which).order_by("id")
        for job_id in list(due.values_list("id", flat=True)):
            self.act(app.tasks[kind], [job_id])

    def demanded(self) -> list[UUID]:
        """The demands on the trader, in the order in which they were made."""
        rows = Demand.objects.filter(organisation=self.trader).order_by("made_at", "pk")
        return list(rows.values_list("pk", flat=True))

    def balance(self) -> int:
        """What the prepaid account holds."""
        return Account.objects.get(organisation=self.trader, kind="trader", currency="EUR").balance_minor

    def credit(self, minor: int) -> None:
        """Money comes from the bank under a reference that was not used yet."""
        reference = f"{self.trader.identifier}-{len(self.references)}"
        if self.book(reference, minor) is not None:
            self.references.append(reference)

    def book(self, reference: str, minor: int) -> Any:
        """Money comes from the bank under a reference."""
        return self.act(
            account_credit,
            organisation_id=self.trader.pk,
            amount=Decimal(minor) / 100,
            currency="EUR",
            reference=reference,
            actor=self.window,
        )

    def lodge(self, plain: dict[str, Any] | DeclarationMessage) -> None:
        """Lodge a declaration, and decide it."""
        message = plain if isinstance(plain, DeclarationMessage) else DeclarationMessage.model_validate(plain)
        lodged = self.act(declaration_lodge, message=message, actor=self.actor, channel=Channel.JSON)
        if lodged is not None:
            self.declarations.append(lodged.id)
            jobs_do(lodged.id)

    def some(self, which: int) -> UUID:
        """One of the declarations."""
        return self.declarations[which % len(self.declarations)]
