"""Goods are declared, arrive, are changed, given up and looked at again."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from clearance.services import release_again
from clearance.services.changes import change_decision
from declarations.selectors import declaration_head, declaration_snapshot
from declarations.selectors.changes import changes_of
from declarations.services import goods_present
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from tests.factories.agencies import citing, oranges
from tests.factories.changes import amend, invalidate, with_price
from tests.factories.clearance import jobs_do
from tests.factories.declarations import import_json, item_json, lrn_new
from tests.factories.guarantees import CODE
from tests.properties.machine.world import QUOTA, MoneyWorld

METHODS = st.sampled_from(["A", "A", "E", "E", "R", "R", "S", "R without its code"])
"""How a declaration asks to pay: at once, later, or on the guarantee."""


class Goods(MoneyWorld):
    """What traders and officers do with declarations."""

    def paying(self, whole: dict[str, Any], method: str) -> dict[str, Any]:
        """The message, which asks to pay in a way."""
        claims = [{"tax_type": "A00", "method": method[0]}]
        if method[0] in "RS":
            cited = {"id": self.guarantee.grn, "security_code": self.guarantee.type}
            whole["guarantees"] = [cited if "without" in method else cited | {"access_code": CODE}]
        if method != "A":
            whole["items"] = [item | {"duty_claims": claims} for item in whole["items"]]
        return whole

    @rule(items=st.integers(1, 3), presented=st.booleans(), price=st.integers(1, 4_000), method=METHODS)
    def goods_are_declared(self, items: int, presented: bool, price: int, method: str) -> None:
        whole = import_json(items, trader=self.trader.identifier, presented=presented)
        whole["items"][0]["price"]["amount"] = str(price)
        total = sum(Decimal(item["price"]["amount"]) for item in whole["items"])
        whole |= {"invoice_total": {"amount": f"{total:f}", "currency": "EUR"}}
        self.lodge(self.paying(whole, method))

    @rule(mass=st.integers(1, 40), which=st.integers(0, 9), both=st.booleans())
    def goods_with_a_permit_are_declared(self, mass: int, which: int, both: bool) -> None:
        price = {"amount": f"{mass * Decimal('1.4'):f}", "currency": "EUR"}
        line = {"net_mass_kg": str(mass), "gross_mass_kg": str(mass + 1), "price": price}
        used = (which, which + 1) if both else (which,)
        lines = [line | {"documents": citing(self.permits[one % len(self.permits)].number)} for one in used]
        total = price | {"amount": f"{len(lines) * mass * Decimal('1.4'):f}"}
        self.lodge(oranges(*lines, trader=self.trader.identifier, lrn=lrn_new(), invoice_total=total))

    @rule(mass=st.integers(1, 250), method=METHODS)
    def sugar_of_the_quota_is_declared(self, mass: int, method: str) -> None:
        price = {"amount": str(mass * 2), "currency": "EUR"}
        row = item_json(1, commodity_code="1701990010", description="White sugar, refined", origin="BR", price=price)
        row |= {"net_mass_kg": str(mass), "gross_mass_kg": str(mass + 1), "quota_order_number": QUOTA}
        del row["supplementary_quantity"]
        whole = import_json(1, trader=self.trader.identifier)
        whole |= {"items": [row], "invoice_total": price, "total_gross_mass_kg": str(mass + 1)}
        self.lodge(self.paying(whole, method))

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
        """A supervisor decides what is asked."""
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
        def looked_at_again() -> None:
            with unit_of_work() as work:
                head = declaration_head(self.some(which), lock=True)
                if head.legal_state == "ACCEPTED":
                    release_again(work, head, system_actor("clearance"))

        self.act(looked_at_again)

    @rule()
    def the_worker_comes(self) -> None:
        self.worker()
