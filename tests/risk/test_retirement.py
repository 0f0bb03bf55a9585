"""F29: a profile that finds too little for sixty days is marked, and nothing ends by itself."""

from datetime import timedelta
from typing import Any

import pytest

from risk.models import Profile, RuleDay
from risk.rules.learning import PRECISION_MIN, RETIRE_CHECKS, retire
from risk.services.retirement import profiles_retire_mark
from risk.states import ProfileState
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.kernel import clock
from tests.factories import profiles
from tests.factories.risk import NOW, TODAY

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=60)


def live() -> Profile:
    with clock.frozen(NOW):
        return profiles.live(valid_days=180)


def found(profile: Profile, checks: int, findings: int, *, back: int = 1) -> None:
    day = TODAY + timedelta(days=60 - back)
    RuleDay.objects.create(rule=profile.code, day=day, hits=checks, inspections=checks, findings=findings)


def marked(at: Any = LATER) -> list[str]:
    with clock.frozen(at):
        return profiles_retire_mark()


@pytest.mark.parametrize(
    ("checks", "findings", "poor"),
    [(20, 0, True), (19, 0, False), (20, 1, False), (100, 4, True), (100, 5, False), (0, 0, False)],
)
def test_RM_LRN_03_under_five_percent_of_twenty_checks_is_too_little(checks: int, findings: int, poor: bool) -> None:
    assert (PRECISION_MIN, RETIRE_CHECKS) == (0.05, 20)
    assert retire(checks, findings) is poor


def test_RM_LRN_03_a_profile_that_finds_too_little_for_sixty_days_is_marked_once_and_stays_live(loaded: None) -> None:
    profile = live()
    found(profile, 40, 1)
    assert marked() == [profile.code]
    assert marked(LATER + timedelta(days=1)) == []
    profile.refresh_from_db()
    assert (profile.state, profile.retire_proposed_at) == (ProfileState.LIVE.value, LATER)
    assert Event.objects.filter(verb=Verb.PROFILE_RETIREMENT.value, subject_id=str(profile.id)).count() == 1


def test_RM_LRN_03_a_profile_live_for_less_than_sixty_days_is_left_alone(loaded: None) -> None:
    found(live(), 40, 0)
    assert marked(LATER - timedelta(seconds=1)) == []
    assert len(marked()) == 1


def test_RM_LRN_03_checks_of_before_the_sixty_days_do_not_count(loaded: None) -> None:
    profile = live()
    found(profile, 40, 0, back=60)
    assert marked() == []
    found(profile, 20, 0, back=59)
    assert marked() == [profile.code]


def test_RM_LRN_03_the_mark_goes_when_it_finds_enough_again(loaded: None) -> None:
    profile = live()
    found(profile, 40, 0)
    marked()
    found(profile, 10, 10, back=0)
    assert marked() == []
    profile.refresh_from_db()
    assert profile.retire_proposed_at is None
