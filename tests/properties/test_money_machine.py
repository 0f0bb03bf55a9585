"""Any order of lodging, amending, paying, releasing and taking back leaves the sums right (domain.md N14).

A machine of hypothesis does what traders, officers, agencies, providers and banks do, in any order, on the real
services and the real database, and asks the tables after every step. `MACHINE_STEPS` says how many steps (2,500 in
the usual run; how many were run at once stands in benchmarks/README.md); `MACHINE_SEED` repeats a run.
"""

import os
import sys

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import invariant, run_state_machine_as_test

from declarations.models import Declaration
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.quotas.selectors import quotas_out_of_balance
from tests.factories.clearance import country_load
from tests.properties import sums
from tests.properties.machine.accounts import bank_new
from tests.properties.machine.deposits import Deposits
from tests.properties.machine.disputes import Disputes
from tests.properties.machine.drawback import Drawback
from tests.properties.machine.goods import Goods
from tests.properties.machine.permits import Permits
from tests.properties.machine.revenue import Revenue
from tests.properties.machine.suspense import Suspense
from tests.properties.machine.two_step import TwoStep
from tests.properties.machine.world import did, done, refused

STEPS = int(os.environ.get("MACHINE_STEPS", "2500"))
SEED = int(os.environ.get("MACHINE_SEED", "20261123"))
STEPS_A_WORLD, RULES_A_WORLD = 100, 65
"""Many rules are more than one act: so many of them make about a hundred acts."""
RELEASED = frozenset({"RELEASED", "CLEARED"})
TAKEN = frozenset({"PAID", "DEFERRED", "NIL", "FINAL"})


class MoneyMachine(Goods, TwoStep, Disputes, Permits, Deposits, Suspense, Revenue, Drawback):
    """Everything that can happen to one trader's goods and money."""

    @invariant()
    def declarations_stand_rightly(self) -> None:
        for found in sums.standings(self.declarations):
            if found.legal in RELEASED:
                self.released_stands_rightly(found)
            else:
                assert found.authorities + found.demands_paid == 0
                assert found.aside == found.deferred == found.held == 0
            if found.legal == "INVALIDATED":
                assert found.paid == found.claims == found.demands_open == 0
            if found.id in self.released:
                assert found.legal in RELEASED | {"INVALIDATED"}

    def released_stands_rightly(self, found: sums.Standing) -> None:
        """What left was covered, and nothing of it is covered twice."""
        assert found.fiscal in TAKEN | {"SECURED"}
        if found.fiscal in TAKEN:
            assert found.authorities + found.demanded + found.held == found.total
            assert found.aside == 0
            assert found.held == 0 or found.fiscal == "FINAL"  # a call that was taken back
            assert found.deferred <= found.total if found.fiscal == "DEFERRED" else True
        else:
            assert found.authorities == found.total or found.aside + found.held >= found.total
        if found.id not in self.released:
            assert found.open_holds == 0
            self.released.add(found.id)

    def teardown(self) -> None:
        if self.references:
            self.worker()
            for name in dir(self):
                if getattr(getattr(self, name), "hypothesis_stateful_invariant", None):
                    getattr(self, name)()
        assert ledger_verify() == []
        assert quotas_out_of_balance() == []
        assert sums.nothing(sums.UNBALANCED)


@pytest.mark.django_db(transaction=True)
def test_no_order_of_acts_creates_loses_or_doubles_anything() -> None:
    country_load()
    call_command("load_quotas", verbosity=0)
    bank_new()
    did.clear()
    refused.clear()
    done.update(steps=0, refused=0)
    rounds = max(1, STEPS // STEPS_A_WORLD)

    @seeded(SEED)
    @settings(
        max_examples=rounds,
        stateful_step_count=RULES_A_WORLD,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if STEPS <= 5_000 else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    class Seeded(MoneyMachine):
        pass

    run_state_machine_as_test(Seeded, settings=Seeded.TestCase.settings)
    sys.stdout.write(
        f"{done['steps']} acts, {done['refused']} of them refused, {Declaration.objects.count()} declarations\n"
        f"{', '.join(f'{name} {did.get(name, 0)}/{refused.get(name, 0)}' for name in sorted({*did, *refused}))}\n"
    )
    assert done["steps"] >= rounds * RULES_A_WORLD * 0.8
