"""What a case shows of its alerts (CL-CLK-01)."""

from itertools import permutations

import pytest

from clearance.services.alerts import latest_alert
from clearance.types import AlertKind


@pytest.mark.parametrize("came", list(permutations(AlertKind)), ids=lambda kinds: ", ".join(kinds))
def test_a_case_shows_its_latest_alert_in_whatever_order_the_jobs_came(came: tuple[AlertKind, ...]) -> None:
    shown = ""
    for kind in came:
        shown = latest_alert(shown, kind)
    assert shown == AlertKind.LATE_LIST


def test_amber_that_comes_after_red_does_not_hide_it() -> None:
    assert latest_alert("red", AlertKind.AMBER) == "red"
    assert latest_alert("", AlertKind.AMBER) == "amber"
