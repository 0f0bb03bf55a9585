"""The demonstration's profiles: one in force, one before the supervisor, one being written."""

from datetime import timedelta

import pytest

from risk.models import Profile
from risk.selectors.rule_sets import rule_set_in_force
from risk.services import risk_assess
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.db.work import unit_of_work
from singlewindow.demo.people import people_load
from singlewindow.demo.profiles import profiles_load
from singlewindow.kernel import clock
from tests.factories import risk

pytestmark = pytest.mark.django_db


def test_profiles_stand_in_every_state_that_the_demonstration_shows_and_are_made_once() -> None:
    people_load()
    with clock.frozen(clock.now() - timedelta(days=1)), unit_of_work() as work:
        risk_assess(work, risk.snapshot(), actor=system_actor("tests"), facts=risk.facts())
    assert profiles_load() == 3
    assert profiles_load() == 0
    found = Profile.objects.order_by("code")
    assert [row.state for row in found] == ["live", "proposed", "draft"]
    assert [one["code"] for one in rule_set_in_force().document["profiles"]] == ["PR-0001"]
    assert Proposal.objects.get(state="open").subject_id == str(found[1].id)


def test_without_any_trade_they_are_drafts() -> None:
    people_load()
    assert profiles_load() == 3
    assert {row.state for row in Profile.objects.all()} == {"draft"}
