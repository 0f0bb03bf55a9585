"""FE-TAR-13: the tariff is asked as of any day, and as it was known at any instant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fees.models import TariffVersion
from fees.selectors import (
    measures_for,
    nomenclature_children,
    nomenclature_line,
    nomenclature_path,
    tariff_as_of,
)
from fees.types import Direction, MeasureKind
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from tests.factories.tariff import changed, coffee_at

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def duty(tariff) -> str:
    return next(one.expression.text for one in tariff.measures if one.prefix == "090121" and one.kind == "duty")


def test_FE_TAR_13_the_tariff_of_a_day_is_that_of_the_version_known_then(loaded_whole):
    before = clock.now()
    with clock.frozen(before + timedelta(hours=1)):
        changed(coffee_at("9.5 %"))
    assert duty(tariff_as_of(DAY)) == "9.5 %"
    assert duty(tariff_as_of(DAY, known_at=before)) == "7.5 %"
    assert duty(tariff_as_of(DAY, known_at=before + timedelta(hours=2))) == "9.5 %"
    assert tariff_as_of(DAY, known_at=before).label == str(TariffVersion.objects.earliest("id"))
    with pytest.raises(NotFound):
        tariff_as_of(DAY, known_at=datetime(2000, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("on", "there"), [(date(2025, 5, 14), False), (date(2025, 5, 15), True)])
def test_FE_TAR_03_a_measure_is_there_from_its_first_day_on(loaded_whole, on, there):
    keys = [one.key for one in tariff_as_of(on).measures if one.prefix == "6911" and one.kind == "anti_dumping"]
    assert bool(keys) is there


def test_measures_for_a_code_tell_everything_that_answers_it_with_texts(loaded_whole):
    found = measures_for("0202300010", "BR", Direction.IMPORT, DAY)
    quota = next(one for one in found if one.order_number == "090001")
    assert (quota.rate, quota.origin.code, quota.prevails) == ("5 %", "1011", True)
    assert quota.footnotes[0].text.startswith("The rate of a tariff quota")
    duties = [(one.prefix, one.prevails) for one in found if one.kind is MeasureKind.DUTY and not one.order_number]
    assert duties == [("0202", True), ("02", False)]
    assert any(one.kind is MeasureKind.VAT for one in found)


def test_measures_for_every_country_hold_those_of_each_origin(loaded_whole):
    origins = {one.origin.code for one in measures_for("0202300010", "", Direction.IMPORT, DAY)}
    assert {"1011", "KEA"} <= origins


def test_the_tree_of_the_nomenclature_goes_from_chapters_to_national_lines(loaded_whole):
    chapters = nomenclature_children("", DAY)
    assert len(chapters) >= 96
    assert chapters[0].shown == "01"
    headings = nomenclature_children("09", DAY)
    assert [line.shown for line in headings][:2] == ["0901", "0902"]
    coffee = nomenclature_children("0901", DAY)
    assert "090111" in [line.shown for line in coffee]
    national = nomenclature_children("090111", DAY)
    assert all(line.declarable and line.depth == 3 for line in national)
    assert [line.shown for line in nomenclature_path(national[0].code, DAY)] == [
        "09", "0901", "090111", national[0].code,
    ]  # fmt: skip


def test_a_heading_with_one_subheading_of_its_digits_is_one_line(loaded_whole):
    honey = nomenclature_line("0409", DAY)
    assert honey is not None
    assert honey.depth == 1


def test_a_line_that_is_not_there_yet_or_at_all_is_none(loaded_whole):
    assert nomenclature_line("0901", date(2021, 12, 31)) is None
    assert nomenclature_line("7777", DAY) is None
    assert nomenclature_children("7777", DAY) == ()
    assert [line.shown for line in nomenclature_path("0901999999", DAY)] == ["09", "0901"]


def test_a_second_question_about_the_tree_costs_one_query(loaded_whole):
    nomenclature_children("09", DAY)
    with CaptureQueriesContext(connection) as queries:
        nomenclature_children("0901", DAY)
    assert len(queries) == 1
    measures_for("0901110010", "KE", Direction.IMPORT, DAY)
    with CaptureQueriesContext(connection) as queries:
        measures_for("0901110010", "KE", Direction.IMPORT, DAY)
    assert len(queries) <= 3
