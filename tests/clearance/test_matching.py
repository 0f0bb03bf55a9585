"""What is declared against manifests and captured events: found once, held by itself, lifted by officers alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from agencies.models import Hold
from agencies.selectors import holds_open_for
from agencies.types import HoldReason
from clearance.models import Case, Difference, EarlyWarning, PostClearanceCase
from clearance.services import CheckResult, case_claim, check_conclude
from declarations.models import Declaration
from risk.types import Outcome
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.capture.models import EventRemark
from singlewindow.kernel import clock
from tests.factories import accounts, clearance
from tests.factories.capture import event_json, gate, told
from tests.factories.cargo import bill_json, carrier, filed
from tests.factories.matching import arrived, jobs_do, lodged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country(db: None) -> None:
    clearance.country_load()


@pytest.fixture
def trader(country: None) -> Organisation:
    return clearance.trader_rich()


def rules(declaration_id: UUID, *, gone: bool = False) -> list[str]:
    rows = Difference.objects.filter(declaration_id=declaration_id, gone_at__isnull=not gone)
    return sorted(rows.values_list("rule", flat=True))


def state(declaration_id: UUID) -> str:
    return Declaration.objects.get(pk=declaration_id).legal_state


def held(declaration_id: UUID) -> list[str]:
    return [hold.reason.value for hold in holds_open_for(declaration_id)]


def seen(*events: dict[str, Any]) -> None:
    told(gate(), *events)
    jobs_do("clearance.event_told", "clearance.match")


def test_goods_that_agree_with_manifest_and_devices_are_released_by_themselves(trader: Organisation) -> None:
    filed(carrier(), bill_json("BLA", packages=10, mass="52"), expected_at=ago(hours=1))
    declaration_id = lodged(trader, "BLA", boxes=10)
    seen(event_json("weight"), event_json("seal"), event_json("scan"), event_json("container"))
    arrived(declaration_id)
    assert (state(declaration_id), rules(declaration_id), held(declaration_id)) == ("CLEARED", [], [])


@pytest.mark.parametrize(("net", "differs"), [("122", False), ("122.1", True)])
def test_MT103_a_weight_beyond_the_tolerance_holds_the_goods_by_itself(
    trader: Organisation, net: str, differs: bool
) -> None:
    """52 kg are declared; the tolerance is 50 kg and the 20 kg that the scale is unsure of."""
    declaration_id = lodged(trader, boxes=10)
    seen(event_json(weight={"gross": str(14220 + float(net)), "tare": "14220", "uncertainty": "20"}))
    assert rules(declaration_id) == (["MT-103"] if differs else [])
    arrived(declaration_id)
    assert (state(declaration_id), held(declaration_id)) == (("ACCEPTED", ["C03"]) if differs else ("CLEARED", []))
    assert EventRemark.objects.count() == differs


def test_a_misread_container_number_matches_nothing_and_holds_nothing(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10)
    mrn = Declaration.objects.get(pk=declaration_id).mrn
    seen(event_json("container", container={"number": "CSQU3054384"}, about={"mrn": mrn}))
    assert rules(declaration_id) == []
    seen(event_json("container", container={"number": "MSKU1234565"}, about={"mrn": mrn}))
    assert rules(declaration_id) == ["MT-101"]


@pytest.mark.parametrize(
    ("seal", "rule"),
    [
        ({"number": "SL123456", "state": "intact"}, []),
        ({"number": "SL999999", "state": "intact"}, ["MT-104"]),
        ({"number": "SL123456", "state": "broken"}, ["MT-105"]),
        ({"state": "missing"}, ["MT-106"]),
    ],
)
def test_MT104_to_MT106_a_seal_is_the_declared_one_and_whole(
    trader: Organisation, seal: dict[str, str], rule: list[str]
) -> None:
    declaration_id = lodged(trader, boxes=10)
    seen(event_json("seal", seal=seal))
    assert rules(declaration_id) == rule


def test_MT107_a_picture_that_contradicts_holds_and_an_unclear_one_does_not(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10)
    seen(event_json("scan", scan={"sha256": "ab" * 32, "lies_at": "x", "verdict": "unclear"}))
    assert rules(declaration_id) == []
    seen(event_json("scan", scan={"sha256": "ab" * 32, "lies_at": "x", "verdict": "contradicts", "says": "Bottles"}))
    assert rules(declaration_id) == ["MT-107"]


def by_road(**changes: Any) -> dict[str, Any]:
    road = {"border_mode": "3", "border_id": "KDA 123X", "border_id_type": "30", "border_nationality": "KE"}
    return {"office": "ZZ000301", "transport": road, "equipment": [], "previous_documents": []} | changes


def test_MT102_the_plate_at_the_gate_is_the_declared_one(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10, **by_road())
    mrn = Declaration.objects.get(pk=declaration_id).mrn
    seen(event_json("plate", plate={"number": "kda-123 x"}, about={"mrn": mrn}))
    assert rules(declaration_id) == []
    other = lodged(trader, boxes=10, **by_road())
    mrn = Declaration.objects.get(pk=other).mrn
    seen(event_json("plate", plate={"number": "KDB 777Z"}, about={"mrn": mrn}))
    assert rules(other) == ["MT-102"]


def test_a_lorry_that_was_weighed_by_its_plate_finds_its_declaration(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10, **by_road())
    seen(event_json(about={"plate": "KDA123X"}, weight={"gross": "15000", "tare": "14220"}))
    assert rules(declaration_id) == ["MT-103"]


def manifest_rules(trader: Organisation, *bills: dict[str, Any], **changes: Any) -> list[str]:
    """The rules that a manifest breaks that is filed after the declaration was lodged."""
    declaration_id = lodged(
        trader, "BLA", boxes=10, **{name: changes.pop(name) for name in ("equipment",) if name in changes}
    )
    filed(carrier(), *bills, **changes)
    jobs_do("clearance.manifest_told", "clearance.match")
    return rules(declaration_id)


@pytest.mark.parametrize(
    ("bill", "rule"),
    [
        ({"packages": 10, "mass": "52"}, []),
        ({"packages": 9, "mass": "52"}, ["MT-001"]),
        ({"packages": 10, "mass": "102"}, []),
        ({"packages": 10, "mass": "102.1"}, ["MT-002"]),
        ({"packages": 11, "mass": "5000"}, []),
        ({"packages": 10, "mass": "52", "consignee": {"name": "AMARI FOODS Limited", "id": "ZZIMP0001"}}, []),
        ({"packages": 10, "mass": "52", "consignee": {"name": "Amari Foods Ltd."}}, []),
        ({"packages": 10, "mass": "52", "consignee": {"name": "Coastal Ventures"}}, ["MT-004"]),
        ({"packages": 10, "mass": "52", "consignee": {"id": "ZZIMP0099", "name": "Amari Foods Ltd"}}, ["MT-004"]),
        ({"packages": 10, "mass": "52", "containers": [{"id": "MSKU1234565"}]}, ["MT-003"]),
    ],
)
def test_MT001_to_MT004_a_manifest_that_comes_later_is_compared(
    trader: Organisation, bill: dict[str, Any], rule: list[str]
) -> None:
    if "containers" in bill:
        goods = [{"number": 1, "description": "Household", "packages": {"count": 10}, "gross_mass_kg": "52"}]
        bill = bill | {"goods": goods}
    assert manifest_rules(trader, bill_json("BLA", **bill)) == rule


def test_MT006_the_ship_is_the_one_of_the_manifest(trader: Organisation) -> None:
    ship = {"id": "9319466", "name": "Other Star", "nationality": "PA", "voyage": "1"}
    assert manifest_rules(trader, bill_json("BLA", packages=10, mass="52"), conveyance=ship) == ["MT-006"]


def test_MT005_another_chapter_is_shown_and_holds_nothing(trader: Organisation) -> None:
    goods = [{"number": 1, "description": "Shoes", "hs": "6403", "packages": {"count": 10}, "gross_mass_kg": "52"}]
    declaration_id = lodged(trader, "BLA", boxes=10)
    filed(carrier(), bill_json("BLA", goods=goods))
    jobs_do("clearance.manifest_told", "clearance.match")
    assert rules(declaration_id) == ["MT-005"]
    arrived(declaration_id)
    assert (state(declaration_id), held(declaration_id)) == ("CLEARED", [])


def conclude(declaration_id: UUID) -> None:
    officer = accounts.actor(Role.OFFICER)
    case_claim(declaration_id=declaration_id, actor=officer)
    check_conclude(declaration_id=declaration_id, actor=officer, result=CheckResult(outcome=Outcome.CONFORM))


def test_MT010_the_same_difference_is_not_opened_twice_and_not_again_after_an_officer_decided(
    trader: Organisation,
) -> None:
    declaration_id = lodged(trader, boxes=10)
    device = gate()
    heavy = {"gross": "15000", "tare": "14220", "uncertainty": "20"}
    for weight in (heavy, heavy, heavy | {"gross": "15005"}):
        told(device, event_json(weight=weight))
        jobs_do("clearance.event_told", "clearance.match")
    assert (Difference.objects.count(), Hold.objects.count()) == (1, 1)
    arrived(declaration_id)
    case = Case.objects.get(pk=declaration_id)
    assert (case.control_state, case.lane, case.blocking) == ("DOCS_REQUIRED", "YELLOW", "customs_hold")
    conclude(declaration_id)
    assert state(declaration_id) == "CLEARED"
    assert Hold.objects.get().state == "lifted"
    told(device, event_json(weight=heavy | {"gross": "14999"}))
    jobs_do("clearance.event_told", "clearance.match")
    assert (Difference.objects.count(), Hold.objects.count(), EarlyWarning.objects.count()) == (1, 1, 0)


def test_MT011_a_second_look_removes_the_difference_and_the_hold_stays_for_the_officer(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10)
    device = gate()
    told(device, event_json("seal", seal={"number": "SL1", "state": "intact"}, happened_at=ago(hours=2)))
    jobs_do("clearance.event_told", "clearance.match")
    assert held(declaration_id) == ["C03"]
    told(device, event_json("seal", happened_at=ago(hours=1)))
    jobs_do("clearance.event_told", "clearance.match")
    assert (rules(declaration_id), rules(declaration_id, gone=True)) == ([], ["MT-104"])
    arrived(declaration_id)
    assert (state(declaration_id), held(declaration_id)) == ("ACCEPTED", ["C03"])
    conclude(declaration_id)
    assert state(declaration_id) == "CLEARED"


def ago(**span: int) -> str:
    return (clock.now() - timedelta(**span)).isoformat()


def test_an_event_on_accepted_goods_that_wait_for_money_holds_them_and_begins_the_check(trader: Organisation) -> None:
    poor = accounts.organisation(identifier="ZZIMP0002", name="Kito Electronics")
    parties = {name: {"id": "ZZIMP0002", "name": "Kito Electronics"} for name in ("declarant", "importer")}
    declaration_id = lodged(poor, boxes=10, presented=True, **parties)
    assert (state(declaration_id), Case.objects.get(pk=declaration_id).blocking) == ("ACCEPTED", "money")
    seen(event_json("seal", seal={"state": "missing"}))
    case = Case.objects.get(pk=declaration_id)
    assert (case.control_state, case.blocking, case.lane) == ("DOCS_REQUIRED", "customs_hold", "YELLOW")
    assert held(declaration_id) == ["C03"]
    conclude(declaration_id)
    assert Case.objects.get(pk=declaration_id).control_state == "DONE"
    seen(event_json("seal", seal={"number": "SL123456", "state": "broken"}))
    assert (Case.objects.get(pk=declaration_id).control_state, held(declaration_id)) == ("DOCS_REQUIRED", ["C03"])


def test_MT010_what_was_told_a_moment_before_the_acceptance_holds_the_goods(trader: Organisation) -> None:
    """The job that looks for the event's declarations has not run yet: the acceptance looks itself."""
    declaration_id = lodged(trader, boxes=10)
    told(gate(), event_json("seal", seal={"number": "SL123456", "state": "broken"}))
    arrived(declaration_id)
    assert (state(declaration_id), held(declaration_id), rules(declaration_id)) == ("ACCEPTED", ["C03"], ["MT-105"])
    jobs_do()
    assert (Hold.objects.count(), Difference.objects.count()) == (1, 1)


