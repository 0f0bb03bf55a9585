"""The ticks of facts and of the learning loop are in the schedule, and do what they are for when they run."""

from datetime import timedelta

import pytest
from django.conf import settings

from risk import tasks
from risk.models import DriftReading, GoodsBand, GoodsSeen, PartyDay, RuleDay
from singlewindow.celery import app
from singlewindow.kernel import clock
from tests.factories.risk import NOW, TODAY


@pytest.mark.parametrize("name", ["risk.forget", "risk.fold", "risk.count", "risk.learn"])
def test_each_tick_is_scheduled_and_registered(name: str) -> None:
    assert name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert name in app.tasks


@pytest.mark.django_db
def test_every_tick_may_run_twice() -> None:
    GoodsSeen.objects.create(hs6="847130", origin="CN", value_per_kg=100.0)
    PartyDay.objects.create(side="import", party="ZZIMP0001", day=TODAY - timedelta(days=99))
    with clock.frozen(NOW):
        for _ in range(2):
            for tick in (tasks.fold, tasks.count, tasks.learn, tasks.forget):
                tick()
    assert set(GoodsBand.objects.values_list("n", flat=True)) == {1}
    assert not PartyDay.objects.exists()
    assert not RuleDay.objects.exists()
    assert not DriftReading.objects.exists()
