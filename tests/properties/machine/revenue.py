"""Months are closed and paid, debts fixed, money claimed back, days of a quota settled."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from fees.models import Demand, FiscalStatus
from fees.selectors.lines import tax_lines
from singlewindow.accounts.types import system_actor
from singlewindow.celery import app
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.quotas.models import Run
from singlewindow.quotas.services.book import day_over
from singlewindow.revenue.models import Claim, Statement
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import (
    claim_accept,
    claim_approve,
    claim_refuse,
    claim_verify,
    claim_withdraw,
    debt_determine,
    remission_file,
    repayment_file,
    statement_pay,
)
from singlewindow.revenue.types import FinalDebt
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld


class Revenue(MoneyWorld):
    """What the offices of revenue and quotas do."""

    # Months ----------------------------------------------------------------------------------

    def month(self, which: int) -> Statement | None:
        """One of the statements of the deferment."""
        found = list(Statement.objects.filter(deferment=self.deferment).order_by("month"))
        return found[which % len(found)] if found else None

    def timer(self, kind: str, statement: Statement) -> None:
        """The timer of a statement comes."""
        ids = Job.objects.filter(kind=kind, subject_id=str(statement.pk), state="todo").values_list("id", flat=True)
        for job_id in list(ids)[:1]:
            self.act(app.tasks[kind], [job_id])

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), what=st.sampled_from(["close", "close", "due", "pay", "pay"]))
    def a_month_goes_on(self, which: int, what: str) -> None:
        found, before = self.month(which), self.balance()
        if found is None:
            return
        if what != "pay":
            self.timer(f"revenue.{what}", found)
            return
        asked = Demand.objects.filter(kind="statement", subject_id=str(found.pk), state="open").exists()
        paid = self.act(statement_pay, statement_id=found.pk, actor=self.actor)
        if paid is not None:
            assert before - self.balance() == (paid if asked else 0)
            after = self.balance()
            assert self.act(statement_pay, statement_id=found.pk, actor=self.actor) == paid
            assert self.balance() == after

    # Final debts -----------------------------------------------------------------------------

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), percent=st.sampled_from([0, 50, 99, 100, 100, 130, 400]))
    def a_debt_is_fixed(self, which: int, percent: int) -> None:
        secured = FiscalStatus.objects.filter(pk__in=self.declarations, state="SECURED")
        status = secured.first() or FiscalStatus.objects.filter(pk=self.some(which)).first()
        if status is None:
            return
        due = {name: minor * percent // 100 for name, minor in status.due.items()}
        final = FinalDebt(due=due, reason="The invoice was checked.")

        def debt_fixed() -> None:
            with unit_of_work() as work:
                given = {"actor": system_actor("revenue"), "at": clock.now()}
                debt_determine(work, declaration_id=status.declaration_id, final=final, **given)

        self.act(debt_fixed)
        before = self.balance()
        self.act(debt_fixed)
        assert self.balance() == before

    # Claims ----------------------------------------------------------------------------------

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), line=st.integers(0, 9), percent=st.sampled_from([1, 50, 100, 101]))
    def money_is_claimed_back(self, which: int, line: int, percent: int) -> None:
        paid = FiscalStatus.objects.filter(pk__in=self.declarations, state__in=["FINAL", "PAID"], total_minor__gt=0)
        ids = sorted(paid.values_list("pk", flat=True))
        lines = tax_lines([ids[which % len(ids)] if ids else self.some(which)])
        if not lines:
            return
        one = lines[line % len(lines)]
        minor = max(1, one.amount_minor * percent // 100)
        self.act(
            repayment_file,
            declaration_id=one.declaration_id,
            lines=[LineAsked(one.item, one.tax_type, minor)],
            reason_code="overcharged",
            text="The invoice was credited.",
            actor=self.actor,
        )

    @rule(which=st.integers(0, 10_000))
    def a_demand_is_asked_to_be_waived(self, which: int) -> None:
        ids = self.demanded()
        if ids:
            given = {"reason_code": "overcharged", "text": "It was an error.", "actor": self.actor}
            self.act(remission_file, demand_id=ids[which % len(ids)], **given)

    @rule(which=st.integers(0, 10_000), ends=st.sampled_from(["approve", "approve", "approve", "refuse", "withdraw"]))
    def a_claim_is_decided(self, which: int, ends: str) -> None:
        made = Claim.objects.filter(claimant=self.trader).order_by("pk")
        claims = list(made.filter(state__in=["filed", "accepted", "verified"])) or list(made)
        if not claims:
            return
        claim, before = claims[which % len(claims)], self.balance()
        if ends == "withdraw":
            self.act(claim_withdraw, claim_id=claim.pk, actor=self.actor)
        elif ends == "refuse":
            self.act(claim_refuse, claim_id=claim.pk, reason="The papers do not agree.", actor=self.officer)
        else:
            self.act(claim_accept, claim_id=claim.pk, actor=self.officer)
            self.act(claim_verify, claim_id=claim.pk, amounts=None, reason="The papers agree.", actor=self.officer)
            self.act(claim_approve, claim_id=claim.pk, actor=self.supervisor)
            after = self.balance()
            assert self.act(claim_approve, claim_id=claim.pk, actor=self.treasurer) is None
            assert self.balance() == after
        state, claim = claim.state, Claim.objects.get(pk=claim.pk)
        back = (claim.approved_minor or 0) + claim.interest_minor if claim.kind != "remission" else 0
        assert self.balance() == before + (back if claim.state == "paid" != state else 0)

    # Quotas ----------------------------------------------------------------------------------

    @rule()
    def the_day_of_the_quota_is_settled(self) -> None:
        runs = Run.objects.filter(quota=self.quota, done_at=None).order_by("day")
        run = runs.first()
        if run is None:
            return
        jobs = Job.objects.filter(kind="quotas.allocate", subject_id=str(self.quota.pk), state="todo")
        with clock.frozen(day_over(run.day)):
            self.act(app.tasks["quotas.allocate"], list(jobs.order_by("id").values_list("id", flat=True)))
        assert not runs.filter(pk=run.pk).exists()

    # What must hold --------------------------------------------------------------------------

    @invariant()
    def what_is_secured_and_deferred_agrees(self) -> None:
        if not self.references:
            return
        used, limit, entries = sums.one(sums.GUARANTEE, self.guarantee.pk)
        assert 0 <= used == entries <= limit
        assert sums.nothing(sums.FREED_TWICE, self.guarantee.pk)
        used, limit, lines, owed = sums.one(sums.DEFERMENT, self.deferment.pk)
        assert 0 <= used == lines <= limit
        assert used == owed + self.corrections() + self.unsettled()

    def corrections(self) -> int:
        """What was taken back of deferred debts and is not on its statement yet."""
        ids = [str(one) for one in self.declarations]
        jobs = Job.objects.filter(kind="revenue.correct", state="todo", subject_id__in=ids)
        return -sum(int(payload["delta"]) for payload in jobs.values_list("payload", flat=True))

    def unsettled(self) -> int:
        """What was paid in baskets for statements that do not say so yet."""
        waiting = Statement.objects.filter(deferment=self.deferment).exclude(state="paid").values_list("pk", flat=True)
        paid = Demand.objects.filter(kind="statement", state="paid", subject_id__in=[str(one) for one in waiting])
        return sum(paid.values_list("amount_minor", flat=True))

    @invariant()
    def quotas_are_never_exceeded(self) -> None:
        if self.references:
            balance, volume, initial, granted = sums.one(sums.QUOTA, self.quota.pk)
            assert 0 <= balance <= volume
            assert balance == initial - granted

    @invariant()
    def no_more_is_given_back_than_was_paid(self) -> None:
        if self.references:
            assert sums.nothing(sums.CLAIMED_TWICE, self.trader.pk)
