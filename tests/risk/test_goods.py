"""What is usual for goods: histograms, their fold, and the fields that rest on them."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from risk.models import GoodsBand, GoodsSeen
from risk.rules.bands import (
    HALVED_OVER,
    LARGEST,
    LEARNED_FROM,
    SMALLEST,
    bucket_of,
    counted,
    merged,
    place,
    quantile,
)
from risk.rules.consignment import consignment_of
from risk.rules.record import record_of
from risk.selectors.facts import facts_for
from risk.services import goods_fold, history_update
from risk.types import Counts, HistoryEvent
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories.risk import NOW, facts, item, message, snapshot


def histogram(values: list[float]) -> Counts:
    return merged(None, counted(values))


@given(st.lists(st.floats(min_value=1e-6, max_value=1e9), min_size=1, max_size=200), st.floats(0.01, 1))
def test_RM_FCT_02_a_quantile_is_within_3_percent_of_the_value_at_its_place(values: list[float], share: float) -> None:
    found = quantile(histogram(values), share)
    ordered = sorted(values)
    exact = ordered[max(-(-len(values) * share // 1), 1).__int__() - 1]
    assert found is not None
    assert abs(found / exact - 1) <= 0.03


def test_RM_FCT_02_the_median_of_prices_is_that_of_the_prices() -> None:
    drawn = random.Random(3)
    values = [drawn.lognormvariate(3, 1) for _ in range(5000)]
    told = quantile(histogram(values), 0.5)
    assert told == pytest.approx(statistics.median(values), rel=0.03)
    assert place(histogram(values), statistics.median(values)) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("value", "share"), [(1.0, 0.0), (10.0, 0.25), (50.0, 0.5), (100.0, 0.75), (1000.0, 1.0)])
def test_a_place_is_the_share_that_is_smaller(value: float, share: float) -> None:
    assert place(histogram([10.0, 10.0, 100.0, 100.0]), value) == share


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_what_is_no_value_has_no_bucket(value: float) -> None:
    assert bucket_of(value) is None


def test_values_beyond_all_goods_count_at_the_ends() -> None:
    assert (bucket_of(1e-300), bucket_of(1e300)) == (SMALLEST, LARGEST)


def test_RM_FCT_03_old_values_fade_when_there_are_very_many() -> None:
    old = merged(None, counted([10.0] * HALVED_OVER))
    assert sum(old[1]) == HALVED_OVER
    new = merged(old, counted([20.0] * 1001))
    assert dict(zip(*new, strict=True)) == {bucket_of(10.0): HALVED_OVER // 2, bucket_of(20.0): 500}


def accept(count: int, **changes: Any) -> None:
    for _ in range(count):
        with unit_of_work() as work:
            history_update(work, snapshot(message(item(**changes))), event=HistoryEvent.ACCEPTED)


@pytest.mark.django_db
def test_RM_FCT_02_values_are_appended_and_folded_by_origin_and_for_the_world(loaded: None) -> None:
    accept(2)
    accept(1, origin="VN", price={"amount": "4000", "currency": "EUR"})
    accept(1, supplementary_quantity=None, net_mass_kg=None)
    assert GoodsSeen.objects.count() == 3
    assert goods_fold(at_once=2) == 3
    assert not GoodsSeen.objects.exists()
    bands = {(b.origin, b.measure): b for b in GoodsBand.objects.all()}
    assert {key: band.n for key, band in bands.items()} == {
        ("*", "mass"): 3,
        ("*", "value"): 3,
        ("CN", "mass"): 2,
        ("CN", "value"): 2,
        ("VN", "mass"): 1,
        ("VN", "value"): 1,
    }
    assert quantile(tuple(bands["CN", "value"].counts), 0.5) == pytest.approx(100, rel=0.03)
    assert quantile(tuple(bands["VN", "value"].counts), 0.5) == pytest.approx(200, rel=0.03)
    accept(1)
    goods_fold()
    assert GoodsBand.objects.get(origin="CN", measure="value").n == 3


@pytest.mark.django_db
def test_goods_without_a_subheading_or_of_a_group_of_origins_break_nothing(loaded: None) -> None:
    accept(1, commodity_code=None)
    accept(1, origin="1011")
    goods_fold()
    assert set(GoodsBand.objects.values_list("origin", flat=True)) == {"*"}


@pytest.mark.django_db(transaction=True)
def test_RM_FCT_02_folds_at_once_count_each_value_exactly_once(loaded: None) -> None:
    """The first fold waits with its sums made; a second one that made its own meanwhile would write over them."""
    appended(10)
    goods_fold()
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            GoodsBand.objects.select_for_update().get(origin="CN")
            appended(5, pool)
            first = pool.submit(folded)
            waiting(1)
            appended(7, pool)
            second = pool.submit(folded)
            with suppress(FutureTimeout):
                second.result(timeout=2)
        assert (first.result(), second.result()) == (5, 0)
    assert goods_fold() == 7
    assert set(GoodsBand.objects.values_list("n", flat=True)) == {22}


def folded() -> int:
    try:
        with clock.frozen(NOW):
            return goods_fold()
    finally:
        close_old_connections()


def appended(count: int, pool: ThreadPoolExecutor | None = None) -> None:
    """Values that were accepted; in another transaction, where a pool is given."""
    rows = [GoodsSeen(hs6="847130", origin="CN", value_per_kg=100.0) for _ in range(count)]
    if pool is None:
        GoodsSeen.objects.bulk_create(rows)
    else:
        pool.submit(lambda: (GoodsSeen.objects.bulk_create(rows), connection.close())).result()


def waiting(count: int) -> None:
    """Return when so many transactions wait for a lock."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(("seen", "learned"), [(LEARNED_FROM - 1, False), (LEARNED_FROM, True)])
