"""Many profiles asked of a declaration through their index, against asking each compiled profile in turn."""

import gc
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.figures import Spread, line, ratios
from risk.rules.profile_check import profile_read
from risk.rules.profile_index import ProfileIndex
from risk.rules.profiles import CompiledProfile, compile_profile
from risk.rules.record import Record, Values

SEED = 26
RECORDS = 2_000
ITEMS = 10
ROUNDS = 11
GOALS = {50: 0.75, 200: 0.75}
"""Share of the time of asking each in turn, by the number of profiles."""
ORIGINS = ("CN", "DE", "FR", "IN", "TR", "US", "VN", "ZA")


def measure() -> None:
    """Print the ratio for fifty and for two hundred profiles over declarations of ten items."""
    chance = random.Random(SEED)
    records = [_record(chance) for _ in range(RECORDS)]
    for count, goal in GOALS.items():
        profiles = [_profile(chance, number) for number in range(count)]
        index = ProfileIndex(profiles)
        assert _indexed(index, records) == _in_turn(profiles, records)
        indexed, in_turn = [], []
        gc.collect()
        gc.freeze()
        for _ in range(ROUNDS):
            in_turn.append(_cpu(lambda profiles=profiles: _in_turn(profiles, records)))  # type: ignore[misc]
            indexed.append(_cpu(lambda index=index: _indexed(index, records)))  # type: ignore[misc]
        gc.unfreeze()
        ratio = ratios(indexed, in_turn)
        line(
            name="profiles_cpu",
            profiles=count,
            declarations=RECORDS,
            items=ITEMS,
            rounds=ROUNDS,
            in_turn_us=Spread.of([one / RECORDS * 1e6 for one in in_turn]).output(),
            indexed_us=Spread.of([one / RECORDS * 1e6 for one in indexed]).output(),
            ratio=ratio.output(),
            goal=f"<= {goal:g}",
            met=ratio.median <= goal,
        )


def _indexed(index: ProfileIndex, records: Sequence[Record]) -> int:
    return sum(1 for record in records for _ in index.hits(record))


def _in_turn(profiles: Sequence[CompiledProfile], records: Sequence[Record]) -> int:
    return sum(1 for record in records for profile in profiles if profile.hit(record) is not None)


def _record(chance: random.Random) -> Record:
    header: Values = {
        "office": "ZZ000101",
        "trader": f"ZZIMP{chance.randrange(5_000):04d}",
        "dispatch": chance.choice(ORIGINS),
        "total_value": chance.random() * 100_000,
        "documents": ["N380", "N705"],
    }
    items: tuple[Values, ...] = tuple(
        {
            "commodity": str(chance.randrange(10**9, 10**10)),
            "origin": chance.choice(ORIGINS),
            "unit_value_ratio": chance.random() * 3,
        }
        for _ in range(ITEMS)
    )
    return Record(header, items)


def _profile(chance: random.Random, number: int) -> CompiledProfile:
    """One of four kinds, as analysts write them: of traders, of a chapter and origin, of a route, of many codes."""
    low: dict[str, Any] = {"field": "unit_value_ratio", "operator": "less", "values": ["0.5"]}
    chapter, codes = str(chance.randrange(10, 98)), [str(chance.randrange(10**9, 10**10)) for _ in range(50)]
    kinds: list[list[dict[str, Any]]] = [
        [{"field": "trader", "operator": "in", "values": [f"ZZIMP{number * 7 % 5_000:04d}"]}],
        [
            {"field": "commodity", "operator": "begins", "values": [chapter]},
            {"field": "origin", "operator": "in", "values": [chance.choice(ORIGINS)]},
        ],
        [
            {"field": "dispatch", "operator": "in", "values": list(chance.sample(ORIGINS, 2))},
            {"field": "total_value", "operator": "more", "values": ["90000"]},
        ],
        [{"field": "commodity", "operator": "in", "values": codes}],
    ]
    content = profile_read(
        {
            "name": "Measured",
            "all": [*kinds[number % len(kinds)], low],
            "points": "10",
            "owner": "Measured",
            "basis": "Measured",
            "expected_hit_rate": "0.1",
            "valid_days": 90,
        }
    )
    return compile_profile(content, code=f"PR-{number:04d}")


def _cpu(act: Callable[[], object]) -> float:
    begin = time.process_time()
    act()
    return time.process_time() - begin
