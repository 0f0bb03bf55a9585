"""Permits entered by hand while their agency cannot be asked, and their reconciliation (AG-070 to AG-074); L4."""

from decimal import Decimal

import pytest

from agencies.models import ContingencyEntry, Hold, Permit, WriteOff
from agencies.selectors import lpco_status, permits_out_of_balance
from agencies.services import (
    contingency_match,
    contingency_record,
    contingency_reject,
    holds_open,
    permit_write_off,
    permits_reserve,
    write_off_reverse,
)
from agencies.services.contingency import ContingencyOrder
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel, DeclarationSnapshot
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts, agencies
from tests.factories.agencies import oranges

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def waiting(trader) -> DeclarationSnapshot:
    """A declaration that waits for a permit of plant health."""
    agencies.requirement()
    message = oranges(trader=trader.identifier)
    lodged = declaration_lodge(message=message, actor=accounts.actor(of=trader), channel=Channel.JSON)
    declaration = declaration_snapshot(lodged.id)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=clock.now())
        holds_open(work, declaration, actor=SYSTEM, at=clock.now(), outcomes=outcomes)
    return declaration


def order(declaration: DeclarationSnapshot, **changes) -> ContingencyOrder:
    columns = {
        "mrn": declaration.mrn,
        "code": "7P01",
        "number": "PHY-9",
        "quantity": Decimal(10),
        "unit": "KGM",
        "cause": "issuer_down",
        "reference": "Telephone call, 10:40",
        "reason": "The service of the agency is down",
    }
    return ContingencyOrder(**(columns | changes))


def customs() -> Actor:
    return accounts.actor(Role.OFFICER)


def officer(agency: str = "PHY") -> Actor:
    return accounts.actor(Role.AGENCY_OFFICER, agency=agency)


def test_AG_072_an_entry_by_hand_lets_the_goods_go_on_and_waits_to_be_reconciled(waiting):
    entry = contingency_record(actor=customs(), order=order(waiting))
    assert lpco_status(waiting.id).satisfied
    assert Hold.objects.get(declaration_id=waiting.id).state == "lifted"
    assert ContingencyEntry.objects.get(pk=entry).state == "open"
    with pytest.raises(RuleViolated) as refused:
        contingency_record(actor=customs(), order=order(waiting))
    assert refused.value.violations[0].rule == "AG-072"


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": Decimal(0)},
        {"quantity": Decimal(-1)},
        {"quantity": Decimal("1e-7")},
        {"code": "N851"},
        {"cause": "hurry"},
        {"reference": " "},
        {"reason": ""},
        {"number": ""},
    ],
)
def test_AG_070_an_entry_without_its_facts_is_refused_and_leaves_nothing(waiting, change):
    with pytest.raises(RuleViolated) as refused:
        contingency_record(actor=customs(), order=order(waiting, **change))
    assert [found.rule for found in refused.value.violations] == ["AG-070"]
    assert Hold.objects.get(declaration_id=waiting.id).state == "open"


def test_AG_071_paper_is_entered_by_its_own_agency_only(waiting):
    with pytest.raises(NotPermitted):
        contingency_record(actor=customs(), order=order(waiting, cause="paper"))
    with pytest.raises(NotFound):
        contingency_record(actor=officer("VET"), order=order(waiting, cause="paper"))
    with pytest.raises(NotPermitted):
        contingency_record(actor=accounts.actor(), order=order(waiting))
    assert contingency_record(actor=officer(), order=order(waiting, cause="paper"))


@pytest.mark.parametrize(("taken", "difference"), [("10", "0"), ("8", "2"), ("11", "-1")])
def test_AG_074_a_match_writes_off_the_permit_and_tells_the_difference(waiting, trader, taken, difference):
    permit = agencies.permit(trader, valid_to="2030-12-31")
    entry = contingency_record(actor=customs(), order=order(waiting, number=permit.number))
    told = contingency_match(
        entry_id=entry, actor=officer(), number=permit.number, quantity=Decimal(taken), reason="Paper seen"
    )
    permit.refresh_from_db()
    assert (told, permit.used) == (Decimal(difference), Decimal(taken))
    assert WriteOff.objects.get(permit=permit).kind == "contingency"
    assert permits_out_of_balance() == []
    with pytest.raises(TransitionRefused):
        contingency_reject(entry_id=entry, actor=officer(), reason="x")


def test_AG_073_who_entered_it_does_not_reconcile_it_and_no_other_agency_does(waiting, trader):
    permit = agencies.permit(trader, valid_to="2030-12-31")
    me = officer()
    entry = contingency_record(actor=me, order=order(waiting, number=permit.number, cause="paper"))
    matched = {"entry_id": entry, "number": permit.number, "quantity": Decimal(10), "reason": "x"}
    with pytest.raises(NotPermitted):
        contingency_match(actor=me, **matched)
    with pytest.raises(NotFound):
        contingency_match(actor=officer("VET"), **matched)
    with pytest.raises(RuleViolated):
        contingency_match(actor=officer(), **(matched | {"quantity": Decimal(101)}))
    assert ContingencyEntry.objects.get().state == "open"
    contingency_reject(entry_id=entry, actor=officer(), reason="No such paper")
    assert Permit.objects.get(pk=permit.pk).used == 0


def test_L4_an_entry_by_hand_is_reversed_once(trader):
    permit = agencies.permit(trader, valid_to="2030-12-31")
    permit_write_off(permit_id=permit.pk, actor=officer(), quantity=Decimal(100), unit="KGM", reason="Paper")
    entry = WriteOff.objects.get()
    back = write_off_reverse(permit_id=permit.pk, entry_id=entry.pk, actor=officer(), reason="Wrong permit")
    assert (back.used, back.state) == (0, "issued")
    with pytest.raises(TransitionRefused):
        write_off_reverse(permit_id=permit.pk, entry_id=entry.pk, actor=officer(), reason="Again")
    with pytest.raises(NotFound):
        write_off_reverse(permit_id=permit.pk, entry_id=entry.pk, actor=officer("VET"), reason="Not mine")
    reversal = WriteOff.objects.get(kind="recredit")
    with pytest.raises(NotFound):
        write_off_reverse(permit_id=permit.pk, entry_id=reversal.pk, actor=officer(), reason="Back again")
    assert permits_out_of_balance() == []


def test_a_conflict_of_two_entries_for_one_need_is_told(waiting):
    contingency_record(actor=customs(), order=order(waiting, item=1))
    from agencies.models import LpcoNeed

    LpcoNeed.objects.filter(declaration_id=waiting.id).update(state="missing")
    with pytest.raises(Conflict):
        contingency_record(actor=customs(), order=order(waiting, item=1))
