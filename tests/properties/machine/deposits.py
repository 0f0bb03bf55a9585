"""Money that is itself the guarantee: paid in, drawn on by one declaration, given back when it ends."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from singlewindow.approvals.services import proposal_decide
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.rules.granting import Application
from singlewindow.guarantees.services.changing import code_change, guarantee_cancel, guarantee_step, limit_change
from singlewindow.guarantees.services.registering import guarantee_propose, guarantee_register
from singlewindow.guarantees.types import GuaranteeType
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories.declarations import import_json
from tests.factories.guarantees import CODE
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld

ENDS = st.sampled_from(["revoke", "notice", "notice", "suspend", "reinstate", "more", "less"])


class Deposits(MoneyWorld):
    """What traders and officers do with guarantees in cash (GU-CSH)."""

    @rule(percent=st.sampled_from([10, 30, 60, 60, 100, 101]))
    def a_deposit_is_paid_in(self, percent: int) -> None:
        before = self.balance()
        minor = max(1, before * percent // 100)
        amount = Decimal(minor) / 100
        told = {"currency": "EUR", "reference_amount": amount, "valid_from": clock.today()}
        application = Application(type=GuaranteeType.CASH, **told)
        applied = self.act(guarantee_register, actor=self.actor, application=application)
        if not applied:
            return
        own, examined = applied[0].id, {"level": 100, "criteria": (), "reason": "Examined."}
        proposal = self.act(guarantee_propose, actor=self.officer, guarantee_id=own, **examined)
        agreed = {"proposal_id": proposal, "actor": self.supervisor, "grant": True, "reason": "Agreed."}
        granted = self.act(proposal_decide, **agreed)
        assert self.balance() == before - (minor if granted else 0)
        assert self.act(proposal_decide, **agreed) is None or not granted
        assert self.balance() == before - (minor if Guarantee.objects.get(pk=own).state == "ACTIVE" else 0)
        self.act(code_change, actor=self.actor, guarantee_id=own, code=CODE)
        if granted:
            self.deposits.append(own)

    def deposit(self, which: int) -> Guarantee | None:
        """One of the deposits that are in force; else one of those that were."""
        rows = Guarantee.objects.filter(pk__in=self.deposits).order_by("pk")
        found = list(rows.filter(state__in=["ACTIVE", "SUSPENDED"])) or list(rows)
        return found[which % len(found)] if found else None

    @rule(which=st.integers(0, 10_000), price=st.integers(1, 400), both=st.booleans())
    def goods_are_declared_on_a_deposit(self, which: int, price: int, both: bool) -> None:
        if not Guarantee.objects.filter(pk__in=self.deposits, state="ACTIVE").exists():
            self.a_deposit_is_paid_in(60)
        own = self.deposit(which)
        if own is None:
            return
        amount = {"amount": str(price), "currency": "EUR"}
        whole = import_json(1, trader=self.trader.identifier, invoice_total=amount)
        claims = [{"tax_type": "A00", "method": "R"}]
        whole["items"] = [item | {"price": amount, "duty_claims": claims} for item in whole["items"]]
        cited = [own, self.guarantee] if both else [own]
        whole["guarantees"] = [{"id": one.grn, "security_code": one.type, "access_code": CODE} for one in cited]
        before, held, state = self.balance(), own.limit_minor, own.state
        self.lodge(whole)
        own.refresh_from_db()
        back = held - sums.number(sums.DRAWN_OF_DEPOSIT, own.pk) if own.state == "USED" != state else 0
        assert own.state != "USED" or self.balance() == before + back

    @rule(which=st.integers(0, 10_000), end=ENDS)
    def a_deposit_ends_or_changes(self, which: int, end: str) -> None:
        if not Guarantee.objects.filter(pk__in=self.deposits, state__in=["ACTIVE", "SUSPENDED"]).exists():
            self.a_deposit_is_paid_in(30)
        own = self.deposit(which)
        if own is None:
            return
        before, state, held = self.balance(), own.state, sums.number(sums.DEPOSITED, own.grn, own.grn)
        given = {"guarantee_id": own.pk, "actor": self.officer, "reason": "As found."}
        if end == "notice":
            self.act(guarantee_cancel, guarantee_id=own.pk, actor=self.actor, reason="Not needed.")
            with clock.frozen(clock.now() + timedelta(days=30)):
                self.timers("guarantees.due", subject_id=str(own.pk))
        elif end in ("more", "less"):
            limit = own.limit_minor * (3 if end == "more" else 1) // 2
            proposal = self.act(limit_change, limit=Decimal(limit) / 100, **given)
            if proposal:
                agreed = {"proposal_id": proposal, "actor": self.supervisor, "grant": True, "reason": "Agreed."}
                self.act(proposal_decide, **agreed)
        else:
            self.act(guarantee_step, step=end, **given)
        self.deposits_back()
        own.refresh_from_db()
        ended = own.state in ("REVOKED", "CANCELLED") and state in ("ACTIVE", "SUSPENDED")
        assert self.balance() == before + (held if ended else 0)
        self.worker()

    def deposits_back(self) -> None:
        """The jobs that give deposits back, each twice."""
        jobs = Job.objects.filter(kind="fees.deposit_back", subject_id__in=[str(one) for one in self.deposits])
        ids = list(jobs.filter(state="todo").values_list("id", flat=True))
        self.timers("fees.deposit_back", pk__in=ids)
        after = self.balance()
        jobs.filter(pk__in=ids).update(state="todo", done_at=None)
        self.timers("fees.deposit_back", pk__in=ids)
        assert self.balance() == after

    @invariant()
    def a_deposit_is_there_or_given_back(self) -> None:
        if self.references:
            assert sums.nothing(sums.DEPOSITS_APART, self.trader.pk)
