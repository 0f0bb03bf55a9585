"""The assessment of 999 items against one of ten: the same cost for an item; CPU time of one process, in memory."""

import gc
import time
from collections.abc import Callable
from decimal import Decimal

from benchmarks.figures import Spread, line, ratios
from fees.rules.assessment import assess
from fees.rules.canonical_form import assessment_bytes
from fees.rules.facts import facts_of
from fees.rules.tariff import TariffIndex
from tests.factories import fees as make
from tests.factories.declarations import import_message

FEW, MANY = 10, 999
ROUNDS = 15
REPEATED = 100
"""Times that the ten items are assessed in a round, so that both sides do about as much."""
GOAL = 1.15


def measure() -> None:
    """Print what an item costs in a declaration of 999 against one of ten: facts, rates, taxes, bytes of the notice."""
    few, many = _way(FEW), _way(MANY)
    for way in (few, many):
        way()  # the first of each fills the memory of resolved codes
    small, large = [], []
    gc.collect()
    gc.freeze()  # the collector would walk all that is loaded, in whichever run it happens to wake up
    for _ in range(ROUNDS):
        small.append(_cpu(few, REPEATED) / FEW)
        large.append(_cpu(many, 1) / MANY)
    gc.unfreeze()
    found = ratios(large, small)
    line(
        name="assessment",
        items=[FEW, MANY],
        rounds=ROUNDS,
        of_ten_us_an_item=Spread.of([one * 1e6 for one in small], digits=1).output(),
        of_999_us_an_item=Spread.of([one * 1e6 for one in large], digits=1).output(),
        an_item_of_999_against_one_of_ten=found.output(),
        goal=f"<= {GOAL:g}",
        met=found.median <= GOAL,
    )


def _way(items: int) -> Callable[[], bytes]:
    message, law, country = import_message(items), _law(), make.profile()
    rates = {"USD": make.rate("USD", "1.0837")}

    def once() -> bytes:
        return assessment_bytes(assess(facts_of(message), tariff=law, rates=rates, profile=country, on=make.DAY))

    return once


def _law() -> TariffIndex:
    """Rates for the goods of the messages: mixed, preferential, excise, VAT, and a charge in its base."""
    chapters = sorted({item.commodity_code[:2] for item in import_message(MANY).items if item.commodity_code})
    measures = []
    for prefix in chapters:
        measures += [
            make.measure("duty", "8 % MIN 22 EUR/100 kg MAX 56 EUR/100 kg", prefix=prefix),
            make.measure("preference", "free", prefix=prefix, origin="KEA"),
            make.measure("excise", "2 %", prefix=prefix),
            make.measure("vat", "16 %", prefix=prefix),
        ]
    return make.tariff(*measures, groups=[make.group()], charges=[make.charge(in_vat_base=True, amount=Decimal(25))])


def _cpu(act: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times
