"""Drawing on a guarantee: every refusal of K6, and the ledger behind it (GU-G01 to GU-G13, GU-RES-01 to 04)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from singlewindow.accounts.models import Organisation
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Entry, Guarantee, WrongCode
from singlewindow.guarantees.selectors import guarantee_standing, reserved_for
from singlewindow.guarantees.services import guarantee_convert, guarantee_free, guarantee_replenish
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.kernel.errors import RuleViolated
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts, guarantees
from tests.factories.guarantees import AT, SYSTEM, books_agree, guarantee, reserve

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def refused(*args, **options) -> list[str]:
    with pytest.raises(RuleViolated) as caught:
        reserve(*args, **options)
    assert all(one.message and one.remedy for one in caught.value.violations)
    return [one.rule for one in caught.value.violations]


def free(subject, **options) -> int:
    with unit_of_work() as work:
        return guarantee_free(work, subject_id=subject, actor=SYSTEM, at=AT, **options)


def convert(subject, amount, purpose="debt") -> int:
    with unit_of_work() as work:
        return guarantee_convert(work, subject_id=subject, purpose=purpose, amount_minor=amount, actor=SYSTEM, at=AT)


def replenish(subject, **options) -> int:
    with unit_of_work() as work:
        return guarantee_replenish(work, subject_id=subject, actor=SYSTEM, at=AT, **options)


def test_what_is_set_aside_is_no_longer_available(trader):
    row, subject = guarantee(trader), uuid7()
    got = reserve(row, 30_000, subject=subject)
    assert (got.amount_minor, got.available_minor) == (30_000, 70_000)
    assert [(one.grn, one.purpose, one.open_minor) for one in reserved_for(subject)] == [(row.grn, "debt", 30_000)]
    assert guarantee_standing(row.grn).available_minor == 70_000
    assert books_agree(row)


def test_GU_G01_an_unknown_reference(trader):
    assert refused("26ZZT999999999990", holders=[trader.pk]) == ["GU-G01"]


@pytest.mark.parametrize("state", ["PENDING", "REFUSED", "REVOKED", "CANCELLED", "EXPIRED"])
def test_GU_G02_a_guarantee_that_is_not_in_force(trader, state):
    assert refused(guarantee(trader, state=state)) == ["GU-G02"]


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2026, 4, 30), False), (date(2026, 5, 1), True), (date(2026, 5, 31), True), (date(2026, 6, 1), False)],
    ids=["the day before", "the first day", "the last day", "the day after"],
)
def test_GU_G02_the_days_of_a_guarantee_are_counted_in(trader, day, valid):
    row = guarantee(trader, valid_from=date(2026, 5, 1), valid_to=date(2026, 5, 31))
    if valid:
        assert reserve(row, on=day)
    else:
        assert refused(row, on=day) == ["GU-G02"]


@pytest.mark.parametrize(("day", "valid"), [(date(2026, 6, 16), True), (date(2026, 6, 17), False)])
def test_GU_G02_after_notice_nothing_new_is_secured(trader, day, valid):
    row = guarantee(trader, liability_ends_on=date(2026, 6, 16))
    if valid:
        assert reserve(row, on=day)
    else:
        assert refused(row, on=day) == ["GU-G02"]


@pytest.mark.parametrize("code", ["WRNG", "", "q7k2", None], ids=["wrong", "empty", "other case", "not given"])
def test_GU_G03_a_wrong_or_missing_access_code(trader, code):
    assert refused(guarantee(trader), code=code) == ["GU-G03"]


@pytest.mark.parametrize("guesses", [4, 5], ids=["four wrong ones", "five wrong ones"])
def test_GU_COD_02_after_five_wrong_codes_the_right_one_is_not_looked_at(trader, guesses):
    row, asker = guarantee(trader), accounts.actor(of=trader)
    for _ in range(guesses):
        refused(row, code="XXXX", actor=asker)
    assert WrongCode.objects.filter(guarantee_id=row.pk).count() == guesses
    if guesses < 5:
        assert reserve(row, actor=asker)
    else:
        assert refused(row, actor=asker) == ["GU-G03"]


def test_GU_G04_a_holder_that_is_no_party(trader):
    assert refused(guarantee(trader), holders=[accounts.organisation().pk]) == ["GU-G04"]


def test_GU_G05_a_voucher_serves_one_declaration_only(trader):
    row, subject = guarantee(trader, type="4", limit_minor=1_000_000), uuid7()
    reserve(row, subject=subject)
    row.refresh_from_db()
    assert row.state == "USED"
    assert refused(row) == ["GU-G05"]
    free(subject)
    assert refused(row) == ["GU-G05"]


def test_GU_G05_a_voucher_of_a_declaration_that_was_invalidated_can_be_used_again(trader):
    row, subject = guarantee(trader, type="4", limit_minor=1_000_000), uuid7()
    reserve(row, subject=subject)
    assert free(subject, undone=True) == 10_000
    row.refresh_from_db()
    assert row.state == "ACTIVE"
    assert reserve(row)


def test_GU_G06_a_suspended_guarantee(trader):
    assert refused(guarantee(trader, state="SUSPENDED")) == ["GU-G06"]


@pytest.mark.parametrize(("code", "covered"), [("2402200000", False), ("0901110000", True)])
def test_GU_G07_sensitive_goods_that_are_not_covered(trader, code, covered):
    row = guarantee(trader, sensitive_excluded=["2402", "2208"])
    if covered:
        assert reserve(row, commodity_codes=[code])
    else:
        assert refused(row, commodity_codes=[code]) == ["GU-G07"]


@pytest.mark.parametrize(("country", "counts"), [("XK", False), ("KE", True)])
def test_GU_G08_a_country_where_it_does_not_count(trader, country, counts):
    row = guarantee(trader, countries_excluded=["XK"])
    if counts:
        assert reserve(row, countries=[country])
    else:
        assert refused(row, countries=[country]) == ["GU-G08"]


@pytest.mark.parametrize(("amount", "enough"), [(100_000, True), (100_001, False)])
def test_GU_G09_up_to_the_last_cent_and_not_one_more(trader, amount, enough):
    row = guarantee(trader)
    if enough:
        assert reserve(row, amount).available_minor == 0
    else:
        assert refused(row, amount) == ["GU-G09"]
    assert books_agree(row)


def test_GU_G09_another_currency_is_not_enough(trader):
    assert refused(guarantee(trader), currency="USD") == ["GU-G09"]


@pytest.mark.parametrize("type", ["2", "3"])
def test_GU_G10_an_individual_guarantee_serves_one_declaration(trader, type):
    row = guarantee(trader, type=type)
    reserve(row)
    assert refused(row) == ["GU-G10"]


@pytest.mark.parametrize("type", ["0", "1", "8", "9"])
def test_GU_G10_others_serve_many(trader, type):
    row = guarantee(trader, type=type)
    reserve(row)
    assert reserve(row).available_minor == 80_000


@pytest.mark.parametrize(("office", "counts"), [("ZZ000201", False), ("ZZ000101", True)])
def test_GU_G11_an_office_where_it_does_not_count(trader, office, counts):
    row = guarantee(trader, offices=["ZZ000101"])
    if counts:
        assert reserve(row, office=office)
    else:
        assert refused(row, office=office) == ["GU-G11"]


@pytest.mark.parametrize(("codes", "covered"), [(["0901110000", "2402200000"], False), (["0901110000"], True)])
def test_GU_G12_every_commodity_is_one_that_it_covers(trader, codes, covered):
    row = guarantee(trader, commodities=["09"])
    if covered:
        assert reserve(row, commodity_codes=codes)
    else:
        assert refused(row, commodity_codes=codes) == ["GU-G12"]


def test_GU_G13_a_carnet_serves_one_declaration(trader):
    row = guarantee(trader, type="B")
    reserve(row)
    assert refused(row) == ["GU-G13"]


def test_everything_that_stands_against_it_is_told_at_once(trader):
    row = guarantee(trader, state="SUSPENDED", offices=["ZZ000101"], commodities=["09"], valid_to=date(2026, 5, 1))
    assert refused(row, 200_000, holders=[], code="XXXX", office="ZZ000201", commodity_codes=["24"]) == [
        "GU-G02",
        "GU-G03",
        "GU-G04",
        "GU-G06",
        "GU-G09",
        "GU-G11",
        "GU-G12",
    ]
    assert not Entry.objects.filter(guarantee=row).exists()


def test_GU_RES_01_asked_again_the_reservation_is_brought_to_the_amount(trader):
    row, subject = guarantee(trader), uuid7()
    for amount in (30_000, 30_000, 90_000, 100_000, 20_000):
        reserve(row, amount, subject=subject, code=None if amount == 100_000 else guarantees.CODE)
        assert [one.open_minor for one in reserved_for(subject)] == [amount]
    assert [one.kind for one in Entry.objects.filter(guarantee=row).order_by("pk")] == [
        "RESERVE",
        "RESERVE",
        "RESERVE",
        "FREE",
    ]
    assert books_agree(row)


def test_GU_RES_02_what_is_set_aside_comes_back_once(trader):
    row, subject = guarantee(trader), uuid7()
    reserve(row, 30_000, subject=subject)
    assert [free(subject, amount_minor=10_000), free(subject), free(subject)] == [10_000, 20_000, 0]
    assert books_agree(row)
    assert row.used_minor == 0


def test_GU_RES_02_purposes_are_freed_apart(trader):
    row, subject = guarantee(trader), uuid7()
    reserve(row, 30_000, subject=subject)
    reserve(row, 20_000, subject=subject, purpose="dispute")
    assert free(subject, purpose="dispute") == 20_000
    assert [one.purpose for one in reserved_for(subject)] == ["debt"]


def test_GU_RES_03_what_is_taken_bears_on_the_limit_until_it_is_paid(trader):
    row, subject = guarantee(trader), uuid7()
    reserve(row, 30_000, subject=subject)
    assert [convert(subject, 25_000), convert(subject, 25_000), convert(subject, 25_000)] == [25_000, 5_000, 0]
    assert free(subject) == 0
    assert guarantee_standing(row.grn).used_minor == 30_000
    assert [replenish(subject, amount_minor=10_000), replenish(subject), replenish(subject)] == [10_000, 20_000, 0]
    assert guarantee_standing(row.grn).used_minor == 0
    assert books_agree(row)


@pytest.mark.parametrize(("amount", "warned"), [(89_999, False), (90_000, True)])
def test_GU_MON_01_the_holder_is_warned_at_nine_tenths(trader, amount, warned):
    row, subject = guarantee(trader), uuid7()
    reserve(row, amount, subject=subject)
    row.refresh_from_db()
    assert (row.alerted_at is not None) == warned
    free(subject)
    row.refresh_from_db()
    assert row.alerted_at is None


def test_the_database_refuses_what_no_code_should_do(trader):
    row, subject = guarantee(trader), uuid7()
    reserve(row, subject=subject)
    entry = Entry.objects.get(guarantee=row)
    bad = [
        lambda: Guarantee.objects.filter(pk=row.pk).update(used_minor=100_001),
        lambda: Guarantee.objects.filter(pk=row.pk).update(used_minor=-1),
        lambda: Guarantee.objects.filter(pk=row.pk).update(limit_minor=9_999),
        lambda: Guarantee.objects.filter(pk=row.pk).update(state="PENDING"),
        lambda: Entry.objects.filter(pk=entry.pk).update(amount_minor=1),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.create(
            guarantee=row,
            subject_id=subject,
            purpose="debt",
            sequence=1,
            kind="FREE",
            amount_minor=1,
            open_after_minor=0,
            taken_after_minor=0,
            used_after_minor=0,
            at=AT,
            actor="x",
        ),
        lambda: Entry.objects.create(
            guarantee=row,
            subject_id=subject,
            purpose="debt",
            sequence=2,
            kind="FREE",
            amount_minor=1,
            open_after_minor=-1,
            taken_after_minor=0,
            used_after_minor=0,
            at=AT,
            actor="x",
        ),
    ]
    for act in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_steps_of_the_database_are_those_of_the_table():
    import importlib

    guards = importlib.import_module("singlewindow.guarantees.migrations.0002_guards")
    assert list(guards.PAIRS) == list(GUARANTEE.pairs())
