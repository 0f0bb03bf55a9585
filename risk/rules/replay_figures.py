"""From the sums of a replay to its figures: what is live and the candidate, side by side.

Whole numbers stay whole; shares, rates and their intervals are decimals of fixed places, as text: the same sums always
give the same bytes. Source: docs/rules/risk.md, RM-SIM-04 to RM-SIM-09.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

from risk.rules.replay_sums import (
    CONFORM,
    FOUND,
    LARGE,
    REVENUE,
    SIZES,
    SQUARE,
    SQUARE_UNIT,
    UNKNOWN,
    WEIGHT,
    WEIGHT_UNIT,
    WEIGHTED_REVENUE,
    N,
    bin_edges,
)
from risk.types import Lane, Pick

MINUTES: Mapping[Lane, int] = {Lane.GREEN: 0, Lane.BLUE: 60, Lane.YELLOW: 25, Lane.RED: 150}
"""Minutes of an officer's work that a declaration of each lane takes: BLUE is the audit after clearance."""
MINUTES_SOURCE = "planning figures of the demonstration country; a country measures its own (WCO Time Release Study)"
SMALL_GROUP = 100
"""A group of fewer declarations is marked: its share may be chance."""
Z = 1.959963984540054
"""For intervals of 95 %."""
SIDES = ("live", "candidate")
SIZE_ORDER = [*(name for _, name in SIZES), LARGE]
Parts = tuple[list[str], Sequence[int]]


