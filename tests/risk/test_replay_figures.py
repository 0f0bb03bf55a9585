"""From whole numbers to figures: what is known, what is only estimated, and what each side holds (RM-SIM-04 to 09)."""

import random
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest

from risk.rules.replay_figures import MINUTES, SMALL_GROUP, figures_of, rate
from risk.rules.replay_sums import (
    CONFORM,
    EXAMPLES_KEPT,
    FOUND,
    SLIP,
    Known,
    Seen,
    Sums,
    bin_edges,
    hours_bin,
    origin_of,
    size_of,
    sums_together,
)
from risk.types import Lane, Pick
from singlewindow.kernel.canonical import canonical_bytes

G, B, Y, R = Lane.GREEN, Lane.BLUE, Lane.YELLOW, Lane.RED
ONE = Decimal(1)
FEW = Decimal("0.01")


@dataclass(frozen=True)
class Side:
    lane: Lane
    pick: Pick = Pick.NONE
    profiles: tuple[str, ...] = ()


def seen(number: int, known: Known | None = None, **changes: object) -> Seen:
    values: dict[str, object] = {
        "declaration_id": UUID(int=number),
        "origin": "CN",
        "size": "new",
        "lane": G,
        "release_s": None,
        "known": known,
    }
    return Seen(**values | changes)  # type: ignore[arg-type]


def summed(*rows: tuple[Seen, Side, Side]) -> Sums:
    sums = Sums(salt=b"salt")
    for row in rows:
        sums.add(*row)
    return sums


def test_RM_SIM_06_what_was_never_checked_is_in_no_rate() -> None:
    found = figures_of(
        summed(
            (seen(1, Known(FOUND, 5000, ONE)), Side(R), Side(R)),
            (seen(2, Known(CONFORM, 0, ONE)), Side(R), Side(Y)),
            (seen(3, Known(SLIP, 0, ONE)), Side(Y), Side(G)),
            (seen(4), Side(R), Side(R)),
            (seen(5), Side(G), Side(R)),
            (seen(6, Known(FOUND, 700, FEW)), Side(G), Side(R)),
        ).plain()
    )
    live, candidate = found["live"], found["candidate"]
    assert (live["held"], live["known"], live["found"], live["false_alarms"]) == (4, 3, 1, 1)
    assert (candidate["held"], candidate["known"], candidate["found"], candidate["false_alarms"]) == (5, 3, 2, 1)
    assert live["known_share"] == "0.7500"
    assert live["hit_rate"]["value"] == "0.3333"
    assert (live["missed"], live["revenue_missed_minor"], live["revenue_found_minor"]) == (1, 700, 5000)
    assert (candidate["missed"], candidate["revenue_found_minor"]) == (0, 5700)
    assert found["moves"] == [["GREEN", "RED", 2], ["YELLOW", "GREEN", 1], ["RED", "YELLOW", 1]]


def test_RM_SIM_07_a_check_by_chance_stands_for_many_in_the_estimate() -> None:
    rows = [(seen(n, Known(CONFORM, 0, ONE)), Side(R), Side(R)) for n in range(100)]
    rows += [(seen(100, Known(FOUND, 300, FEW)), Side(R), Side(R))]
    side = figures_of(summed(*rows).plain())["live"]
    assert side["hit_rate"]["value"] == "0.0099"
    assert side["hit_rate_estimate"]["value"] == "0.5000"
    assert side["hit_rate_estimate"]["n"] == "4.0"  # 200 squared over 100 and 10,000: as good as four checks
    assert side["revenue_found_estimate_minor"] == 30_000


def test_RM_SIM_07_the_estimate_covers_the_truth_in_most_samples() -> None:
    covered = 0
    for seed in range(100):
        draw = random.Random(seed)
        sums = Sums(salt=b"salt")
        for number in range(2000):
            risky = draw.random() < 0.2
            chance = Decimal("0.5") if risky else Decimal("0.05")
            wrong = draw.random() < (0.5 if risky else 0.02)  # 11.6 % of all
            checked = draw.random() < chance
            known = Known(FOUND if wrong else CONFORM, 0, chance) if checked else None
            sums.add(seen(number, known), Side(R), Side(R))
        found = figures_of(sums.plain())["live"]["hit_rate_estimate"]
        covered += float(found["low"]) <= 0.116 <= float(found["high"])
    assert covered >= 88


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (5, 10), (1, 1000)])
def test_RM_SIM_06_an_interval_lies_around_its_rate_and_inside_of_all(count: int, of: int) -> None:
    found = rate(count, of)
    assert found is not None
    assert 0 <= float(found["low"]) <= float(found["value"]) <= float(found["high"]) <= 1
    assert rate(0, 0) is None


def test_RM_SIM_06_wilsons_interval_is_that_of_the_book() -> None:
    found = rate(15, 100)
    assert found is not None
    assert (found["low"], found["high"]) == ("0.0931", "0.2328")


def test_RM_SIM_08_officers_work_the_minutes_of_each_lane() -> None:
    side = figures_of(summed(*((seen(n), Side(lane), Side(G)) for n, lane in enumerate(Lane))).plain())
    assert side["live"]["officer_minutes"] == sum(MINUTES.values())
    assert side["candidate"]["officer_minutes"] == 0


