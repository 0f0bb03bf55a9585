"""Any order of lodging, amending, paying, releasing and taking back leaves the sums right (domain.md N14).

A machine of hypothesis does what traders, officers, agencies and banks do, in any order, on the real services and the
real database, and asks the tables after every step. `MACHINE_STEPS` says how many steps (2,500 in the usual run;
100,000 were run, see benchmarks/README.md); `MACHINE_SEED` repeats a run.
"""

import os
import sys
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agencies.models import Agency, Permit
from agencies.services import hold_decide, hold_open, permit_step, permit_write_off
from agencies.services.holds import Decision
from agencies.types import HoldReason
from clearance.services.changes import change_decision
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_head, declaration_snapshot
from declarations.services import declaration_lodge, goods_present
from declarations.types import Channel
from fees.models import Account, Demand
from fees.services import account_credit
from fees.services.demands import demand_end, demand_make, demands_lock, demands_pay
from fees.types import DemandKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, DomainError
from tests.factories import accounts
from tests.factories.agencies import citing, oranges
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.clearance import country_load, jobs_do
from tests.factories.declarations import import_json, lrn_new
from tests.properties import sums

STEPS = int(os.environ.get("MACHINE_STEPS", "2500"))
SEED = int(os.environ.get("MACHINE_SEED", "20261123"))
STEPS_A_WORLD = 50
RELEASED = frozenset({"RELEASED", "CLEARED"})
COVERED = frozenset({"PAID", "DEFERRED", "SECURED", "NIL", "FINAL"})

_worlds = count(1)
done = {"steps": 0, "refused": 0}


