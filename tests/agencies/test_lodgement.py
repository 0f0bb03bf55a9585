"""What is refused at lodgement because of a permit that it names (AG-001 to AG-005, A5, L3)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agencies.services import lodgement_check
from declarations.schemas import DeclarationMessage
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from tests.factories import accounts, agencies
from tests.factories.agencies import citing, oranges
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def actor(trader: Organisation) -> Actor:
    return accounts.actor(of=trader)


def findings(message: DeclarationMessage, actor: Actor, at: datetime = NOON) -> list[tuple[str, str]]:
    with clock.frozen(at):
        return [(found.rule, found.pointer) for found in lodgement_check(message, actor)]


def naming(trader: Organisation, number: str, **changes: Any) -> DeclarationMessage:
    document = citing(number, **{k: changes.pop(k) for k in ("code", "quantity", "unit") if k in changes})
    return oranges({"documents": document} | changes, trader=trader.identifier)


def test_AG_001_a_permit_of_ones_own_is_found(trader, actor):
    permit = agencies.permit(trader)
    assert findings(naming(trader, permit.number), actor) == []


def test_AG_001_a_permit_that_does_not_exist_is_unknown(trader, actor):
    assert findings(naming(trader, "PHY-NONE"), actor) == [("AG-001", "/items/0/documents/0/id")]


def test_AG_001_a_permit_of_another_trader_is_unknown_in_the_same_words(trader, actor):
    foreign = agencies.permit(accounts.organisation())
    with clock.frozen(NOON):
        (other,) = lodgement_check(naming(trader, foreign.number), actor)
        (absent,) = lodgement_check(naming(trader, "PHY-NONE"), actor)
    assert (other.rule, other.message, other.remedy) == (absent.rule, absent.message, absent.remedy)
    assert foreign.holder.name not in other.message


def test_AG_001_a_number_under_another_type_code_is_unknown(trader, actor):
    permit = agencies.permit(trader)
    assert findings(naming(trader, permit.number, code="7P02"), actor)[0][0] == "AG-001"


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), ["AG-002"]),
        (datetime(2026, 1, 1, tzinfo=UTC), []),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), []),
        (datetime(2027, 1, 1, tzinfo=UTC), ["AG-002"]),
    ],
    ids=["the day before it begins", "its first instant", "its last second", "the day after its last"],
)
def test_AG_002_a_permit_holds_from_its_first_to_its_last_day(trader, actor, at, rules):
    permit = agencies.permit(trader)
    assert [rule for rule, _ in findings(naming(trader, permit.number), actor, at)] == rules


@pytest.mark.parametrize(
    ("state", "rules"),
    [("issued", []), ("exhausted", []), ("suspended", ["AG-002"]), ("revoked", ["AG-002"]), ("expired", ["AG-002"])],
)
def test_AG_002_a_suspended_or_revoked_permit_is_refused_and_a_used_up_one_is_left_to_its_agency(
    trader, actor, state, rules
):
    permit = agencies.permit(trader, state=state)
    assert [rule for rule, _ in findings(naming(trader, permit.number), actor)] == rules


@pytest.mark.parametrize(
    ("permit", "item", "rules"),
    [
        ({}, {}, []),
        ({}, {"commodity_code": "0806102000"}, ["AG-003"]),
        ({"hs_prefix": "080510"}, {}, []),
        ({"hs_prefix": "080520"}, {}, ["AG-003"]),
        ({"direction": "export"}, {}, ["AG-003"]),
        ({"origin": "MA"}, {}, []),
        ({"origin": "ES"}, {}, ["AG-003"]),
    ],
    ids=["covered", "other heading", "its subheading", "other subheading", "export", "its origin", "other origin"],
)
def test_AG_003_the_permit_covers_goods_direction_and_origin(trader, actor, permit, item, rules):
    row = agencies.permit(trader, **permit)
    assert [rule for rule, _ in findings(naming(trader, row.number, **item), actor)] == rules


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        ("10", "KGM", []),
        ("0.000001", "KGM", []),
        ("0", "KGM", [("AG-004", "/items/0/documents/0/quantity")]),
        ("10", "TNE", [("AG-004", "/items/0/documents/0/unit")]),
        ("10", None, []),
        (None, None, []),
    ],
    ids=["as the permit", "a milligram", "nothing", "other unit", "unit left out", "told by the net mass"],
)
def test_AG_004_the_quantity_is_positive_and_in_the_unit_of_the_permit(trader, actor, quantity, unit, expected):
    permit = agencies.permit(trader)
    assert findings(naming(trader, permit.number, quantity=quantity, unit=unit), actor) == expected


def test_AG_004_a_quantity_that_the_goods_do_not_tell_must_be_stated(trader, actor):
    permit = agencies.permit(trader, unit="NAR")
    assert findings(naming(trader, permit.number), actor) == [("AG-004", "/items/0/documents/0/quantity")]
    told = naming(trader, permit.number, supplementary_quantity={"quantity": "40", "unit": "NAR"})
    assert findings(told, actor) == []


def test_AG_005_the_holder_is_the_importer_also_for_a_broker_of_both(trader):
    from datetime import timedelta

    from singlewindow.accounts.services import mandate_grant
    from singlewindow.accounts.types import MandateScope

    broker, other = accounts.organisation(kind="broker"), accounts.organisation()
    for principal in (trader, other):
        mandate_grant(
            actor=accounts.actor(of=principal),
            principal=principal,
            agent=broker,
            scope=MandateScope.IMPORT,
            direct=True,
            valid_from=NOON - timedelta(days=1),
        )
    actor = accounts.actor(of=broker)
    own, foreign = agencies.permit(trader), agencies.permit(other)
    assert findings(naming(trader, own.number), actor) == []
    assert findings(naming(trader, foreign.number), actor) == [("AG-005", "/items/0/documents/0/id")]


def test_every_finding_is_reported_in_the_order_of_the_message(trader, actor):
    permit = agencies.permit(trader)
    message = oranges(
        {"documents": citing(permit.number, quantity="0")},
        {"documents": citing("PHY-A", "PHY-B")},
        trader=trader.identifier,
        documents=citing("PHY-C"),
    )
    assert findings(message, actor) == [
        ("AG-001", "/documents/0/id"),
        ("AG-004", "/items/0/documents/0/quantity"),
        ("AG-001", "/items/1/documents/0/id"),
        ("AG-001", "/items/1/documents/1/id"),
    ]


def test_a_message_without_permits_asks_the_database_nothing(actor, django_assert_num_queries):
    message = import_message(20)
    with django_assert_num_queries(0):
        assert list(lodgement_check(message, actor)) == []


def test_any_number_of_permits_is_one_query(trader, actor, django_assert_num_queries):
    permits = [agencies.permit(trader) for _ in range(5)]
    message = oranges(*({"documents": citing(p.number)} for p in permits), trader=trader.identifier)
    with clock.frozen(NOON), django_assert_num_queries(1):
        assert list(lodgement_check(message, actor)) == []
