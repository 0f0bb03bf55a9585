"""The demonstration country's own trade, in the order in which it is filed: it flows, and the odd ones are held."""

from collections import Counter

import pytest

from risk.services import history_update, risk_assess, risk_load
from risk.types import HistoryEvent, Lane
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.demo.consignments import consignments
from singlewindow.kernel import clock
from tests.factories.risk import NOW, DeclarationMessage, snapshot

ACTOR = system_actor("tests")


@pytest.mark.django_db
def test_at_least_nine_in_ten_of_the_demonstration_leave_green_or_blue(loaded: None) -> None:
    risk_load(actor=ACTOR)
    lanes: Counter[Lane] = Counter()
    for consignment in consignments(seed=7, count=250, until=NOW, days=30):
        message = DeclarationMessage.model_validate(consignment.message)
        with clock.frozen(consignment.lodged_at), unit_of_work() as work:
            of = snapshot(message, lodged_at=consignment.lodged_at)
            lanes[risk_assess(work, of, actor=ACTOR).lane] += 1
            history_update(work, of, event=HistoryEvent.ACCEPTED)
    held = lanes[Lane.YELLOW] + lanes[Lane.RED]
    assert held <= 25, lanes
    assert held >= 3, lanes
