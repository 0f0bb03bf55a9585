"""Disclaimers by code: recorded, drawn by chance, checked, and a false one told to risk (AG-090 to AG-093)."""

from decimal import Decimal
from uuid import UUID

import pytest

from agencies.models import DisclaimerUse, Hold
from agencies.rules.draw import drawn
from agencies.selectors import lpco_status
from agencies.selectors.standing import agency_standing
from agencies.services import disclaimer_check, holds_open, permits_reserve
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused
from tests.factories import accounts, agencies
from tests.factories.agencies import oranges, snapshot

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def officer() -> Actor:
    return accounts.actor(Role.AGENCY_OFFICER, agency="PHY")


def declared(trader: Organisation, *, code: str = "7W01", id: UUID | None = None) -> DeclarationSnapshot:
    message = oranges({"documents": [{"code": code, "id": "LAB"}]}, trader=trader.identifier)
    declaration = snapshot(message, of=trader, at=clock.now(), id=id)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=clock.now())
        holds_open(work, declaration, actor=SYSTEM, at=clock.now(), outcomes=outcomes)
    return declaration


def test_AG_090_a_disclaimer_lifts_the_need_and_is_recorded_with_the_seed_of_its_draw(trader):
    agencies.requirement()
    agencies.disclaimer()
    declaration = declared(trader)
    assert lpco_status(declaration.id).satisfied
    use = DisclaimerUse.objects.get()
    assert (use.code, use.agency, use.sampled, len(use.seed)) == ("7W01", "PHY", False, 32)
    assert Event.objects.filter(verb="disclaimer.used", subject_id=str(declaration.id)).count() == 1
    (status,), answer = agency_standing(declaration.id)
    assert (status.verdict, status.code, answer.verdict) == ("disclaimed", "7W01", "disclaimed")


@pytest.mark.parametrize(
    "change", [{"hs_prefixes": ["0701"]}, {"valid_to": "2025-12-31"}, {"valid_from": "2099-01-01"}]
)
def test_AG_090_a_disclaimer_that_is_not_for_these_goods_or_this_day_lifts_nothing(trader, change):
    agencies.requirement()
    agencies.disclaimer(**change)
    assert not lpco_status(declared(trader).id).satisfied
    assert not DisclaimerUse.objects.exists()


def test_AG_091_a_drawn_disclaimer_holds_the_goods_until_it_is_checked(trader, officer):
    agencies.requirement()
    agencies.disclaimer(share_checked=Decimal(1))
    declaration = declared(trader)
    assert not lpco_status(declaration.id).satisfied
    hold = Hold.objects.get(declaration_id=declaration.id)
    assert (hold.reason, hold.state) == ("D01", "open")
    use = DisclaimerUse.objects.get()
    vet = accounts.actor(Role.AGENCY_OFFICER, agency="VET")
    with pytest.raises(NotFound):
        disclaimer_check(use_id=use.pk, actor=vet, holds=True, reason="x")
    with pytest.raises(RuleViolated):
        disclaimer_check(use_id=use.pk, actor=officer, holds=True, reason=" ")
    disclaimer_check(use_id=use.pk, actor=officer, holds=True, reason="Laboratory confirmed")
    hold.refresh_from_db()
    assert (hold.state, lpco_status(declaration.id).satisfied) == ("lifted", True)
    with pytest.raises(TransitionRefused):
        disclaimer_check(use_id=use.pk, actor=officer, holds=False, reason="Changed my mind")


def test_AG_092_a_false_disclaimer_keeps_the_goods_and_is_told_to_risk(trader, officer):
    agencies.requirement()
    agencies.disclaimer(share_checked=Decimal(1))
    declaration = declared(trader)
    disclaimer_check(use_id=DisclaimerUse.objects.get().pk, actor=officer, holds=False, reason="Sold in a market")
    assert Hold.objects.get(declaration_id=declaration.id).state == "upheld"
    assert not lpco_status(declaration.id).satisfied
    job = Job.objects.get(kind="risk.disclaimer")
    assert (job.subject_id, job.payload["code"]) == (str(declaration.id), "7W01")


def test_AG_091_the_draw_can_be_repeated_and_meets_its_share():
    ids = [UUID(int=number) for number in range(2000)]
    hits = [drawn("seed", one, 1, "7W01", Decimal("0.1")) for one in ids]
    assert hits == [drawn("seed", one, 1, "7W01", Decimal("0.1")) for one in ids]
    assert 140 < sum(hits) < 260
    assert not any(drawn("seed", one, 1, "7W01", Decimal(0)) for one in ids)
    assert all(drawn("seed", one, 1, "7W01", Decimal(1)) for one in ids)


def test_AG_091_an_amended_declaration_keeps_its_draw(trader):
    from dataclasses import replace

    agencies.requirement()
    agencies.disclaimer(share_checked=Decimal("0.5"))
    declaration = declared(trader)
    first = DisclaimerUse.objects.get()
    for version in range(2, 6):
        with unit_of_work() as work:
            permits_reserve(work, replace(declaration, version=version), actor=SYSTEM, at=clock.now())
    uses = DisclaimerUse.objects.all()
    assert {(use.seed, use.sampled) for use in uses} == {(first.seed, first.sampled)}
    assert uses.count() == 5