def figures_of(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is shown of a replay, as JSON values without floats."""
    lanes = list(_cells(sums["lanes"]))
    total = sum(cell[N] for _, cell in lanes)
    sides = {side: _side(place, lanes, total, sums["hours"]) for place, side in enumerate(SIDES)}
    overall = {side: (sides[side]["held"], total) for side in SIDES}
    return {
        "declarations": total,
        **{f"{side}_{name}": value for side in SIDES for name, value in _headline(sides[side])},
        "live": sides["live"],
        "candidate": sides["candidate"],
        "moves": _moves(lanes),
        "origins": _groups(sums["origins"], overall),
        "sizes": sorted(_groups(sums["sizes"], overall), key=lambda row: SIZE_ORDER.index(row["group"])),
        "profiles": {side: _profiles(sums["profiles"], side) for side in SIDES},
        "examples": {kind: [row[1:] for row in rows] for kind, rows in sorted(sums["examples"].items())},
        "parameters": {
            "minutes": {lane.value: minutes for lane, minutes in MINUTES.items()},
            "minutes_source": MINUTES_SOURCE,
            "small_group": SMALL_GROUP,
            "size_limits": [limit for limit, _ in SIZES],
            "confidence": "0.95",
        },
    }


def _cells(table: Mapping[str, Sequence[int]]) -> Iterator[Parts]:
    return ((key.split("|"), cell) for key, cell in table.items())


def _side(place: int, lanes: Sequence[Parts], total: int, hours: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """The figures of one side; its lane stands at `place` in a key, its pick two further, the outcome last."""
    counts: dict[str, int] = dict.fromkeys((lane.value for lane in Lane), 0)
    picks: dict[str, int] = dict.fromkeys((pick.value for pick in Pick), 0)
    held, free = _Checks(), _Checks()
    for key, cell in lanes:
        counts[key[place]] += cell[N]
        picks[key[place + 2]] += cell[N]
        (held if Lane(key[place]).needs_officer else free).add(key[4], cell)
    minutes = sum(counts[lane] * spent for lane, spent in MINUTES.items())
    p50, p90 = _release(counts, hours)
    return {
        "lanes": counts,
        "lane_shares": {lane: _share(count, total) for lane, count in counts.items()},
        "picks": picks,
        "held": held.n,
        "held_share": _share(held.n, total),
        "known": held.known,
        "known_share": _share(held.known, held.n),
        "found": held.found,
        "hit_rate": rate(held.found, held.known),
        "hit_rate_estimate": held.estimate(),
        "false_alarms": held.conform,
        "false_alarm_rate": rate(held.conform, held.known),
        "revenue_found_minor": held.revenue,
        "missed": free.found,
        "missed_known": free.known,
        "missed_rate_estimate": free.estimate(),
        "revenue_missed_minor": free.revenue,
        "revenue_found_estimate_minor": held.revenue_estimate,
        "revenue_missed_estimate_minor": free.revenue_estimate,
        "officer_minutes": minutes,
        "release_p50_s": p50,
        "release_p90_s": p90,
    }


def _headline(side: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What who decides reads first, as short values beside each other."""
    yield "held_share", side["held_share"]
    yield "hit_rate", side["hit_rate"]["value"] if side["hit_rate"] else ""
    yield "revenue_found_minor", side["revenue_found_minor"]
    yield "officer_minutes", side["officer_minutes"]
    yield "release_p90_s", "" if side["release_p90_s"] is None else side["release_p90_s"]


class _Checks:
    """What is known of the checks of some declarations."""

    def __init__(self) -> None:
        self.n = self.known = self.found = self.conform = self.revenue = 0
        self._weight = self._weight_found = self._square = self._square_found = self._revenue = 0

    def add(self, outcome: str, cell: Sequence[int]) -> None:
        """Add one cell."""
        self.n += cell[N]
        if outcome == UNKNOWN:
            return
        self.known += cell[N]
        self.revenue += cell[REVENUE]
        self._weight += cell[WEIGHT]
        self._square += cell[SQUARE]
        self._revenue += cell[WEIGHTED_REVENUE]
        if outcome == FOUND:
            self.found += cell[N]
            self._weight_found += cell[WEIGHT]
            self._square_found += cell[SQUARE]
        if outcome == CONFORM:
            self.conform += cell[N]

    @property
    def revenue_estimate(self) -> int:
        """Revenue in all of them: each checked one stands for the inverse of its chance of being checked."""
        return self._revenue // WEIGHT_UNIT

    def estimate(self) -> dict[str, str] | None:
        """The share in which something is wrong, among all of them, as far as chance checks tell (RM-SIM-07)."""
        if not self._weight or not self._square:
            return None
        weight, square = self._weight / WEIGHT_UNIT, self._square / SQUARE_UNIT
        effective = weight * weight / square
        return _interval(self._weight_found / self._weight, effective)


def rate(count: int, of: int) -> dict[str, str] | None:
    """A share with its interval (Wilson, 95 %); none of nothing."""
    return _interval(count / of, of) if of else None


def _interval(share: float, n: float) -> dict[str, str]:
    """Source: Wilson, JASA 22 (1927); with weights, n is the effective number (Kish, Survey Sampling, 1965)."""
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return {"value": _places(share), "low": _places(low), "high": _places(high), "n": f"{n:.1f}"}


def _share(count: int, of: int) -> str:
    return _places(count / of) if of else ""


def _places(value: float) -> str:
    return f"{value:.4f}"


def _release(counts: Mapping[str, int], hours: Mapping[str, Sequence[int]]) -> tuple[int | None, int | None]:
    """Median and 90th percentile of the release time: every declaration of a lane takes as long as those of that lane
    really did, in the same shares. A lane in which nothing was released adds nothing."""
    by_lane: dict[str, dict[int, int]] = defaultdict(dict)
    for (lane, number), cell in _cells(hours):
        by_lane[lane][int(number)] = cell[N]
    bins: dict[int, float] = defaultdict(float)
    for of, found in sorted(by_lane.items()):
        released = sum(found.values())
        for place, count in sorted(found.items()):
            bins[place] += counts.get(of, 0) * count / released
    return _quantile(bins, 0.5), _quantile(bins, 0.9)


def _quantile(bins: Mapping[int, float], share: float) -> int | None:
    total = sum(bins[number] for number in sorted(bins))
    if not total:
        return None
    wanted, below = share * total, 0.0
    for number in sorted(bins):
        if below + bins[number] >= wanted and bins[number] > 0:
            low, high = bin_edges(number)
            return round(low + (high - low) * (wanted - below) / bins[number])
        below += bins[number]
    return round(bin_edges(max(bins))[1])


def _moves(lanes: Sequence[Parts]) -> list[list[Any]]:
    """How many go from each lane to each other one."""
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for key, cell in lanes:
        moved[key[0], key[1]] += cell[N]
    return [[a.value, b.value, moved[a, b]] for a in Lane for b in Lane if a is not b and (a, b) in moved]


def _groups(table: Mapping[str, Sequence[int]], overall: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """Each group with the share that an officer holds on both sides, against the share of all; the largest first."""
    totals: dict[str, int] = defaultdict(int)
    checks: dict[tuple[str, str], _Checks] = defaultdict(_Checks)
    for (group, live, candidate, outcome), cell in _cells(table):
        totals[group] += cell[N]
        for side, held in zip(SIDES, (live, candidate), strict=True):
            if held == "1":
                checks[group, side].add(outcome, cell)
    rows = []
    for group in sorted(totals, key=lambda name: (-totals[name], name)):
        row: dict[str, Any] = {"group": group, "declarations": totals[group], "small": totals[group] < SMALL_GROUP}
        for side in SIDES:
            row[side] = _group_side(checks[group, side], totals[group], overall[side])
        rows.append(row)
    return rows


def _group_side(held: _Checks, total: int, overall: tuple[int, int]) -> dict[str, Any]:
    all_held, all_total = overall
    share = held.n / total
    return {
        "held": held.n,
        "held_share": rate(held.n, total),
        "ratio": f"{share / (all_held / all_total):.2f}" if all_held else "",
        "known": held.known,
        "hit_rate": rate(held.found, held.known),
        "false_alarms": held.conform,
        "revenue_found_minor": held.revenue,
    }


def _profiles(table: Mapping[str, Sequence[int]], side: str) -> list[dict[str, Any]]:
    """How often each profile was met, and what is known of those; by its code."""
    checks: dict[str, _Checks] = defaultdict(_Checks)
    for (of, code, outcome), cell in _cells(table):
        if of == side:
            checks[code].add(outcome, cell)
    return [
        {
            "code": code,
            "hits": met.n,
            "known": met.known,
            "found": met.found,
            "precision": rate(met.found, met.known),
            "precision_estimate": met.estimate(),
            "revenue_found_minor": met.revenue,
        }
        for code, met in sorted(checks.items())
    ]
