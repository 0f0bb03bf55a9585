"""N05: the published estimate of non-compliance covers what is true, in a hundred made countries."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

import pytest

from risk.rules.estimate import estimate_of
from risk.rules.selection import drawn
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.world import Country, days_of

WORLD = Parameters(seed=0, start=date(2026, 9, 7), per_day=90, traders=70)
DAYS = 12
SEEDS = range(100)


def compliance(seed: int) -> dict[UUID, bool]:
    """What is true of each declaration of one world, by its number."""
    country = Country(replace(WORLD, seed=seed))
    return {
        UUID(bytes=blake2b(one.truth.key.encode(), digest_size=16).digest()): one.truth.compliant
        for day in days_of(country, range(DAYS))
        for one in day
    }


@pytest.fixture(scope="module")
def worlds() -> list[dict[UUID, bool]]:
    return [compliance(seed) for seed in SEEDS]


@pytest.mark.parametrize("rate", [Decimal("0.01"), Decimal("0.05"), Decimal("0.2")])
def test_N05_the_interval_covers_the_true_rate_in_at_least_93_of_100_countries(
    worlds: list[dict[UUID, bool]], rate: Decimal
) -> None:
    covered = 0
    for seed, truth in zip(SEEDS, worlds, strict=True):
        secret = f"month of world {seed}".encode()
        sample = [number for number in truth if drawn(secret, number) < rate]
        found = sum(not truth[number] for number in sample)
        estimate = estimate_of("2026-09", drawn=len(sample), checked=len(sample), found=found)
        wrong = sum(not compliant for compliant in truth.values()) / len(truth)
        covered += estimate.low <= wrong <= estimate.high
    assert covered >= 93


def test_N05_the_sample_is_drawn_from_all_trade_so_that_its_mean_over_countries_is_the_truth(
    worlds: list[dict[UUID, bool]],
) -> None:
    drawn_in_all = found_in_all = wrong_in_all = declarations = 0
    for seed, truth in zip(SEEDS, worlds, strict=True):
        sample = [number for number in truth if drawn(f"month of world {seed}".encode(), number) < Decimal("0.1")]
        drawn_in_all += len(sample)
        found_in_all += sum(not truth[number] for number in sample)
        wrong_in_all += sum(not compliant for compliant in truth.values())
        declarations += len(truth)
    assert found_in_all / drawn_in_all == pytest.approx(wrong_in_all / declarations, abs=0.006)
    assert drawn_in_all / declarations == pytest.approx(0.1, abs=0.005)
