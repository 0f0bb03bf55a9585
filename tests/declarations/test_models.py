"""The database holds the life cycles and keeps what was lodged, whoever writes to it."""

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from declarations.models import Declaration, GoodsItem
from declarations.services import declaration_lodge
from declarations.states import GOODS, LEGAL, LegalState
from declarations.types import Channel, Lodged
from tests.factories import accounts
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db

guards = import_module("declarations.migrations.0002_guards")


def lodged(**changes: object) -> Lodged:
    organisation = accounts.organisation()
    return declaration_lodge(
        message=import_message(2, trader=organisation.identifier, **changes),
        actor=accounts.actor(of=organisation),
        channel=Channel.JSON,
    )


def refused(sql: str, *parameters: object) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(caught.value)


def test_the_triggers_hold_the_same_pairs_as_the_life_cycles() -> None:
    assert list(LEGAL.pairs()) == guards.LEGAL_PAIRS
    assert list(GOODS.pairs()) == guards.GOODS_PAIRS


def test_the_guard_of_content_knows_every_final_state() -> None:
    for state in LEGAL.terminal():
        assert f"'{state}'" in guards.KEEP
    assert guards.KEEP.count("'DRAFT'") == 1


@pytest.mark.parametrize(
    ("column", "state"),
    [("legal_state", "DRAFT"), ("legal_state", "RELEASED"), ("goods_state", "EXPECTED"), ("goods_state", "REMOVED")],
)
def test_a_step_that_is_in_no_life_cycle_is_refused_by_the_database(column: str, state: str) -> None:
    declaration = lodged()
    assert "is no transition" in refused(
        f"UPDATE declarations_declaration SET {column} = %s WHERE id = %s", state, declaration.id
    )


@pytest.mark.parametrize("column", ["mrn", "lrn", "lodged_at"])
def test_number_and_time_of_lodgement_never_change(column: str) -> None:
    declaration = lodged()
    value = "2020-01-01T00:00:00Z" if column == "lodged_at" else "26ZZ00000000000000"
    assert "never change" in refused(
        f"UPDATE declarations_declaration SET {column} = %s WHERE id = %s", value, declaration.id
    )


def test_what_was_lodged_is_never_deleted() -> None:
    declaration = lodged()
    assert "never deleted" in refused("DELETE FROM declarations_declaration WHERE id = %s", declaration.id)


def test_new_content_without_a_new_version_is_refused() -> None:
    declaration = lodged()
    assert "new version" in refused("UPDATE declarations_declaration SET content = '' WHERE id = %s", declaration.id)


@pytest.mark.parametrize("state", [LegalState.EXPIRED, LegalState.INVALIDATED])
def test_the_content_of_an_ended_declaration_never_changes(state: LegalState) -> None:
    declaration = lodged(presented=False)
    Declaration.objects.filter(pk=declaration.id).update(legal_state=state.value)
    assert "has ended" in refused(
        "UPDATE declarations_declaration SET content = '', version = 2 WHERE id = %s", declaration.id
    )
    assert "has ended" in refused("DELETE FROM declarations_goodsitem WHERE declaration_id = %s", declaration.id)
    assert "has ended" in refused(
        "UPDATE declarations_transportequipment SET equipment_id = 'X' WHERE declaration_id = %s", declaration.id
    )


@pytest.mark.parametrize(
    "change",
    [
        "legal_state = 'ACCEPTED'",
        "legal_state = 'ACCEPTED', accepted_at = lodged_at - interval '1 second'",
        "goods_state = 'UNDER_CONTROL', presented_at = NULL",
    ],
)
def test_a_state_without_its_time_or_a_time_out_of_order_is_refused(change: str) -> None:
    declaration = lodged()
    assert "declaration_" in refused(f"UPDATE declarations_declaration SET {change} WHERE id = %s", declaration.id)


def test_items_are_numbered_once_each() -> None:
    declaration = lodged()
    assert GoodsItem.objects.filter(declaration=declaration.id).count() == 2
    assert "declarations_goodsitem_pkey" in refused(
        "UPDATE declarations_goodsitem SET number = 1 WHERE declaration_id = %s", declaration.id
    )


def test_a_change_of_state_touches_no_index() -> None:
    """Accepting and releasing stay heap-only updates as long as no index holds what they change."""
    changed = {"legal_state", "goods_state", "accepted_at", "released_at", "cleared_at", "ended_at", "presented_at"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'declarations_declaration'")
        definitions = " ".join(row[0] for row in cursor.fetchall())
    assert not {column for column in changed if column in definitions}
