"""Value is disputed, goods leave against security for the disputed part, and the debt is determined later."""

from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from clearance.models import Dispute
from clearance.rules.disputes import Alternative
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open, dispute_withdraw
from clearance.services.disputes.settling import Outcome, dispute_determine
from declarations.selectors import declaration_head, declaration_snapshot
from fees.models import FiscalStatus
from fees.selectors.assessments import security_due
from fees.selectors.lines import debt_moved
from tests.factories.clearance import risky_json
from tests.factories.guarantees import CODE
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld

LAW = "Customs Act, section 30"


class Disputes(MoneyWorld):
    """What officers and traders do about a value that is not believed (F52)."""

    @rule(items=st.integers(1, 2))
    def goods_that_nobody_believes_are_declared(self, items: int) -> None:
        self.lodge(risky_json(items, trader=self.trader.identifier))

    def disputes(self, *states: str) -> list[Dispute]:
        """The disputes of this world in some states, in the order in which they were opened."""
        return list(Dispute.objects.filter(declaration_id__in=self.declarations, state__in=states).order_by("pk"))

    def waiting(self) -> list[UUID]:
        """Accepted declarations whose debt is still to be paid: what may be disputed."""
        found = FiscalStatus.objects.filter(pk__in=self.declarations, state__in=["ASSESSED", "INSUFFICIENT"])
        ids = sorted(found.values_list("pk", flat=True))
        return [one for one in ids if declaration_head(one).legal_state == "ACCEPTED"]

    @rule(which=st.integers(0, 10_000), times=st.integers(1, 60), fine=st.sampled_from([0, 0, 0, 900]))
    def a_value_is_disputed(self, which: int, times: int, fine: int) -> None:
        if not self.waiting():
            self.goods_that_nobody_believes_are_declared(1)
        ids = self.waiting() or self.declarations
        if not ids:
            return
        declaration_id = ids[which % len(ids)]
        item = declaration_snapshot(declaration_id).message.items[0]
        price = (item.price.amount if item.price else Decimal(1)) * times
        told = {"fine_minor": fine, "offence": "False invoice" if fine else "", "statement": "Like goods cost more."}
        alternatives = [Alternative(item=item.number, price=price)]
        given = {"declaration_id": declaration_id, "actor": self.officer, "law": LAW, **told}
        self.act(dispute_open, alternatives=alternatives, **given)

    @rule(which=st.integers(0, 10_000), times=st.integers(2, 40), form=st.sampled_from(["cash", "cited", "cited"]))
    def security_is_given_for_what_is_disputed(self, which: int, times: int, form: str) -> None:
        if not self.disputes("OFFERED"):
            self.a_value_is_disputed(which, times, 0)
        found = self.disputes("OFFERED")
        if not found:
            return
        dispute = found[which % len(found)]
        if which % 3 and self.balance() < dispute.alternative_minor + dispute.fine_minor:
            self.credit(dispute.alternative_minor + dispute.fine_minor)
        before = self.balance()
        given = {"grn": self.guarantee.grn, "access_code": CODE} if form == "cited" else {}
        asked = {"declaration_id": dispute.declaration_id, "actor": self.actor, **given}
        verdict = self.act(dispute_accept, **asked)
        left = verdict is not None and verdict.release
        cash = dispute.security_minor + dispute.fine_minor + security_due(dispute.declaration_id)
        cash = cash if form == "cash" else 0  # with it goes what a critical quota asks for
        assert self.balance() == before - (self.taken(dispute.declaration_id, cash) if left else 0)
        after = self.balance()
        assert verdict is None or self.act(dispute_accept, **asked) is None
        assert self.balance() == after

    def taken(self, declaration_id: UUID, cash: int) -> int:
        """What left the account with goods that are disputed: the debt as declared, and what was set aside."""
        return FiscalStatus.objects.values_list("total_minor", flat=True).get(pk=declaration_id) + cash

    @rule(which=st.integers(0, 10_000))
    def a_dispute_is_withdrawn(self, which: int) -> None:
        found = self.disputes("OFFERED", "SECURED")
        if found:
            given = {"declaration_id": found[which % len(found)].declaration_id, "actor": self.officer}
            self.act(dispute_withdraw, reason="It was cleared up.", **given)
            assert self.act(dispute_withdraw, reason="Once more.", **given) is None

    @rule(which=st.integers(0, 10_000), outcome=st.sampled_from(Outcome), percent=st.integers(30, 101))
    def a_dispute_is_determined(self, which: int, outcome: Outcome, percent: int) -> None:
        if not self.disputes("SECURED"):
            self.security_is_given_for_what_is_disputed(3 * which + 1, 10, "cash" if which % 2 else "cited")
        found = self.disputes("SECURED")
        if not found:
            return
        dispute = found[which % len(found)]
        names = {*dispute.alternative_due, *debt_moved(dispute.declaration_id).authorities}
        amounts = {name: dispute.alternative_due.get(name, 0) * percent // 100 for name in names}
        given = {"declaration_id": dispute.declaration_id, "actor": self.supervisor, "outcome": outcome}
        given |= {"reason": "Decided on appeal.", "amounts": amounts if outcome is Outcome.AMOUNTS else None}
        self.act(dispute_determine, **given)
        before = self.balance()
        dispute.refresh_from_db()
        assert dispute.state == "SECURED" or self.act(dispute_determine, **given) is None
        assert self.balance() == before
        self.worker()

    @invariant()
    def what_is_disputed_is_secured(self) -> None:
        if self.references:
            assert sums.nothing(sums.DISPUTED_UNSECURED, self.trader.pk)
            assert sums.nothing(sums.SECURED_UNDISPUTED, self.trader.pk)
