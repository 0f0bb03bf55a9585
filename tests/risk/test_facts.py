"""What is known of parties: windows of days and months, kept as it happens, read at a cost that does not grow."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from risk.models import PartyDay, PartyMonth, TradeSeen
from risk.selectors import past
from risk.selectors.facts import facts_for, facts_for_many
from risk.services import history_forget, history_update
from risk.types import HistoryEvent, Outcome
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories.risk import NOW, TODAY, item, message, snapshot

pytestmark = pytest.mark.django_db


def remember(of: Any, event: HistoryEvent = HistoryEvent.ACCEPTED, **changes: Any) -> None:
    with unit_of_work() as work:
        history_update(work, of, event=event, **changes)


def ago(days: int) -> Any:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "month", "quarter"),
    [(29, 1, 1), (30, 0, 1), (89, 0, 1), (90, 0, 0)],
    ids=["in 30 days", "just out of 30", "in 90 days", "just out of 90"],
)
def test_RM_FCT_01_days_are_counted_over_30_and_90(loaded: None, days: int, month: int, quarter: int) -> None:
    remember(snapshot(), at=ago(days))
    trader = facts_for(snapshot()).trader
    assert (trader.declarations_month, trader.declarations_quarter, trader.declarations_year) == (month, quarter, 1)


@pytest.mark.parametrize(("at", "counted"), [(date(2025, 12, 1), 1), (date(2025, 11, 1), 0)])
def test_RM_FCT_01_a_year_is_the_months_that_begin_in_365_days(loaded: None, at: date, counted: int) -> None:
    remember(snapshot(), at=NOW.replace(year=at.year, month=at.month, day=at.day))
    assert facts_for(snapshot()).trader.declarations_year == counted


def test_RM_FCT_01_trader_partner_and_declarant_have_histories_of_their_own(loaded: None) -> None:
    broker = {"id": "ZZBRK0001", "name": "Swift Clearing Agents"}
    remember(snapshot(message(declarant=broker)))
    remember(snapshot(message(declarant=broker, importer={"id": "ZZIMP0002", "name": "Kito Electronics"})))
    known = facts_for(snapshot(message(declarant=broker)))
    counts = [party.declarations_quarter for party in (known.trader, known.partner, known.declarant)]
    assert counts == [1, 2, 2]
    exported = facts_for(snapshot(message(type_code="EXA", exporter={"id": "ZZIMP0001", "name": "Amari Foods Ltd"})))
    assert exported.trader.first_seen is None


def test_RM_FCT_01_changes_checks_and_kinds_of_findings_are_kept_of_each_party(loaded: None) -> None:
    of = snapshot()
    remember(of, at=ago(100))
    remember(of, HistoryEvent.AMENDED, at=ago(95))
    remember(of, HistoryEvent.INVALIDATED, at=ago(3))
    remember(of, HistoryEvent.INSPECTED, outcome=Outcome.VALUE, at=ago(2))
    remember(of, HistoryEvent.INSPECTED, outcome=Outcome.CLERICAL, at=ago(1))
    known = facts_for(of)
    for party in (known.trader, known.partner, known.declarant):
        assert (party.changes_quarter, party.changes_year) == (1, 2)
        assert (party.inspections_quarter, party.findings_quarter, party.findings_year) == (2, 1, 1)
        assert party.kinds_found == {"value"}


def test_RM_FCT_01_what_the_trader_did_for_the_first_time_is_told(loaded: None) -> None:
    remember(snapshot(message(item(), item(2, commodity_code="8471490000", origin="VN"), office="ZZ000101")))
    again = message(item(), item(2, commodity_code="0901110000", origin="ET"), office="ZZ000201")
    known = facts_for(snapshot(again))
    assert (known.headings_seen, known.chapters_seen, known.origins_seen) == ({"8471"}, {"84"}, {"CN"})
    assert (known.pair_seen, known.office_seen, known.office) == (True, False, "ZZ000201")


def test_only_what_happened_until_the_instant_counts(loaded: None) -> None:
    small = message(item(price={"amount": "900", "currency": "EUR"}))
    remember(snapshot(small))
    with clock.frozen(ago(1)):
        known = facts_for(snapshot(small))
    assert (known.trader.first_seen, known.trader.declarations_quarter, known.pair_seen) == (None, 0, False)
    assert (known.small_consignments, known.container_users) == ({}, {})


def test_facts_of_many_are_those_of_each_in_as_many_queries(loaded: None) -> None:
    for number in range(6):
        remember(snapshot(message(item(price={"amount": "900", "currency": "EUR"}), importer={"id": f"ZZIMP{number}"})))
    many = [
        snapshot(message(item(price={"amount": "900", "currency": "EUR"}), importer={"id": f"ZZIMP{number}"}))
        for number in range(40)
    ]
    apart = [facts_for(of) for of in many]
    with CaptureQueriesContext(connection) as queries:
        together = facts_for_many(many)
    assert len(queries) <= 3
    assert together == apart
    assert [known.trader.declarations_quarter for known in together[5:7]] == [1, 0]
    assert facts_for_many([]) == []


def plan_rows(of: Any) -> float:
    """Rows that the one query of the past reads from tables, by its own account."""
    one = past.asked_of(of)
    read = 0.0

    def walk(node: dict[str, Any]) -> None:
        nonlocal read
        if "Relation Name" in node:
            read += (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for child in node.get("Plans", ()):
            walk(child)

    with CaptureQueriesContext(connection) as queries:
        past.past_read([one], on=TODAY, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + queries[0]["sql"])
        told = cursor.fetchone()[0]
    walk((orjson.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return read


def test_RM_FCT_04_what_is_read_does_not_grow_with_the_history(loaded: None) -> None:
    thin, thick = snapshot(), snapshot(message(importer={"id": "ZZIMP0002", "name": "Kito Electronics"}))
    remember(thin)
    parties = [("import", "ZZIMP0002"), ("partner", "CN12345"), ("declarant", "ZZIMP0001")]
    for side, party in parties:
        PartyDay.objects.bulk_create(
            [
                PartyDay(side=side, party=party, day=TODAY - timedelta(days=days), declarations=50)
                for days in range(1, 95)
            ],
            ignore_conflicts=True,
        )
        PartyMonth.objects.bulk_create(
            [
                PartyMonth(side=side, party=party, month=date(2000 + number // 12, number % 12 + 1, 1), declarations=99)
                for number in range(12 * 26)
            ],
            ignore_conflicts=True,
        )
        TradeSeen.objects.bulk_create(
            [
                TradeSeen(side=side, party=party, kind="pair", value=f"P{number}", first_seen=TODAY)
                for number in range(20_000 // len(parties))
            ]
        )
    with connection.cursor() as cursor:
        for table in ("partyday", "partymonth", "tradeseen", "partyhistory"):
            cursor.execute(f"ANALYZE risk_{table}")
    few, many = plan_rows(thin), plan_rows(thick)
    assert many <= few + 3 * (90 + 13)
    assert many < 3 * (90 + 13) + 300


def test_what_is_remembered_of_parties_is_forgotten_in_time(loaded: None) -> None:
    remember(snapshot(), at=ago(500))
    remember(snapshot(), at=ago(120))
    remember(snapshot())
    with unit_of_work() as work:
        history_forget(work, recent=ago(31), quarter=ago(92), year=ago(400))
    assert set(PartyDay.objects.values_list("day", flat=True)) == {TODAY}
    assert set(PartyMonth.objects.filter(side="import").values_list("declarations", flat=True)) == {1}
    assert facts_for(snapshot()).trader.first_seen == ago(500).date()


def test_a_tick_forgets_nothing_that_a_window_asks() -> None:
    from risk import tasks

    assert tasks.QUARTER > past.QUARTER
    assert timedelta(days=31) < tasks.YEAR - past.YEAR
    assert tasks.RECENT > past.CONTAINER_WITHIN


@pytest.mark.django_db(transaction=True)
def test_parties_in_changing_parts_at_once_are_all_counted_without_a_deadlock(loaded: None) -> None:
    """Declarations of the same two brokers and traders in both orders: rows are locked in one order."""
    pairs = [("ZZA", "ZZB"), ("ZZB", "ZZA")]

    def accept(number: int) -> None:
        trader, declarant = pairs[number % 2]
        content = message(importer={"id": trader}, declarant={"id": declarant})
        with clock.frozen(NOW):
            try:
                remember(snapshot(content))
                remember(snapshot(content), HistoryEvent.AMENDED)
            finally:
                close_old_connections()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(accept, range(16)))
    counted = PartyDay.objects.values_list("side", "party", "declarations", "changes")
    assert sorted(counted) == [
        ("declarant", "ZZA", 8, 8),
        ("declarant", "ZZB", 8, 8),
        ("import", "ZZA", 8, 8),
        ("import", "ZZB", 8, 8),
        ("partner", "CN12345", 16, 16),
    ]


def test_facts_hold_when_lodged_in_the_countrys_time_and_whether_before_arrival(loaded: None) -> None:
    from declarations.states import GoodsState

    of = replace(snapshot(), goods_state=GoodsState.EXPECTED, lodged_at=NOW.replace(hour=22))
    known = facts_for(of)
    assert known.prelodged
    assert known.lodged_at is not None
    assert (known.lodged_at.hour, known.lodged_at.isoweekday()) == (1, 2)