@pytest.mark.django_db
def test_RM_FCT_02_a_median_is_told_from_thirty_values_on(loaded: None, seen: int, learned: bool) -> None:
    accept(seen, price={"amount": "1000", "currency": "EUR"})
    goods_fold()
    of = snapshot()
    known = facts_for(of)
    assert bool(known.goods) is learned
    values = record_of(consignment_of(of.message, known), known).items[0]
    assert values.get("unit_value_ratio") == (pytest.approx(2, rel=0.03) if learned else None)
    assert values.get("unit_value_quantile") == (1.0 if learned else None)
    assert values.get("unit_mass_ratio") == (pytest.approx(1, rel=0.03) if learned else None)
    assert values["goods_seen"] == (seen if learned else 0)


def test_RM_FCT_02_the_learned_median_of_the_origin_comes_before_the_table_and_that_before_the_world() -> None:
    of = message()
    own, world = histogram([50.0] * 30), histogram([10.0] * 30)

    def ratio(**goods: Counts) -> Any:
        known = facts(goods={("847130", {"own": "CN", "world": "*"}[name], "value"): c for name, c in goods.items()})
        return record_of(consignment_of(of, known), known).items[0]["unit_value_ratio"]

    assert ratio(own=own, world=world) == pytest.approx(2, rel=0.03)
    assert ratio(world=world) == 1.0
    coffee = message(item(commodity_code="0902100000"))
    known = facts(goods={("090210", "*", "value"): world})
    values = record_of(consignment_of(coffee, known), known).items[0]
    assert values["unit_value_ratio"] == pytest.approx(10, rel=0.03)


@pytest.mark.django_db
def test_a_fold_takes_as_many_queries_whatever_it_folds(loaded: None) -> None:
    def queries(count: int) -> int:
        GoodsSeen.objects.bulk_create(
            GoodsSeen(hs6=f"{number:06d}", origin="CN", value_per_kg=1.0) for number in range(count)
        )
        with CaptureQueriesContext(connection) as found:
            goods_fold()
        return len(found)

    assert queries(3) == queries(200)
