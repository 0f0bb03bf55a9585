"""The tables of transitions, the database that holds the same pairs, and what nobody may change."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from singlewindow.cargo.states import BILL, CARGO, MANIFEST, CargoState, ManifestState
from singlewindow.kernel.errors import TransitionRefused
from tests.factories.cargo import carrier, filed, terminal, told

guards = importlib.import_module("singlewindow.cargo.migrations.0002_guards")


def test_the_database_knows_the_same_steps_as_the_tables():
    assert sorted(guards.MANIFEST_PAIRS) == sorted(MANIFEST.pairs())
    assert sorted(guards.BILL_PAIRS) == sorted(BILL.pairs())
    assert sorted(guards.CARGO_PAIRS) == sorted(CARGO.pairs())


def test_nothing_leaves_a_manifest_that_has_departed_or_was_cancelled_nor_cargo_that_was_given_back():
    assert MANIFEST.terminal() == {ManifestState.DEPARTED, ManifestState.CANCELLED}
    assert CARGO.terminal() == {CargoState.RETURNED}
    with pytest.raises(TransitionRefused):
        MANIFEST.next_state("cancel", ManifestState.ARRIVED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cargo_manifest SET state = 'CANCELLED'",
        "UPDATE cargo_manifest SET state = 'PRE_ARRIVAL'",
        "UPDATE cargo_manifestversion SET source = 'edifact'",
        "DELETE FROM cargo_manifestversion",
        "DELETE FROM cargo_arrival",
        "UPDATE cargo_arrival SET reference = 'X'",
        "TRUNCATE cargo_writeoff CASCADE",
    ],
)
def test_the_database_refuses_what_no_service_does(statement):
    filed(carrier(), reference="VOYA")
    told(terminal(), manifest="VOYA")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
