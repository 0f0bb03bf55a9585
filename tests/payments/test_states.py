"""The tables of the life cycles, and what the database was told of them."""

from importlib import import_module

import pytest

from singlewindow.payments import states

guards = import_module("singlewindow.payments.migrations.0002_guards")


@pytest.mark.parametrize("name", ["BASKET", "PROVIDER_PAYMENT", "SUSPENSE", "PAYOUT"])
def test_the_database_holds_the_same_life_cycle(name: str) -> None:
    assert sorted(getattr(guards, f"{name}_PAIRS")) == sorted(getattr(states, name).pairs())
