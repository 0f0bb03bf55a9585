"""A new list is held against what is open: what is found goes up a lane, is held, and its trader learns no more."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from agencies.selectors import holds_open_for
from clearance.models import Case
from clearance.tasks import rescore, rescreen
from declarations.selectors import declaration_head
from declarations.states import LegalState
from risk.models import RiskAssessment
from risk.selectors import trader_steps_for
from risk.services import alert_propose
from risk.types import AlertKind, TraderStep
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.clearance import country_load, lodged, trader_rich
from tests.factories.governance import ANALYST, agree
from tests.factories.screening import forget, put_in_force, un_file

LISTED = {"id": "XX99", "name": "Bosco Ntaganda", "address": {"country": "CN"}}
PEOPLE = [(6908001, "BOSCO", "NTAGANDA")]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _country(db: None) -> Iterator[None]:
    country_load()
    forget()
    yield
    forget()


@pytest.fixture
def poor() -> Organisation:
    """A trader without money, whose green goods wait for it."""
    return accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")


def list_live() -> None:
    put_in_force([un_file(PEOPLE)])
    jobs_due(rescreen)
    jobs_due(rescore)


def jobs_due(task: Any) -> None:
    task(list(Job.objects.filter(kind=task.name, state="todo").values_list("id", flat=True)))


def newest(declaration_id: UUID) -> RiskAssessment:
    return RiskAssessment.objects.filter(declaration_id=declaration_id).order_by("-id")[0]


def test_RM_SCR_02_a_new_list_holds_what_waits_and_names_its_reason_to_officers_only(poor: Organisation) -> None:
    declaration_id = lodged(poor, exporter=LISTED)
    assert Case.objects.get(pk=declaration_id).control_state == "NONE"
    list_live()
    case, result = Case.objects.get(pk=declaration_id), newest(declaration_id)
    assert (case.lane, case.control_state, case.blocking) == ("RED", "PHYSICAL", "customs_hold")
    assert (result.stage, result.lane, result.hard, result.pick) == ("again", "RED", True, "hard")
    (line,) = [reason for reason in result.reasons if reason["rule"] == "RM-SCR-01"]
    assert line["figures"]["listed"] == "BOSCO NTAGANDA"
    assert line["figures"]["decision"] == "undecided"
    assert result.screening_version
    assert [hold.agency for hold in holds_open_for(declaration_id)] == ["CUS"]
    told = [str(event.data) for event in PartyEvent.objects.filter(subject_id=str(declaration_id))]
    assert not any(re.search(r"NTAGANDA|RM-|\bRED\b|screen", text, re.IGNORECASE) for text in told)
    filer = accounts.actor(Role.TRADER, of=poor)
    codes = {step.code.value for step in trader_steps_for(declaration_id, filer)}
    assert {"TS-DOCUMENTS", "TS-GOODS"} <= codes <= {step.value for step in TraderStep}


def test_RM_SCR_02_the_second_look_finds_nothing_that_is_known_already(poor: Organisation) -> None:
    declaration_id = lodged(poor, exporter=LISTED)
    list_live()
    jobs_due(rescreen)
    assert not Job.objects.filter(kind=rescore.name, state="todo").exists()
    assert RiskAssessment.objects.filter(declaration_id=declaration_id, stage="again").count() == 1


def test_RM_SCR_02_what_is_released_is_left() -> None:
    released = lodged(trader_rich(), exporter=LISTED)
    assert declaration_head(released).legal_state in (LegalState.RELEASED, LegalState.CLEARED)
    list_live()
    assert not RiskAssessment.objects.filter(stage="again").exists()


def test_RM_SCR_02_what_meets_nothing_is_not_scored_again(poor: Organisation) -> None:
    lodged(poor)
    list_live()
    assert not RiskAssessment.objects.filter(stage="again").exists()


def test_RM_SCR_02_goods_on_their_way_are_chosen_before_they_arrive(poor: Organisation) -> None:
    declaration_id = lodged(poor, exporter=LISTED, type_code="IMD")
    list_live()
    case = Case.objects.get(pk=declaration_id)
    assert (case.lane, case.control_state) == ("RED", "SELECTED")
    assert case.blocking == "goods"


def test_RM_SCR_01_a_declaration_lodged_after_the_list_is_red_at_once() -> None:
    put_in_force([un_file(PEOPLE)])
    declaration_id = lodged(trader_rich(), exporter=LISTED)
    assert Case.objects.get(pk=declaration_id).lane == "RED"
    assert newest(declaration_id).stage == "acceptance"


NAMES = ("mrn", "lrn", "effective_at", "released_at", "hold", "deadline", "occurred_at", "until")
"""What differs between any two declarations."""


def told(declaration_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """What the parties were told, in order, without what names the very declaration."""
    events = PartyEvent.objects.filter(subject_id=str(declaration_id)).order_by("id")
    return [(event.type, {key: value for key, value in event.data.items() if key not in NAMES}) for event in events]


def test_a_trader_cannot_tell_a_match_from_an_alert() -> None:
    """The same codes, the same events in the same order, on the feed and on the page, whatever held the goods."""
    rich = trader_rich()
    entry: dict[str, Any] = {
        "kind": AlertKind.PARTY,
        "value": "XX98",
        "reason": "seen",
        "basis": "act",
        "owner": "desk",
    }
    agree(alert_propose(actor=ANALYST, valid_to=clock.today() + timedelta(days=9), **entry))
    put_in_force([un_file(PEOPLE)])
    listed = lodged(rich, exporter=LISTED)
    alerted = lodged(rich, exporter=LISTED | {"id": "XX98", "name": "Ordinary Exports"})
    rules = [{reason["rule"] for reason in newest(one).reasons if reason["lane"]} for one in (listed, alerted)]
    assert rules == [{"RM-SCR-01"}, {"RM-ALE-01"}]
    assert told(listed) == told(alerted) != []
    filer = accounts.actor(Role.TRADER, of=rich)
    assert trader_steps_for(listed, filer) == trader_steps_for(alerted, filer)