def test_MT012_goods_that_left_get_an_audit_and_a_warning_and_no_hold(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10, presented=True)
    assert state(declaration_id) == "CLEARED"
    PostClearanceCase.objects.all().delete()
    with clock.frozen(clock.now() + timedelta(hours=23)):
        seen(event_json("seal", seal={"number": "SL123456", "state": "broken"}))
    assert (state(declaration_id), held(declaration_id), rules(declaration_id)) == ("CLEARED", [], ["MT-105"])
    assert PostClearanceCase.objects.get().source == "DIFFERENCE", "unless the release had opened one"
    assert EarlyWarning.objects.get().kind == "left"


def test_MT012_what_is_seen_of_the_container_long_after_release_is_of_other_goods(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10, presented=True)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        seen(event_json("seal", seal={"number": "SL123456", "state": "broken"}))
    assert rules(declaration_id) == []


def test_the_trader_is_told_a_code_and_neither_what_differs_nor_who_saw_it(trader: Organisation) -> None:
    declaration_id = lodged(trader, boxes=10)
    seen(event_json("seal", seal={"number": "SLX", "state": "broken"}))
    arrived(declaration_id)
    told_trader = PartyEvent.objects.filter(organisation=trader, subject_id=str(declaration_id))
    holds = [event.data for event in told_trader if event.type == "hold.opened"]
    assert [one["reason"] for one in holds] == [HoldReason.CUSTOMS_COMPARISON.value]
    text = " ".join(str(event.data) for event in told_trader)
    for secret in ("MT-", "SLX", "SEAL-01", "broken"):
        assert secret not in text


def test_a_container_that_others_share_says_nothing_by_its_weight(trader: Organisation) -> None:
    ids = [lodged(trader, boxes=10), lodged(trader, boxes=10)]
    seen(event_json(weight={"gross": "15000", "tare": "14220"}))
    assert [rules(one) for one in ids] == [[], []]
