"""The tables: loaded once, loaded again for nothing, never overlapping, never stale."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.reference import selectors
from singlewindow.reference.loading import LOADS
from singlewindow.reference.models import CodeEntry, CommodityEntry, DataSource, RateEntry
from singlewindow.reference.selectors import (
    code_lists,
    codes,
    commodity_path,
    country_name,
    currency_name,
    exchange_rate,
    hs_description,
    nomenclature_search,
    office,
    offices,
    profile,
    reference_refresh,
    snapshot_id,
    snapshot_id_from_files,
)
from singlewindow.reference.services import exchange_rates_publish, reference_load
from singlewindow.reference.store import version_token
from singlewindow.reference.types import CodeListName, ReferenceMissing
from tests.factories.effort import processor_seconds_under

TODAY = date(2026, 11, 22)
ACTOR = system_actor("test")

pytestmark = pytest.mark.django_db


def test_the_tables_give_the_same_answers_as_the_files(loaded):
    for day in (date(2021, 12, 31), date(2025, 12, 31), date(2026, 1, 1), TODAY):
        reference_refresh()
        assert code_lists(day) == selectors.code_lists_from_files(day)
        assert snapshot_id(day) == snapshot_id_from_files(day)
    assert exchange_rate("JPY", TODAY) == selectors.shipped_dataset().rate("JPY", TODAY)
    assert profile(TODAY) == selectors.shipped_dataset().profile(TODAY)


def test_a_second_load_changes_nothing_and_is_quick(loaded, django_assert_max_num_queries):
    before, events = version_token(), Event.objects.count()
    with processor_seconds_under(2), django_assert_max_num_queries(2 + len(LOADS) + 4):
        results = reference_load(actor=ACTOR)
    assert all(result.unchanged_file for result in results)
    assert (version_token(), Event.objects.count()) == (before, events)


def test_a_load_is_in_the_audit_trail_with_its_checksum(loaded):
    recorded = set(Event.objects.filter(subject_type="reference").values_list("subject_id", flat=True))
    assert recorded == {load.name for load in LOADS} == set(DataSource.objects.values_list("name", flat=True))


def test_a_row_changed_by_hand_in_the_shipped_part_is_brought_back(loaded):
    CodeEntry.objects.filter(list="country", code="FR").update(name="Gallia")
    CodeEntry.objects.filter(list="country", code="DE").delete()
    CodeEntry.objects.create(list="country", code="QA9", name="x", valid_from=TODAY, source="countries.csv")
    DataSource.objects.filter(name="countries.csv").update(checksum="of an earlier release")
    result = next(result for result in reference_load(actor=ACTOR) if result.name == "countries.csv")
    assert (result.added, result.changed, result.removed) == (1, 1, 1)
    assert country_name("FR") == "France"


def test_a_row_entered_by_decision_outlives_a_load(loaded):
    CodeEntry.objects.create(
        list="package_type", code="9Z", name="Basket of Kivana", valid_from=TODAY, source="Decision 7/2026"
    )
    DataSource.objects.filter(name="package_types.csv").update(checksum="of an earlier release")
    reference_load(actor=ACTOR)
    assert "9Z" in code_lists(TODAY).package_types
    assert "9Z" not in code_lists(TODAY - timedelta(days=1)).package_types


@pytest.mark.parametrize(
    ("first_day", "refused"),
    [(date(2026, 1, 31), True), (date(2026, 2, 1), False)],
    ids=["on the last day of the old version", "the day after"],
)
def test_two_versions_of_a_code_are_never_in_force_on_one_day(first_day, refused):
    CodeEntry.objects.create(
        list="currency", code="BGN", name="Lev", valid_from=date(2000, 1, 1), valid_to=date(2026, 1, 31), source="test"
    )

    def enter() -> None:
        with transaction.atomic():
            CodeEntry.objects.create(list="currency", code="BGN", name="Lev", valid_from=first_day, source="test")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    if refused:
        with pytest.raises(IntegrityError, match="reference_code_no_overlap"):
            enter()
    else:
        enter()


@pytest.mark.parametrize(
    "make",
    [
        lambda: RateEntry(base="EUR", currency="XTS", rate=Decimal(0), valid_from=TODAY, source="t"),
        lambda: RateEntry(
            base="EUR", currency="XTS", rate=1, valid_from=TODAY, valid_to=date(2026, 11, 21), source="t"
        ),
        lambda: CommodityEntry(code="09O1", description="x", edition="x", valid_from=TODAY, source="t"),
    ],
    ids=["a rate of zero", "an end before the beginning", "a letter in a commodity code"],
)
def test_the_database_refuses_what_cannot_be(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make().save()


def test_answers_cost_no_query_while_they_are_fresh_and_one_to_ask_for_changes(
    loaded, django_assert_num_queries, settings
):
    code_lists(TODAY)
    with django_assert_num_queries(0):
        code_lists(TODAY)
        exchange_rate("USD", TODAY)
        profile(TODAY)
        office("ZZ000101", TODAY)
        hs_description("0901110010")
        nomenclature_search("coffee", TODAY)
    settings.REFERENCE_CHECK_SECONDS = 0
    with django_assert_num_queries(1):
        code_lists(TODAY)


def test_a_change_by_any_statement_is_seen_at_the_next_check(loaded, settings):
    settings.REFERENCE_CHECK_SECONDS = 0
    before = snapshot_id(TODAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reference_codeentry SET valid_to = %s WHERE list = 'country' AND code = 'XS'", [TODAY])
    assert "XS" in code_lists(TODAY).countries
    assert "XS" not in code_lists(TODAY + timedelta(days=1)).countries
    assert snapshot_id(TODAY) != before


def test_before_the_first_load_the_shipped_files_answer():
    RateEntry.objects.all().delete()
    DataSource.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reference_dataversion")
    reference_refresh()
    assert code_lists(TODAY) == selectors.code_lists_from_files(TODAY)


def test_threads_may_ask_at_once():
    code_lists(TODAY)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(code_lists(TODAY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one is found[0] for one in found)


def test_published_rates_close_the_old_ones_the_day_before_and_outlive_a_load(loaded):
    first_day = date(2026, 12, 1)
    exchange_rates_publish(rates={"USD": Decimal("1.25")}, valid_from=first_day, decision="Notice 12/2026", actor=ACTOR)
    assert exchange_rate("USD", first_day).rate == Decimal("1.25")
    assert exchange_rate("USD", date(2026, 11, 30)).valid_to == date(2026, 11, 30)
    assert exchange_rate("GBP", first_day).valid_from == date(2026, 11, 1)
    DataSource.objects.filter(name="exchange_rates.csv").update(checksum="of an earlier release")
    reference_load(actor=ACTOR)
    assert exchange_rate("USD", first_day).source == "Notice 12/2026"


@pytest.mark.parametrize(
    ("rate", "first_day"), [(Decimal(0), date(2026, 12, 1)), (Decimal(1), date(2026, 11, 1))], ids=["zero", "backdated"]
)
def test_a_rate_of_zero_and_a_rate_before_the_last_one_are_refused(loaded, rate, first_day):
    with pytest.raises(ReferenceMissing):
        exchange_rates_publish(rates={"USD": rate}, valid_from=first_day, decision="Notice", actor=ACTOR)
    assert RateEntry.objects.filter(currency="USD", valid_to=None).count() == 1


def test_names_in_the_language_of_the_reader():
    assert country_name("DE", "fr") == "Allemagne"
    assert country_name("ZZ", "fr") == "Republic of Kivana"
    assert country_name("XI") == "Northern Ireland"
    assert country_name("??") == "??"
    assert currency_name("USD", "xx-klingon") == "US Dollar"


def test_offices_and_choices_for_a_form():
    assert [one.id for one in offices(TODAY)] == ["ZZ000101", "ZZ000201", "ZZ000301"]
    assert office("ZZ000401", date(2024, 6, 30)).name == "Lunga River quay"
    with pytest.raises(selectors.NotFound):
        office("ZZ000401", date(2024, 7, 1))
    assert [code.code for code in codes(CodeListName.TRANSPORT_MODE, TODAY)] == list("0123456789")


def test_a_code_is_described_by_the_nearest_line_above():
    assert hs_description("0901110010").startswith("Coffee, not roasted")
    assert hs_description("0901119999") == hs_description("090111")
    assert hs_description("0901999999") == hs_description("0901")
    assert hs_description("??") == ""
    assert [line.code for line in commodity_path("0901110010", TODAY)] == ["09", "0901", "090111", "0901110010"]


def test_the_command_tells_what_it_did():
    first, second = StringIO(), StringIO()
    call_command("load_reference", stdout=first)
    call_command("load_reference", stdout=second)
    assert "countries.csv" in first.getvalue() or "unchanged" in first.getvalue()
    assert second.getvalue().count("\n") == 1
    assert "unchanged" in second.getvalue()
