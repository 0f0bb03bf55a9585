"""Money comes in by hand, by the bank and by a provider, is asked for, put into baskets, and paid out."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from fees.models import Demand, FiscalStatus, LedgerTransaction
from fees.services.demands import demand_make, demands_lock, demands_pay
from fees.services.waiving import call_again, demand_cancel, demand_waive
from fees.types import DemandKind
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments.models import Basket, PayoutOrder, ProviderPayment
from singlewindow.payments.providers.signatures import HEADER, sign
from singlewindow.payments.providers.simulator import SIMULATOR, Message
from singlewindow.payments.services.baskets import Chosen, basket_cancel, basket_pay_from_account, baskets_make
from singlewindow.payments.services.payouts import payout_refuse, payout_request, payouts_file
from singlewindow.payments.services.provider_payments import callback_take, provider_payment_begin
from singlewindow.payments.services.statements import statements_load
from tests.factories.payments import Entry, statement
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld

MANNERS = st.sampled_from(["well", "well", "well", "twice", "short", "over", "other currency", "failed", "refunded"])
ROOT = UUID("6f1b1f0c-6a3e-4b53-8f3a-111111111111")


@dataclass
class Bank:
    """The one bank account of the window: its statements follow each other through all worlds."""

    numbers: count  # type: ignore[type-arg]
    closing: int = 0


bank = Bank(count(1))


def bank_new() -> None:
    """Begin with a bank account of which no statement was read."""
    bank.numbers, bank.closing = count(1), 0


class Accounts(MoneyWorld):
    """What traders, banks, providers and treasurers do."""

    @rule(minor=st.integers(1, 400_000))
    def money_comes(self, minor: int) -> None:
        self.credit(minor)
        self.worker()

    @rule(which=st.integers(0, 10_000), minor=st.integers(1, 100_000))
    def the_same_payment_comes_again(self, which: int, minor: int) -> None:
        before = self.balance()
        assert self.book(self.references[which % len(self.references)], minor) is None
        assert self.balance() == before

    @rule(minor=st.integers(1, 30_000), again=st.booleans())
    def something_is_demanded(self, minor: int, again: bool) -> None:
        source = f"machine:{self.trader.identifier}:{len(self.demands) - (1 if again and self.demands else 0)}"

        def demanded() -> UUID:
            with unit_of_work() as work:
                return demand_make(
                    work,
                    source=source,
                    kind=DemandKind.DUTY,
                    organisation_id=self.trader.pk,
                    authority="CUS",
                    amount_minor=minor,
                    currency="EUR",
                    text="Duty found later",
                    law="Customs Act 2021",
                    subject_type="machine",
                    subject_id=source[:40],
                    event_on=clock.today(),
                )

        made = self.act(demanded)
        if made not in self.demands:
            self.demands.append(made)

    def asked(self, which: int) -> UUID | None:
        """One of the demands on the trader, those that acts of the window made among them."""
        ids = list(
            Demand.objects.filter(organisation=self.trader).order_by("made_at", "pk").values_list("pk", flat=True)
        )
        return ids[which % len(ids)] if ids else None

    @rule(which=st.integers(0, 10_000), action=st.sampled_from(["pay", "pay", "pay", "cancel", "remit"]))
    def a_demand_is_settled(self, which: int, action: str) -> None:
        demand_id, before = self.asked(which), self.balance()
        if demand_id is None:
            return
        state, amount, kind = Demand.objects.values_list("state", "amount_minor", "kind").get(pk=demand_id)
        if kind == "statement":  # what was deferred is paid; only a change of its declarations makes it less
            action = "pay"

        def demand_settled() -> int:
            with unit_of_work() as work:
                if action == "remit":
                    given = {"reason": "As decided.", "waived": False, "actor": self.supervisor, "at": clock.now()}
                    demand_waive(work, demand_id, **given)
                    return 0
                if action == "cancel":
                    again = call_again if (kind, state) == ("guarantee_call", "cancelled") else demand_cancel
                    again(work, demand_id, reason="As decided.", actor=self.supervisor, at=clock.now())
                    return 0
                found = demands_lock(work, [demand_id])
                return demands_pay(work, found, payer_id=self.trader.pk, actor=self.actor)

        missing = self.act(demand_settled)
        took = before - self.balance()
        assert took == (amount if action == "pay" and state == "open" and missing == 0 else 0)

    # Baskets ---------------------------------------------------------------------------------

    @rule(which=st.integers(0, 10_000), debt=st.booleans(), top_up=st.integers(0, 50_000))
    def a_basket_is_made(self, which: int, debt: bool, top_up: int) -> None:
        demand_id = self.asked(which)
        owed = (
            FiscalStatus.objects.filter(organisation_id=self.trader.pk, state="INSUFFICIENT").first() if debt else None
        )
        chosen = Chosen(
            (demand_id,) if demand_id else (),
            (owed.declaration_id,) if owed else (),
            top_up if not demand_id else 0,
            "EUR" if top_up and not demand_id else "",
        )

        def basket_made() -> list[UUID]:
            with unit_of_work() as work:
                return baskets_make(work, chosen=chosen, actor=self.actor)

        self.baskets += self.act(basket_made) or []

    def basket(self, which: int) -> Basket:
        """One of the newest baskets."""
        newest = self.baskets[-4:]
        return Basket.objects.get(pk=newest[which % len(newest)])

    @precondition(lambda self: self.baskets)
    @rule(which=st.integers(0, 10_000))
    def a_basket_is_paid_from_the_account(self, which: int) -> None:
        own = self.basket(which)
        self.act(basket_pay_from_account, basket_id=own.pk, actor=self.actor)
        before = self.balance()
        assert self.act(basket_pay_from_account, basket_id=own.pk, actor=self.actor) is None
        assert self.balance() == before
        self.worker()

    @precondition(lambda self: self.baskets)
    @rule(which=st.integers(0, 10_000))
    def a_basket_is_given_up(self, which: int) -> None:
        self.act(basket_cancel, basket_id=self.basket(which).pk, actor=self.actor)

    @precondition(lambda self: self.baskets)
    @rule(which=st.integers(0, 10_000), manner=MANNERS)
    def a_provider_tells_of_a_payment(self, which: int, manner: str) -> None:
        own = self.basket(which)
        begun = self.act(provider_payment_begin, basket_id=own.pk, provider="simulator", actor=self.actor)
        if not begun:
            return
        minor = own.total_minor + {"short": -1, "over": 1}.get(manner, 0)
        currency = "USD" if manner == "other currency" else own.currency
        event = "failed" if manner == "failed" else "captured"
        message = Message(event, begun.provider_txn_id, own.reference, minor, currency)
        self.tell(message)
        self.worker()
        assert ProviderPayment.objects.get(provider_txn_id=begun.provider_txn_id).state == event
        moved = LedgerTransaction.objects.count()
        if manner == "twice":
            self.tell(message)
            own_jobs = Job.objects.filter(kind="payments.apply", pk__gt=self.first_job)
            own_jobs.update(state="todo", done_at=None)
            self.worker()
            assert LedgerTransaction.objects.count() == moved
        if manner == "refunded":
            self.tell(Message("refunded", begun.provider_txn_id, own.reference, minor, currency))
            self.worker()

    def tell(self, message: Message) -> None:
        """A message of the simulated provider comes."""
        headers = {HEADER: sign(SIMULATOR.secret, message.body(), clock.now())}
        self.act(callback_take, provider="simulator", headers=headers, body=message.body())

    # The bank --------------------------------------------------------------------------------

    def load(self, *entries: Entry) -> None:
        """A statement of the bank is loaded, and by somebody else once more."""
        number = next(bank.numbers)
        body = statement(*entries, number=number, opening=bank.closing)
        if self.act(statements_load, body=body, actor=self.supervisor) is not None:
            bank.closing += sum(entry.minor for entry in entries)
            moved = LedgerTransaction.objects.count()
            (again,) = self.act(statements_load, body=body, actor=self.supervisor)
            assert again.again
            assert LedgerTransaction.objects.count() == moved
        self.worker()

    @rule(which=st.integers(0, 10_000), minor=st.integers(1, 60_000), exact=st.booleans(), known=st.booleans())
    def a_bank_file_is_loaded(self, which: int, minor: int, exact: bool, known: bool) -> None:
        own = self.basket(which) if self.baskets else None
        reference = own.reference if own and known else ""
        amount = own.total_minor if own and exact else minor
        self.load(Entry(f"{Decimal(amount) / 100:.2f}", reference=reference), Entry("1.50", text="nobody knows"))

    @rule(minor=st.integers(1, 30_000), again=st.booleans())
    def money_is_paid_out(self, minor: int, again: bool) -> None:
        before, standing = self.balance(), len(self.payouts)
        key = uuid5(ROOT, f"{self.trader.identifier}:{standing - (1 if again and standing else 0)}")
        made = self.act(payout_request, amount_minor=minor, currency="EUR", key=key, actor=self.actor)
        if made is not None and made not in self.payouts:
            self.payouts.append(made)
        assert self.balance() == before - (minor if len(self.payouts) > standing else 0)

    @precondition(lambda self: self.payouts)
    @rule(which=st.integers(0, 10_000), ends=st.sampled_from(["paid", "paid", "back", "paid and back", "refused"]))
    def the_bank_answers_for_a_payout(self, which: int, ends: str) -> None:
        if PayoutOrder.objects.filter(pk__in=self.payouts, state="ordered").exists():
            self.act(payouts_file, currency="EUR", actor=self.supervisor)
        order = PayoutOrder.objects.get(pk=self.payouts[which % len(self.payouts)])
        if ends == "refused":
            before = self.balance()
            for _ in range(2):
                self.act(payout_refuse, end_to_end_id=order.end_to_end_id, reason="AC04", actor=self.supervisor)
            own = order.state == "filed" and order.organisation_id is not None  # else it is in suspense again
            assert self.balance() == before + (order.amount_minor if own else 0)
            return
        amount = f"{Decimal(order.amount_minor) / 100:.2f}"
        paid = Entry(amount, direction="DBIT", end_to_end=order.end_to_end_id)
        back = Entry(amount, end_to_end=order.end_to_end_id, returned="AC04")
        self.load(*{"paid": [paid], "back": [back]}.get(ends, [paid, back]))

    @invariant()
    def the_account_is_the_sum_of_its_postings(self) -> None:
        if self.references:
            balance, posted = sums.one(sums.ACCOUNT, self.trader.pk)
            assert balance == posted >= 0
