"""Permits are issued, change, expire, are written off by hand; agencies hold goods."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from agencies.models import ContingencyEntry, Hold, LpcoNeed, Permit, WriteOff
from agencies.services import (
    contingency_match,
    contingency_record,
    contingency_reject,
    hold_decide,
    hold_open,
    permit_expire,
    permit_step,
    permit_write_off,
    write_off_reverse,
)
from agencies.services.contingency import LACKING, ContingencyOrder
from agencies.services.holds import Decision
from agencies.types import HoldReason
from declarations.selectors import declaration_head, declaration_snapshot
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories.agencies import oranges
from tests.factories.clearance import jobs_do
from tests.factories.declarations import lrn_new
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld


class Permits(MoneyWorld):
    """What agencies do."""

    def permit(self, which: int) -> UUID:
        """One of the permits."""
        return self.permits[which % len(self.permits)].pk

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000))
    def an_agency_holds(self, which: int) -> None:
        def held() -> None:
            with unit_of_work() as work:
                snapshot = declaration_snapshot(self.some(which), lock=True)
                if snapshot.legal_state == "ACCEPTED":
                    reason = HoldReason.DOCUMENTS
                    hold_open(work, snapshot, agency="PHY", reason=reason, actor=system_actor("tests"), at=clock.now())

        self.act(held)

    @precondition(lambda self: self.declarations)
    @rule(which=st.integers(0, 10_000), decision=st.sampled_from([Decision.LIFT, Decision.LIFT, Decision.UPHOLD]))
    def an_agency_decides(self, which: int, decision: Decision) -> None:
        for hold in Hold.objects.filter(declaration_id=self.some(which), agency="PHY", state="open"):
            self.act(hold_decide, hold_id=hold.pk, actor=self.agency, decision=decision, reason="Looked at.")
        jobs_do(self.some(which))

    @rule(which=st.integers(0, 9), step=st.sampled_from(["suspend", "reinstate", "reinstate", "revoke"]))
    def a_permit_changes(self, which: int, step: str) -> None:
        self.act(permit_step, permit_id=self.permit(which), actor=self.agency, step=step, reason="As found.")

    @rule(which=st.integers(0, 9))
    def a_permit_expires(self, which: int) -> None:
        after = Permit.objects.values_list("valid_to", flat=True).get(pk=self.permit(which)) + timedelta(days=1)

        def expired() -> bool:
            with unit_of_work() as work:
                return permit_expire(work, self.permit(which), actor=self.window, on=after)

        self.act(expired)
        assert self.act(expired) is False

    @precondition(lambda self: len(self.permits) < 8)
    @rule(kilograms=st.integers(1, 80))
    def a_permit_is_issued(self, kilograms: int) -> None:
        self.permit_new(kilograms)

    @rule(which=st.integers(0, 9), quantity=st.decimals("0.1", "12", places=1))
    def a_permit_is_written_off_by_hand(self, which: int, quantity: Decimal) -> None:
        self.act(
            permit_write_off,
            permit_id=self.permit(which),
            actor=self.agency,
            quantity=quantity,
            unit="KGM",
            reason="Hand luggage",
        )

    @rule(which=st.integers(0, 9))
    def an_entry_by_hand_is_reversed(self, which: int) -> None:
        entry = WriteOff.objects.filter(permit_id=self.permit(which), kind__in=["manual", "contingency"]).last()
        if entry is None:
            return
        given = {"permit_id": entry.permit_id, "entry_id": entry.pk, "actor": self.agency, "reason": "In error."}
        self.act(write_off_reverse, **given)
        assert self.act(write_off_reverse, **given) is None

    @rule(mass=st.integers(1, 20))
    def goods_are_declared_without_their_permit(self, mass: int) -> None:
        price = {"amount": f"{mass * Decimal('1.4'):f}", "currency": "EUR"}
        line = {"net_mass_kg": str(mass), "gross_mass_kg": str(mass + 1), "price": price}
        self.lodge(oranges(line, trader=self.trader.identifier, lrn=lrn_new(), invoice_total=price))

    def lacking(self) -> list[UUID]:
        """Declarations that wait for a permit which they do not cite."""
        needs = LpcoNeed.objects.filter(declaration_id__in=self.declarations, code="7P01", state__in=LACKING)
        ids = sorted(set(needs.values_list("declaration_id", flat=True)))
        return [one for one in ids if declaration_head(one).legal_state == "ACCEPTED"]

    def room(self) -> list[Permit]:
        """Permits in force of which something is left, the one with most of it first; else any."""
        found = Permit.objects.filter(pk__in=[one.pk for one in self.permits])
        ready = [one for one in found if one.state == "issued" and one.used + 1 <= one.quantity]
        return sorted(ready, key=lambda one: one.used - one.quantity) or self.permits

    @rule(which=st.integers(0, 10_000), quantity=st.integers(1, 20))
    def a_permit_is_entered_by_customs_while_its_agency_cannot_be_asked(self, which: int, quantity: int) -> None:
        if not self.lacking():
            self.goods_are_declared_without_their_permit(quantity)
        ids = self.lacking() or self.declarations
        if not ids:
            return
        declaration_id = ids[which % len(ids)]
        order = ContingencyOrder(
            mrn=declaration_head(declaration_id).mrn,
            code="7P01",
            number=self.room()[0].number,
            quantity=Decimal(quantity),
            unit="KGM",
            cause="issuer_down",
            reference="Telephone call, 10:40",
            reason="The service of the agency is down",
        )
        given = {"actor": self.officer, "order": order}
        if self.act(contingency_record, **given) is not None:
            assert self.act(contingency_record, **given) is None
        jobs_do(declaration_id)

    @rule(which=st.integers(0, 10_000), fits=st.sampled_from([True, True, False]), less=st.integers(0, 2))
    def what_was_entered_is_reconciled(self, which: int, fits: bool, less: int) -> None:
        entries = ContingencyEntry.objects.filter(declaration_id__in=self.declarations, state="open").order_by("pk")
        if not entries:
            self.a_permit_is_entered_by_customs_while_its_agency_cannot_be_asked(which, 1 + which % 20)
        entry = entries.first()
        if entry is None:
            return
        room = self.room()
        number, given = room[which % len(room)].number, {"entry_id": entry.pk, "actor": self.agency}
        taken = {"number": number, "quantity": max(entry.quantity - less, Decimal(1)), "reason": "As entered."}
        if fits and self.act(contingency_match, **taken, **given) is None:
            return  # the permit does not bear it: another one may
        if not fits:
            self.act(contingency_reject, reason="Nobody knows it.", **given)
        assert self.act(contingency_match, **taken, **given) is None
        assert ContingencyEntry.objects.get(pk=entry.pk).state == ("matched" if fits else "rejected")

    @invariant()
    def permits_are_what_was_written_off(self) -> None:
        if not self.references:
            return
        assert sums.nothing(sums.PERMITS, self.trader.pk)
        assert sums.nothing(sums.PERMITS_APART, self.trader.pk)
        assert sums.nothing(sums.RETURNED_TWICE, self.trader.pk)
        assert sums.nothing(sums.MATCHED_APART, self.trader.pk)
