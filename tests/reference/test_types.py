"""What a code list answers, and on which side of a date."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from singlewindow.kernel.errors import NotFound
from singlewindow.reference.files import shipped_dataset
from singlewindow.reference.selectors import code_lists_from_files
from singlewindow.reference.types import CodeListName, RateMissing, ReferenceMissing

TODAY = date(2026, 11, 22)
DATA = shipped_dataset()


@pytest.mark.parametrize(
    ("unit", "known"),
    [
        ("KGM", True),
        ("KGM#G", True),
        ("TNE#I", True),
        ("GBP", True),
        ("KGM#1", False),
        ("KGM#", False),
        ("QQQ", False),
        ("", False),
        ("kgm", False),
    ],
)
def test_a_unit_is_known_alone_or_with_a_qualifier(unit, known):
    assert code_lists_from_files(TODAY).knows_unit(unit) is known


@pytest.mark.parametrize(
    ("office", "known"),
    [
        ("ZZ000101", True),
        ("ZZ000999", False),
        ("GBLBA001", True),
        ("GB000060", True),
        ("GB00006", False),
        ("XX1", False),
        ("BLAH0001", True),
        ("__000001", False),
    ],
    ids=[
        "ours",
        "not ours",
        "foreign",
        "foreign digits",
        "too short",
        "much too short",
        "Saint Barthélemy",
        "no country",
    ],
)
def test_a_foreign_office_is_recorded_by_its_pattern_and_an_own_one_by_the_list(office, known):
    assert code_lists_from_files(TODAY).knows_office(office) is known


@pytest.mark.parametrize(
    ("code", "heading", "subheading"),
    [
        ("0901110010", True, True),
        ("97020000", True, True),
        ("8517120000", True, True),
        ("0901990000", True, False),
        ("7700000000", False, False),
        ("9901000000", True, True),
        ("0000000000", False, False),
    ],
    ids=["in force", "edition of 2017", "phones of 2017", "no such subheading", "chapter 77", "chapter 99", "zeros"],
)
def test_headings_and_subheadings_of_every_edition_are_known(code, heading, subheading):
    lists = code_lists_from_files(TODAY)
    assert lists.knows_heading(code) is heading
    assert lists.knows_subheading(code) is subheading


@pytest.mark.parametrize(
    ("list_name", "code", "last_day", "day_after"),
    [
        ("currencies", "BGN", date(2026, 1, 31), date(2026, 2, 1)),
        ("currencies", "HRK", date(2023, 1, 14), date(2023, 1, 15)),
        ("countries", "AN", date(2010, 12, 14), date(2010, 12, 15)),
        ("offices", "ZZ000401", date(2024, 6, 30), date(2024, 7, 1)),
        ("national_codes", "8517120010", date(2021, 12, 31), date(2022, 1, 1)),
    ],
)
def test_a_code_is_in_force_on_its_last_day_and_not_on_the_next(list_name, code, last_day, day_after):
    day = last_day
    if day < date(2020, 1, 1):  # the country has no profile before 2020
        assert code in {row.code for row in DATA.codes_of(CodeListName.COUNTRY, day)}
        assert code not in {row.code for row in DATA.codes_of(CodeListName.COUNTRY, day_after)}
        return
    assert code in getattr(DATA.code_lists(day), list_name)
    assert code not in getattr(DATA.code_lists(day_after), list_name)


@pytest.mark.parametrize(
    ("list_name", "code", "first_day"),
    [
        ("currencies", "XCG", date(2025, 3, 31)),
        ("currencies", "ZWG", date(2024, 9, 1)),
        ("national_codes", "0901110010", date(2022, 1, 1)),
        ("offices", "ZZ000101", date(2020, 1, 1)),
    ],
)
def test_a_code_is_in_force_from_its_first_day_and_not_before(list_name, code, first_day):
    assert code in getattr(DATA.code_lists(first_day), list_name)
    if first_day > date(2020, 1, 1):
        assert code not in getattr(DATA.code_lists(first_day - timedelta(days=1)), list_name)


def test_the_profile_changes_with_the_year():
    old, new = DATA.profile(date(2025, 12, 31)), DATA.profile(date(2026, 1, 1))
    assert (old.id, new.id) == ("ZZ-2020.1", "ZZ-2026.1")
    assert (new.country_code, new.currency, new.valuation_basis) == ("ZZ", "EUR", "CIF")
    assert (new.clearance_limit, new.amber_after) == (timedelta(hours=24), timedelta(hours=18))
    assert (new.late_list_after, new.pre_arrival_days) == (timedelta(hours=48), 30)
    assert (new.control_sample_rate, new.de_minimis_value) == (Decimal("0.01"), Decimal("150.00"))
    assert old.de_minimis_value == Decimal("22.00")


def test_a_day_without_a_profile_is_an_error():
    with pytest.raises(ReferenceMissing) as refused:
        DATA.profile(date(2019, 12, 31))
    assert refused.value.code == "reference.missing"
    assert not isinstance(refused.value, NotFound)


def test_a_rate_says_its_direction_and_its_days():
    rate = DATA.rate("USD", date(2026, 10, 31))
    after = DATA.rate("USD", date(2026, 11, 1))
    assert (rate.id, after.id) == ("EUR-USD-2026-10-01", "EUR-USD-2026-11-01")
    assert rate.direction == "units_per_base"
    assert rate.valid_to == date(2026, 10, 31)
    assert rate.to_base(rate.rate) == Decimal(1)
    assert DATA.rate("EUR", TODAY).rate == Decimal(1)


@pytest.mark.parametrize(
    ("currency", "on", "missing"),
    [
        ("BGN", date(2025, 12, 31), False),
        ("BGN", date(2026, 1, 1), True),
        ("USD", date(2024, 12, 31), True),
        ("USD", date(2025, 1, 1), False),
        ("XTS", TODAY, True),
        ("", TODAY, True),
    ],
    ids=["last day", "day after", "before the first", "first day", "no such rate", "no currency"],
)
def test_a_missing_rate_is_an_error_and_never_zero(currency, on, missing):
    if not missing:
        assert DATA.rate(currency, on).rate > 0
        return
    with pytest.raises(RateMissing) as refused:
        DATA.rate(currency, on)
    assert refused.value.code == "reference.rate_missing"


def test_the_snapshot_is_named_by_content_and_changes_with_what_is_in_force():
    assert DATA.snapshot_id(TODAY) == DATA.snapshot_id(date(2026, 11, 2))
    assert DATA.snapshot_id(date(2026, 10, 31)) != DATA.snapshot_id(date(2026, 11, 1))
    assert DATA.snapshot_id(TODAY) == code_lists_from_files(TODAY).snapshot_id