def test_RM_SIM_08_release_times_are_those_of_the_lanes_in_the_shares_of_each_side() -> None:
    rows = [(seen(n, lane=G, release_s=60), Side(G), Side(R)) for n in range(90)]
    rows += [(seen(n, lane=R, release_s=36_000), Side(R), Side(R)) for n in range(90, 100)]
    found = figures_of(summed(*rows).plain())
    assert 55 < found["live"]["release_p50_s"] < 66
    assert 55 < found["live"]["release_p90_s"] < 66
    assert 33_000 < found["candidate"]["release_p50_s"] < 39_000
    unknown = figures_of(summed((seen(1), Side(G), Side(R))).plain())
    assert unknown["live"]["release_p50_s"] is None


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 3600, 86_400, 10_000_000])
def test_RM_SIM_08_a_release_time_lies_in_its_bin(seconds: int) -> None:
    low, high = bin_edges(hours_bin(seconds))
    assert low - 1e-6 <= seconds < high + 1e-6
    assert high - low <= max(2.0, 0.1 * (high + 1))


def test_RM_SIM_09_groups_are_told_against_all_and_small_ones_are_marked() -> None:
    rows = [(seen(n, origin="CN"), Side(R if n % 2 else G), Side(G)) for n in range(SMALL_GROUP)]
    rows += [(seen(n, origin="DE"), Side(G), Side(G)) for n in range(SMALL_GROUP - 1)]
    found = figures_of(summed(*rows).plain())
    china, germany = found["origins"]
    assert (china["group"], china["small"], china["live"]["held"]) == ("CN", False, 50)
    assert (germany["group"], germany["small"], germany["live"]["ratio"]) == ("DE", True, "0.00")
    assert china["live"]["ratio"] == f"{0.5 / (50 / 199):.2f}"
    assert china["candidate"]["ratio"] == ""  # nobody is held at all


@pytest.mark.parametrize(
    ("year", "size"),
    [
        *((0, "new"), (1, "under12"), (11, "under12"), (12, "under100"), (99, "under100")),
        *((100, "under1000"), (999, "under1000"), (1000, "large")),
    ],
)
def test_RM_SIM_09_sizes_of_traders_on_both_sides_of_each_limit(year: int, size: str) -> None:
    assert size_of(year) == size


def test_RM_SIM_09_sizes_stand_in_their_order_and_the_origin_is_that_of_the_dearest_item() -> None:
    rows = [(seen(n, size=size), Side(G), Side(G)) for n, size in enumerate(["large", "large", "new", "under100"])]
    assert [row["group"] for row in figures_of(summed(*rows).plain())["sizes"]] == ["new", "under100", "large"]
    assert origin_of([{"origin": "CN", "value": 5.0}, {"origin": "DE", "value": 9.0}, {"value": 99.0}]) == "DE"
    assert origin_of([{"origin": "CN", "value": 5.0}, {"origin": "DE", "value": 5.0}]) == "CN"
    assert origin_of([{"value": 5.0}]) == "--"


def test_profiles_are_told_with_their_hits_and_their_precision() -> None:
    rows = [(seen(n, Known(FOUND, 10, ONE)), Side(G), Side(Y, profiles=("PR-0001",))) for n in range(3)]
    rows += [(seen(n), Side(Y, profiles=("PR-0002",)), Side(Y, profiles=("PR-0001", "PR-0002"))) for n in range(3, 5)]
    profiles = figures_of(summed(*rows).plain())["profiles"]
    assert [row["code"] for row in profiles["live"]] == ["PR-0002"]
    first = profiles["candidate"][0]
    assert (first["code"], first["hits"], first["known"], first["found"]) == ("PR-0001", 5, 3, 3)
    assert first["precision"]["value"] == "1.0000"


def test_RM_SIM_03_sums_are_the_same_in_any_order_and_any_parts() -> None:
    draw = random.Random(1)
    outcomes = (FOUND, CONFORM, SLIP)
    rows = []
    for number in range(600):
        known = Known(draw.choice(outcomes), draw.randint(-500, 90_000), Decimal(draw.choice(("1", "0.3", "0.017"))))
        of = seen(
            number, draw.choice((known, None)), origin=draw.choice(("CN", "DE", "--")), release_s=draw.randint(0, 10**6)
        )
        sides = (Side(draw.choice(list(Lane)), draw.choice(list(Pick)), draw.choice(((), ("PR-0001",)))) for _ in "12")
        rows.append((of, *sides))
    whole = summed(*rows).plain()
    draw.shuffle(rows)
    parts = [summed(*rows[begin : begin + 37]).plain() for begin in range(0, len(rows), 37)]
    draw.shuffle(parts)
    together = sums_together([sums_together(parts[:5]), *parts[5:]])
    assert canonical_bytes(figures_of(together)) == canonical_bytes(figures_of(whole))
    assert {len(examples) for examples in together["examples"].values()} == {EXAMPLES_KEPT}
