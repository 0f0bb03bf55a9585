"""What replays add up: whole numbers only, so that the order of the parts and the number of workers change nothing.

A table counts cells: what stands in its key is what the figures are later taken apart by. Source: docs/rules/risk.md,
RM-SIM-03.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import log2
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from risk.types import Lane, Pick

Cell: TypeAlias = list[int]
"""Declarations; revenue that checks found, in minor units; then what each checked one stands for: its weight in
thousandths, the square of its weight in hundredths, its weight times its revenue."""
Table: TypeAlias = dict[str, Cell]
Plain: TypeAlias = dict[str, Any]

N, REVENUE, WEIGHT, SQUARE, WEIGHTED_REVENUE = range(5)
WEIGHT_UNIT = 1000
SQUARE_UNIT = 100
TABLES = ("lanes", "origins", "sizes", "profiles", "hours")
BINS_AN_OCTAVE = 8
"""How finely release times are counted: neighbouring bins lie 9 % apart."""
EXAMPLES_KEPT = 12
"""Declarations that are shown of each kind of change."""

UNKNOWN, FOUND, CONFORM, SLIP = "-", "found", "conform", "slip"
"""What a check is known to have ended with: nothing known, a finding, all as declared, a clerical slip."""

SIZES = ((1, "new"), (12, "under12"), (100, "under100"), (1000, "under1000"))
"""Size of a trader by its declarations of the year before: under so many; what lies over all of them is `large`."""
LARGE = "large"


class Side(Protocol):
    """What a replay of one rule set says of one declaration."""

    @property
    def lane(self) -> Lane: ...
    @property
    def pick(self) -> Pick: ...
    @property
    def profiles(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What checks of a declaration ended with."""

    outcome: str
    revenue_minor: int
    propensity: Decimal
    """The chance that the declaration had of being checked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A declaration of the period, with what is known of it beside its record."""

    declaration_id: UUID
    origin: str
    size: str
    lane: Lane
    """The lane that it really had."""
    release_s: int | None
    """Seconds from acceptance to release; none: not released."""
    known: Known | None


@dataclass(slots=True)
class Sums:
    """What the declarations of a part, or of a whole period, add up to."""

    salt: bytes
    """From the seed: which declarations stand as examples."""
    tables: dict[str, Table] = field(default_factory=lambda: {name: {} for name in TABLES})
    examples: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, seen: Seen, live: Side, candidate: Side) -> None:
        """Count one declaration."""
        known = seen.known
        outcome = known.outcome if known is not None else UNKNOWN
        measure = _measure(known)
        held = f"{live.lane.needs_officer:d}|{candidate.lane.needs_officer:d}|{outcome}"
        key = f"{live.lane}|{candidate.lane}|{live.pick}|{candidate.pick}|{outcome}"
        self._count("lanes", key, measure)
        self._count("origins", f"{seen.origin}|{held}", measure)
        self._count("sizes", f"{seen.size}|{held}", measure)
        for side, replayed in (("live", live), ("candidate", candidate)):
            for code in replayed.profiles:
                self._count("profiles", f"{side}|{code}|{outcome}", measure)
        if seen.release_s is not None:
            self._count("hours", f"{seen.lane}|{hours_bin(seen.release_s)}", _ONE)
        if live.lane is not candidate.lane:
            self._example(seen, live.lane, candidate.lane)

    def _count(self, table: str, key: str, measure: Sequence[int]) -> None:
        cell = self.tables[table].get(key)
        if cell is None:
            self.tables[table][key] = list(measure)
        elif len(measure) == 1:
            cell[N] += 1
        else:
            for place, amount in enumerate(measure):
                cell[place] += amount

    def _example(self, seen: Seen, live: Lane, candidate: Lane) -> None:
        rank = hashlib.blake2b(seen.declaration_id.bytes, digest_size=8, key=self.salt).hexdigest()
        kind = "up" if candidate.rank > live.rank else "down"
        kept = self.examples.setdefault(kind, [])
        if len(kept) < EXAMPLES_KEPT or rank < kept[-1][0]:
            kept.append([rank, str(seen.declaration_id), live.value, candidate.value])
            kept.sort()
            del kept[EXAMPLES_KEPT:]

    def plain(self) -> Plain:
        """As JSON values."""
        return {**self.tables, "examples": self.examples}


_ONE = (1,)


def _measure(known: Known | None) -> Sequence[int]:
    """What one declaration adds to a cell; a check of unknown chance stands for no other declaration."""
    if known is None:
        return _ONE
    if not known.propensity > 0:
        return (1, known.revenue_minor, 0, 0, 0)
    weight = 1 / known.propensity
    thousandths = round(weight * WEIGHT_UNIT)
    return (
        1,
        known.revenue_minor,
        thousandths,
        round(weight * weight * SQUARE_UNIT),
        thousandths * known.revenue_minor,
    )


def sums_together(parts: Iterable[Mapping[str, Any]]) -> Plain:
    """The sums of several parts, whatever their order."""
    tables: dict[str, Table] = {name: {} for name in TABLES}
    examples: dict[str, list[list[str]]] = {}
    for part in parts:
        for name in TABLES:
            _table_add(tables[name], part[name])
        for kind, rows in part["examples"].items():
            examples[kind] = sorted([*examples.get(kind, []), *rows])[:EXAMPLES_KEPT]
    return {**tables, "examples": examples}


def _table_add(into: Table, table: Mapping[str, Sequence[int]]) -> None:
    for key, cell in table.items():
        known = into.get(key)
        if known is None:
            into[key] = list(cell)
        else:
            for place, amount in enumerate(cell):
                known[place] += amount


def hours_bin(seconds: int) -> int:
    """The bin of a release time."""
    return int(BINS_AN_OCTAVE * log2(1 + max(seconds, 0)))


def bin_edges(number: int) -> tuple[float, float]:
    """From which and to under which second a bin counts."""
    return 2 ** (number / BINS_AN_OCTAVE) - 1, 2 ** ((number + 1) / BINS_AN_OCTAVE) - 1


def size_of(declarations_year: float) -> str:
    """The class of a trader."""
    return next((name for limit, name in SIZES if declarations_year < limit), LARGE)


def origin_of(items: Sequence[Mapping[str, Any]]) -> str:
    """The origin of the dearest item, the first of equally dear ones; `--` where none is declared."""
    best, origin = -1.0, ""
    for item in items:
        value = item.get("value", 0.0)
        if value > best and "origin" in item:
            best, origin = value, item["origin"]
    return origin or "--"
