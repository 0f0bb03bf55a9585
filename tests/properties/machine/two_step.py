"""Goods leave on a short declaration; the full one comes within days, or the debt is fixed without it."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from clearance.models import SupplementaryObligation
from singlewindow.guarantees.models import Guarantee
from singlewindow.kernel import clock
from tests.factories.declarations import full_json, import_json, lrn_new, short_json
from tests.factories.guarantees import CODE
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld

PRICES = st.integers(1, 900)


class TwoStep(MoneyWorld):
    """What traders and timers do about declarations in two steps."""

    minutes = 0

    def priced(self, whole: dict[str, Any], price: int) -> dict[str, Any]:
        """The message of this world's trader, at another price."""
        own = import_json(1, trader=self.trader.identifier)
        amount = {"amount": str(price), "currency": "EUR"}
        whole |= {name: own[name] for name in ("declarant", "importer")} | {"lrn": lrn_new()}
        whole["items"] = [item | {"price": amount} for item in whole["items"]]
        return whole | ({"invoice_total": amount} if "invoice_total" in whole else {})

    def owed(self) -> list[SupplementaryObligation]:
        """The full declarations that are awaited."""
        rows = SupplementaryObligation.objects.filter(organisation=self.trader, state__in=["OWED", "OVERDUE"])
        return list(rows.order_by("opened_at", "pk"))

    @rule(price=PRICES, cited=st.booleans(), arrived=st.sampled_from([True, True, True, False]))
    def goods_leave_on_a_short_declaration(self, price: int, cited: bool, arrived: bool) -> None:
        whole = self.priced(short_json(), price) | {"type_code": "IMC" if arrived else "IMF"}
        if cited:
            whole |= {"guarantees": self.citing([*Guarantee.objects.filter(pk__in=self.deposits, state="ACTIVE")[:1]])}
        self.lodge(whole)

    def citing(self, more: list[Guarantee]) -> list[dict[str, str]]:
        """The deposit that waits for a declaration, where there is one, and the guarantee for the rest."""
        return [{"id": one.grn, "security_code": one.type, "access_code": CODE} for one in [*more, self.guarantee]]

    @rule(which=st.integers(0, 10_000), price=PRICES, again=st.booleans())
    def the_full_declaration_comes(self, which: int, price: int, again: bool) -> None:
        if not self.owed():
            self.goods_leave_on_a_short_declaration(price, cited=bool(which % 2), arrived=True)
        owed = self.owed()
        if not owed:
            return
        simplified = owed[which % len(owed)]
        self.lodge(self.priced(full_json(simplified.mrn), price))
        if again:
            self.lodge(self.priced(full_json(simplified.mrn), price + 1))

    @rule(which=st.integers(0, 10_000), step=st.sampled_from(["remind", "fall_due", "fix_debt", "fix_debt"]))
    def the_days_of_the_full_declaration_pass(self, which: int, step: str) -> None:
        if not self.owed():
            self.goods_leave_on_a_short_declaration(1 + which % 900, cited=bool(which % 2), arrived=True)
        owed = [str(one.pk) for one in self.owed()]
        due = {"subject_id": owed[which % len(owed)] if owed else "", "payload__step": step}
        self.minutes += 1  # a timer that is set again has another minute
        with clock.frozen(clock.now() + timedelta(minutes=self.minutes)):
            self.timers("clearance.two_step", **due)
        self.worker()

    @invariant()
    def every_short_declaration_is_settled_once(self) -> None:
        if self.references:
            assert sums.nothing(sums.SHORT_UNSETTLED, self.trader.pk)
