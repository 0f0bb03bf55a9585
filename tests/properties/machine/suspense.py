"""Money comes that nobody can place; an officer says whose it is, above a limit a second one agrees."""

from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.payments.models import PayoutOrder, SuspenseItem
from singlewindow.payments.services.clearing import KIND, Plan, suspense_clear
from tests.factories.payments import Entry
from tests.properties import sums
from tests.properties.machine.accounts import Accounts

SUMS = st.one_of(st.integers(1, 30_000), st.integers(99_990, 150_000))
"""Both sides of what one officer may clear alone, 1,000.00."""
TO = st.sampled_from(["account", "account", "basket", "back"])


class Suspense(Accounts):
    """What treasurers do with money in suspense (PY-SU)."""

    @rule(minor=SUMS, taken_back=st.sampled_from([False, False, False, True]))
    def money_comes_that_nobody_can_place(self, minor: int, taken_back: bool) -> None:
        more = {"direction": "DBIT", "reversal": True} if taken_back else {}
        self.load(Entry(f"{Decimal(minor) / 100:.2f}", text="no idea", **more))

    def held(self) -> QuerySet[SuspenseItem]:
        """What came into suspense in this world: a run is repeated as it was only if it leaves the others alone."""
        return SuspenseItem.objects.exclude(pk__in=self.suspense_before)

    def unclear(self, which: int) -> SuspenseItem | None:
        """One of the newest sums of which nobody has said whose they are."""
        found = list(self.held().filter(state="open").order_by("-pk")[:3])
        return found[which % len(found)] if found else None

    def plan(self, to: str) -> Plan:
        """What is to become of a sum."""
        if to == "basket" and self.baskets:
            return Plan("clear", basket_id=self.baskets[-1])
        return Plan("return") if to == "back" else Plan("clear", organisation_id=self.trader.pk)

    @rule(which=st.integers(0, 10_000), to=TO, minor=SUMS)
    def somebody_says_whose_money_it_is(self, which: int, to: str, minor: int) -> None:
        if self.unclear(which) is None:
            self.money_comes_that_nobody_can_place(minor, taken_back=False)
        item, before = self.unclear(which), self.balance()
        if item is None:
            return
        plan = self.plan(to)
        given = {"suspense_id": item.pk, "plan": plan, "reason": "The payer called.", "actor": self.supervisor}
        self.act(suspense_clear, **given)
        item.refresh_from_db()
        if plan.organisation_id:
            assert self.balance() == before + self.booked(item)
        after = self.balance()
        assert item.state == "open" or self.act(suspense_clear, **given) is None
        assert self.balance() == after
        self.returned(item)
        self.worker()

    def booked(self, item: SuspenseItem) -> int:
        """What came onto the account in euros: other money has an account of its own."""
        return item.amount_minor if (item.state, item.currency) == ("cleared", "EUR") else 0

    def returned(self, item: SuspenseItem) -> None:
        """Money that goes back is a payment like any other, and the bank answers for it."""
        if item.state == "returned":
            self.payouts.append(PayoutOrder.objects.values_list("pk", flat=True).get(source=f"suspense:{item.pk}"))

    def proposed(self) -> list[UUID]:
        """What waits for a second officer."""
        items = [str(pk) for pk in self.held().filter(state="proposed").values_list("pk", flat=True)]
        rows = Proposal.objects.filter(kind=KIND, state="open", subject_id__in=items).order_by("-pk")
        return list(rows.values_list("pk", flat=True)[:3])

    @rule(
        which=st.integers(0, 10_000),
        minor=st.integers(100_001, 150_000),
        word=st.sampled_from(["yes", "yes", "no", "taken back"]),
    )
    def a_second_officer_looks_at_it(self, which: int, minor: int, word: str) -> None:
        if not self.proposed():
            self.money_comes_that_nobody_can_place(minor, taken_back=False)
            newest = self.unclear(0)
            told = {"plan": self.plan("account"), "reason": "The payer called.", "actor": self.supervisor}
            self.act(suspense_clear, suspense_id=newest.pk if newest else None, **told)
        waiting = self.proposed()
        if not waiting:
            return
        proposal = Proposal.objects.get(pk=waiting[which % len(waiting)])
        item = SuspenseItem.objects.get(pk=proposal.subject_id)
        own = item.plan.get("organisation") == str(self.trader.pk)
        given = {"proposal_id": proposal.pk, "reason": "Looked at it."}
        before = self.balance()
        if word == "taken back":
            self.act(proposal_withdraw, actor=self.supervisor, **given)
        else:
            assert self.act(proposal_decide, actor=self.officer, grant=True, **given) is None
            self.act(proposal_decide, actor=self.treasurer, grant=word == "yes", **given)
            assert self.act(proposal_decide, actor=self.treasurer, grant=True, **given) is None
        item.refresh_from_db()
        assert item.state != "proposed" or word == "taken back" or item.amount_minor < 0 or not own
        if own:
            assert self.balance() == before + self.booked(item)
        self.returned(item)
        self.worker()

    @invariant()
    def what_stands_in_suspense_is_what_nobody_has_placed(self) -> None:
        if self.references:
            assert sums.nothing(sums.SUSPENSE_APART)
