"""Write-off of permits at acceptance, release and refusal (AG-010 to AG-023)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import LpcoNeed, Permit, WriteOff
from agencies.selectors import lpco_status, permits_out_of_balance, requirements_for
from agencies.services import permits_consume, permits_free, permits_reserve
from agencies.types import LpcoState
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, citing, oranges, snapshot

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def reserve(message, trader, at=AT):
    declaration = snapshot(message, of=trader, at=at)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=at)
    return declaration, outcomes


def used(permit: Permit) -> tuple[Decimal, str]:
    permit.refresh_from_db()
    return permit.used, permit.state


def test_AG_020_acceptance_sets_the_quantity_aside(trader):
    agencies.requirement()
    permit = agencies.permit(trader)
    declaration, (outcome,) = reserve(
        oranges({"documents": citing(permit.number, quantity="40", unit="KGM")}, trader=trader.identifier), trader
    )
    assert (outcome.state, outcome.quantity) == (LpcoState.RESERVED, 40)
    assert used(permit) == (40, "issued")
    assert lpco_status(declaration.id).satisfied
    assert permits_out_of_balance() == []


@pytest.mark.parametrize(
    ("tolerance", "quantity", "state", "left"),
    [
        ("0", "100", "reserved", "exhausted"),
        ("0", "100.000001", "exhausted", "issued"),
        ("0.05", "105", "reserved", "exhausted"),
        ("0.05", "105.000001", "exhausted", "issued"),
    ],
    ids=["all of it", "a milligram over", "with all its tolerance", "over the tolerance"],
)
def test_AG_020_a_permit_gives_its_quantity_with_the_tolerance_and_no_more(trader, tolerance, quantity, state, left):
    permit = agencies.permit(trader, tolerance=Decimal(tolerance))
    _, (outcome,) = reserve(
        oranges({"documents": citing(permit.number, quantity=quantity)}, trader=trader.identifier), trader
    )
    assert outcome.state == state
    assert used(permit)[1] == left


def test_AG_020_the_database_itself_refuses_more_than_the_permit_has(trader):
    permit = agencies.permit(trader)
    with pytest.raises(IntegrityError, match="permit_never_exceeded"), transaction.atomic():
        Permit.objects.filter(pk=permit.pk).update(used=Decimal("100.000001"))


def test_AG_021_items_share_a_permit_in_order_while_it_lasts(trader):
    agencies.requirement()
    permit = agencies.permit(trader, quantity=Decimal(25))
    rows = [{"documents": citing(permit.number)} for _ in range(3)]
    declaration, outcomes = reserve(oranges(*rows, trader=trader.identifier), trader)
    assert [o.state for o in outcomes] == ["reserved", "reserved", "exhausted"]
    assert outcomes[2].remaining == 5
    assert used(permit)[0] == 20
    assert not lpco_status(declaration.id).satisfied


def test_AG_010_goods_that_need_a_permit_and_name_none_are_missing_it(trader):
    requirement = agencies.requirement()
    declaration, (outcome,) = reserve(oranges(trader=trader.identifier), trader)
    assert (outcome.state, outcome.requirement_id) == (LpcoState.MISSING, requirement.pk)
    assert not lpco_status(declaration.id).satisfied


def test_AG_011_a_coded_exemption_takes_the_place_of_the_permit(trader):
    agencies.requirement()
    declaration, (outcome,) = reserve(oranges({"documents": [{"code": "7W01"}]}, trader=trader.identifier), trader)
    assert outcome.state is LpcoState.WAIVED
    assert lpco_status(declaration.id).satisfied


def test_a_permit_on_the_header_serves_every_item_that_it_covers(trader):
    agencies.requirement()
    permit = agencies.permit(trader)
    message = oranges(
        {}, {}, {"commodity_code": "8516710000"}, trader=trader.identifier, documents=citing(permit.number)
    )
    declaration, outcomes = reserve(message, trader)
    assert [(o.item, o.state, o.quantity) for o in outcomes] == [(0, "reserved", 20)]
    assert lpco_status(declaration.id).satisfied


def test_AG_002_a_permit_that_was_revoked_after_lodgement_is_invalid_at_acceptance(trader):
    permit = agencies.permit(trader, state="revoked")
    _, (outcome,) = reserve(oranges({"documents": citing(permit.number)}, trader=trader.identifier), trader)
    assert outcome.state is LpcoState.INVALID
    assert not WriteOff.objects.exists()


def test_goods_without_requirement_and_permit_cost_one_small_query_and_no_row(trader, django_assert_num_queries):
    agencies.requirement()
    declaration = snapshot(oranges({"commodity_code": "8516710000"}, trader=trader.identifier), of=trader)
    requirements_for(declaration.message, AT.date())  # this process remembers the requirements from here on
    with transaction.atomic(), unit_of_work() as work, django_assert_num_queries(1):
        assert permits_reserve(work, declaration, actor=SYSTEM, at=AT) == []
    assert not LpcoNeed.objects.exists()


def test_ten_items_on_one_permit_are_three_queries_before_the_rows_are_written(trader, django_assert_num_queries):
    agencies.requirement()
    permit = agencies.permit(trader)
    rows = [{"documents": citing(permit.number)} for _ in range(10)]
    declaration = snapshot(oranges(*rows, trader=trader.identifier), of=trader)
    requirements_for(declaration.message, AT.date())
    with transaction.atomic(), unit_of_work() as work, django_assert_num_queries(3):
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=AT)
    assert {o.state for o in outcomes} == {LpcoState.RESERVED}


def test_AG_010_requirements_look_at_prefix_direction_country_and_day(trader):
    agencies.requirement(hs_prefix="0803", countries=["EC"])
    message = oranges({"commodity_code": "0803901000", "origin": "EC"}, {"commodity_code": "0803901000"})
    assert [need.item for need in requirements_for(message, AT.date())] == [1]
    assert requirements_for(message, AT.date().replace(year=2023)) == ()


def test_AG_023_consuming_and_freeing_happen_once_each_whoever_asks_again(trader):
    permit = agencies.permit(trader)
    declaration, _ = reserve(
        oranges({"documents": citing(permit.number, quantity="100")}, trader=trader.identifier), trader
    )
    assert used(permit) == (100, "exhausted")
    with unit_of_work() as work:
        assert permits_consume(work, declaration.id, actor=SYSTEM, at=AT) == 1
        assert permits_consume(work, declaration.id, actor=SYSTEM, at=AT) == 0
    assert used(permit) == (100, "exhausted")
    with unit_of_work() as work:
        assert permits_free(work, declaration.id, actor=SYSTEM, at=AT) == 1
        assert permits_free(work, declaration.id, actor=SYSTEM, at=AT) == 0
        assert permits_consume(work, declaration.id, actor=SYSTEM, at=AT) == 0
    assert used(permit) == (0, "issued")
    assert permits_out_of_balance() == []


def test_the_ledger_can_only_grow(trader):
    permit = agencies.permit(trader)
    reserve(oranges({"documents": citing(permit.number)}, trader=trader.identifier), trader)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for sql in (
        "UPDATE agencies_writeoff SET quantity = 1",
        "DELETE FROM agencies_writeoff",
        "TRUNCATE agencies_writeoff CASCADE",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