class MoneyMachine(RuleBasedStateMachine):
    """One trader with an account and permits, and everything that can happen to its goods and its money."""

    def __init__(self) -> None:
        super().__init__()
        self.declarations: list[UUID] = []
        self.references: list[str] = []
        self.demands: list[UUID] = []
        self.permits: list[Permit] = []
        self.released: set[UUID] = set()

    @initialize()
    def world_made(self) -> None:
        """A trader, two permits of plant health, and the people who act."""
        serial = next(_worlds)
        self.trader = accounts.organisation(identifier=f"ZZMCH{serial:06d}")
        self.actor = accounts.actor(Role.TRADER, of=self.trader)
        self.supervisor = accounts.actor(Role.SUPERVISOR)
        self.agency = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
        for number in (1, 2):
            self.permits.append(
                Permit.objects.create(
                    code="7P01",
                    number=f"M{serial:06d}-{number}",
                    agency=Agency.objects.get(pk="PHY"),
                    holder=self.trader,
                    hs_prefix="0805",
                    direction="import",
                    quantity=Decimal(60),
                    unit="KGM",
                    tolerance=Decimal("0.1"),
                    valid_from=clock.today() - timedelta(days=30),
                    valid_to=clock.today() + timedelta(days=300),
                )
            )
        self.credit(20_000)

    def act(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """Do it as somebody would: a refusal is an answer, anything else is a fault."""
        done["steps"] += 1
        try:
            return function(*arguments, **named)
        except DomainError:
            done["refused"] += 1
            return None

    # Money -----------------------------------------------------------------------------------

    def credit(self, minor: int) -> None:
        reference = f"{self.trader.identifier}-{len(self.references)}"
        self.references.append(reference)
        self.book(reference, minor)

    def book(self, reference: str, minor: int) -> Any:
        return self.act(
            account_credit,
            organisation_id=self.trader.pk,
            amount=Decimal(minor) / 100,
            currency="EUR",
            reference=reference,
            actor=self.supervisor,
        )

    @rule(minor=st.integers(1, 400_000))
    def money_comes(self, minor: int) -> None:
        self.credit(minor)
        for declaration_id in self.declarations:
            self.look_again(declaration_id)

    @rule(which=st.integers(0, 10_000), minor=st.integers(1, 100_000))
    def the_same_payment_comes_again(self, which: int, minor: int) -> None:
        before = self.balance()
        assert self.book(self.references[which % len(self.references)], minor) is None
        assert self.balance() == before

    @rule(minor=st.integers(1, 30_000), again=st.booleans())
    def something_is_demanded(self, minor: int, again: bool) -> None:
        source = f"machine:{self.trader.identifier}:{len(self.demands) - (1 if again and self.demands else 0)}"
        with unit_of_work() as work:
            made = demand_make(
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
        if made not in self.demands:
            self.demands.append(made)
        done["steps"] += 1

    @precondition(lambda self: self.demands)
    @rule(which=st.integers(0, 10_000), action=st.sampled_from(["pay", "pay", "pay", "cancel", "remit"]))
    def a_demand_is_settled(self, which: int, action: str) -> None:
        demand_id, before = self.demands[which % len(self.demands)], self.balance()
        state, amount = Demand.objects.values_list("state", "amount_minor").get(pk=demand_id)

        def settle() -> int:
            with unit_of_work() as work:
                found = demands_lock(work, [demand_id])
                if action == "pay":
                    return demands_pay(work, found, payer_id=self.trader.pk, actor=self.actor)
                demand_end(work, found[0], action, reason="As decided.", actor=self.supervisor)
                return 0

        missing = self.act(settle)
        took = before - self.balance()
        assert took == (amount if action == "pay" and state == "open" and missing == 0 else 0)

    # Declarations ----------------------------------------------------------------------------

    def lodge(self, plain: dict[str, Any] | DeclarationMessage) -> None:
        message = plain if isinstance(plain, DeclarationMessage) else DeclarationMessage.model_validate(plain)
        lodged = self.act(declaration_lodge, message=message, actor=self.actor, channel=Channel.JSON)
        if lodged is not None:
            self.declarations.append(lodged.id)
            jobs_do(lodged.id)

    @rule(items=st.integers(1, 3), presented=st.booleans(), price=st.integers(1, 4_000))
    def goods_are_declared(self, items: int, presented: bool, price: int) -> None:
        whole = import_json(items, trader=self.trader.identifier, presented=presented)
        whole["items"][0]["price"]["amount"] = str(price)
        total = sum(Decimal(item["price"]["amount"]) for item in whole["items"])
        self.lodge(whole | {"invoice_total": {"amount": f"{total:f}", "currency": "EUR"}})

    @rule(mass=st.integers(1, 40), which=st.integers(0, 1), both=st.booleans())
    def goods_with_a_permit_are_declared(self, mass: int, which: int, both: bool) -> None:
        price = {"amount": f"{mass * Decimal('1.4'):f}", "currency": "EUR"}
        line = {"net_mass_kg": str(mass), "gross_mass_kg": str(mass + 1), "price": price}
        used = (which, 1 - which) if both else (which,)
        lines = [line | {"documents": citing(self.permits[one].number)} for one in used]
        total = price | {"amount": f"{len(lines) * mass * Decimal('1.4'):f}"}
        self.lodge(oranges(*lines, trader=self.trader.identifier, lrn=lrn_new(), invoice_total=total))

    def some(self, which: int) -> UUID:
        return self.declarations[which % len(self.declarations)]

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000))
    def goods_arrive(self, which: int) -> None:
        self.act(goods_present, actor=self.actor, declaration_id=self.some(which))
        jobs_do(self.some(which))

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), price=st.integers(1, 6_000))
    def a_price_is_amended(self, which: int, price: int) -> None:
        snapshot = declaration_snapshot(self.some(which))
        self.act(amend, snapshot.id, self.actor, with_price(snapshot.message, str(price)))
        self.decide_change(snapshot.id, grant=True)

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), grant=st.booleans())
    def it_is_invalidated(self, which: int, grant: bool) -> None:
        self.act(invalidate, self.some(which), self.actor, evidence="Returned under 26ZZ000000000000R0.")
        self.decide_change(self.some(which), grant=grant)

    def decide_change(self, declaration_id: UUID, *, grant: bool) -> None:
        from declarations.selectors.changes import changes_of

        for change in changes_of(declaration_id):
            if change.state == "REQUESTED":
                self.act(
                    change_decision,
                    actor=self.supervisor,
                    declaration_id=declaration_id,
                    number=change.number,
                    grant=grant,
                    reason="As asked.",
                )
        jobs_do(declaration_id)

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000))
    def somebody_looks_again(self, which: int) -> None:
        self.look_again(self.some(which))

    def look_again(self, declaration_id: UUID) -> None:
        from clearance.services import release_again

        def again() -> None:
            with unit_of_work() as work:
                head = declaration_head(declaration_id, lock=True)
                if head.legal_state == "ACCEPTED":
                    release_again(work, head, system_actor("clearance"))

        self.act(again)

    # Holds and permits -----------------------------------------------------------------------

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000))
    def an_agency_holds(self, which: int) -> None:
        def hold() -> None:
            with unit_of_work() as work:
                snapshot = declaration_snapshot(self.some(which), lock=True)
                if snapshot.legal_state == "ACCEPTED":
                    reason = HoldReason.DOCUMENTS
                    hold_open(work, snapshot, agency="PHY", reason=reason, actor=system_actor("tests"), at=clock.now())

        self.act(hold)

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), decision=st.sampled_from([Decision.LIFT, Decision.LIFT, Decision.UPHOLD]))
    def an_agency_decides(self, which: int, decision: Decision) -> None:
        from agencies.models import Hold

        for hold in Hold.objects.filter(declaration_id=self.some(which), agency="PHY", state="open"):
            self.act(hold_decide, hold_id=hold.pk, actor=self.agency, decision=decision, reason="Looked at.")
        jobs_do(self.some(which))

    @rule(which=st.integers(0, 1), step=st.sampled_from(["suspend", "reinstate", "reinstate", "revoke"]))
    def a_permit_changes(self, which: int, step: str) -> None:
        self.act(permit_step, permit_id=self.permits[which].pk, actor=self.agency, step=step, reason="As found.")

    @rule(which=st.integers(0, 1), quantity=st.decimals("0.1", "12", places=1))
    def a_permit_is_written_off_by_hand(self, which: int, quantity: Decimal) -> None:
        self.act(
            permit_write_off,
            permit_id=self.permits[which].pk,
            actor=self.agency,
            quantity=quantity,
            unit="KGM",
            reason="Hand luggage",
        )

    # What must hold --------------------------------------------------------------------------

    def balance(self) -> int:
        return Account.objects.get(organisation=self.trader, kind="trader", currency="EUR").balance_minor

    @invariant()
    def sums_are_right(self) -> None:
        if not hasattr(self, "actor") or not self.references:
            return
        account = Account.objects.get(organisation=self.trader, kind="trader", currency="EUR")
        assert account.balance_minor == sums.number(sums.POSTINGS, account.pk)
        assert account.balance_minor >= 0
        assert sums.nothing(sums.PERMITS, self.trader.pk)
        for permit in self.permits:
            permit.refresh_from_db()
            assert permit.used == sums.one(sums.WRITTEN_OFF, permit.pk)[0]
            assert sums.nothing(sums.RETURNED_TWICE, permit.pk)

    @invariant()
    def declarations_stand_rightly(self) -> None:
        for found in sums.standings(self.declarations):
            if found.legal in RELEASED:
                assert found.fiscal in COVERED
                assert found.paid + found.deferred == found.total
                if found.id not in self.released:
                    assert found.open_holds == 0
                    self.released.add(found.id)
            else:
                assert found.paid == found.deferred == 0
            if found.id in self.released:
                assert found.legal in RELEASED | {"INVALIDATED"}

    def teardown(self) -> None:
        assert sums.nothing(sums.UNBALANCED)


@pytest.mark.django_db(transaction=True)
def test_no_order_of_acts_creates_loses_or_doubles_anything() -> None:
    country_load()
    done.update(steps=0, refused=0)
    rounds = max(1, STEPS // STEPS_A_WORLD)

    @seeded(SEED)
    @settings(
        max_examples=rounds,
        stateful_step_count=STEPS_A_WORLD,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if STEPS <= 5_000 else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    class Seeded(MoneyMachine):
        pass

    run_state_machine_as_test(Seeded, settings=Seeded.TestCase.settings)
    sys.stdout.write(
        f"{done['steps']} acts, {done['refused']} of them refused, {Declaration.objects.count()} declarations\n"
    )
    assert done["steps"] >= STEPS * 0.6
    with suppress(Conflict):
        assert sums.nothing(sums.UNBALANCED)
