"""The tables of transitions, and the database that holds the same pairs."""

import importlib

import pytest

from agencies.states import HOLD, PERMIT, HoldState, PermitState
from singlewindow.kernel.errors import TransitionRefused

guards = importlib.import_module("agencies.migrations.0002_ledger_and_life_cycles")


def test_the_database_knows_the_same_steps_as_the_tables():
    assert sorted(guards.PERMIT_PAIRS) == sorted(PERMIT.pairs())
    assert sorted(guards.HOLD_PAIRS) == sorted(HOLD.pairs())


def test_nothing_leaves_a_revoked_or_expired_permit():
    assert PERMIT.terminal() == {PermitState.REVOKED, PermitState.EXPIRED}


def test_a_lifted_hold_is_not_taken_up_again():
    assert HOLD.terminal() == {HoldState.LIFTED, HoldState.WITHDRAWN}
    with pytest.raises(TransitionRefused):
        HOLD.next_state("uphold", HoldState.LIFTED)
