"""The market: which goods are traded, what they cost on a day, what they owe, and when trade is busy."""

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.streams import stream

ROOT = Path(__file__).resolve().parents[3]
PERCENT = re.compile(r"([0-9.]+) %")
PREFERENCE_CLAIMS = {"KEA": "300", "EUP": "300", "UKP": "300", "2005": "200"}
"""Duty regime by the group of origins that grants it."""
PROOFS = {"KEA": "U110", "EUP": "N954", "UKP": "U116", "2005": "N865"}

WEEKDAYS = (1.12, 1.08, 1.0, 1.04, 1.15, 0.4, 0.12)
MONTHS = (0.88, 0.9, 1.0, 1.0, 1.02, 0.98, 0.95, 0.97, 1.04, 1.1, 1.14, 1.02)
HOLIDAYS = ((1, 1), (4, 27), (5, 1), (6, 1), (10, 20), (12, 12), (12, 25), (12, 26))
"""Days on which hardly anything is filed; the ten days before one are busier."""


@dataclass(frozen=True, slots=True)
class Good:
    """Goods of one commodity code, as they are traded."""

    code: str
    descriptions: tuple[str, ...]
    origins: tuple[str, ...]
    package: str
    kg_per_package: float
    unit: str
    kg_per_unit: float
    """0: no supplementary quantity is usual."""
    typical_kg: float
    duty: float
    """Share of the value, the ad valorem part of the tariff."""
    vat: float
    excise: float

    @property
    def hs6(self) -> str:
        """The subheading."""
        return self.code[:6]


@cache
def goods() -> Mapping[str, Good]:
    """Every good of the market by its commodity code: the market's own list, with bands and tariff of the country."""
    bands = {row["hs6"]: row for row in _rows(ROOT / "risk/data/bands.csv") if row["origin"] == "*"}
    return {
        row["code"]: _good(row, bands[row["code"][:6]]) for row in _rows(ROOT / "singlewindow/demo/data/market.csv")
    }


def _good(row: dict[str, str], band: dict[str, str]) -> Good:
    low, high = float(band["unit_mass_low_kg"] or 0), float(band["unit_mass_high_kg"] or 0)
    return Good(
        code=row["code"],
        descriptions=tuple(row["descriptions"].split(";")),
        origins=tuple(row["origins"].split()),
        package=row["package"],
        kg_per_package=float(row["kg_per_package"]),
        unit=band["unit"],
        kg_per_unit=math.sqrt(low * high),
        typical_kg=float(band["typical_mass_kg"]),
        duty=rate("duty", row["code"]),
        vat=rate("vat", row["code"]),
        excise=rate("excise", row["code"]),
    )


@cache
def medians() -> Mapping[tuple[str, str], float]:
    """What the country's tables say a kilogram costs, by HS6 and origin."""
    found = _rows(ROOT / "risk/data/bands.csv")
    return {(row["hs6"], row["origin"]): float(row["median_value_per_kg"]) for row in found}


@cache
def rate(kind: str, code: str, origin: str = "1011") -> float:
    """The ad valorem part of a measure of the tariff, by its longest prefix; 0 where there is none."""
    found = _measures().get((kind, origin), {})
    for length in range(len(code), 1, -1):
        if code[:length] in found:
            return found[code[:length]]
    return 0.0


@cache
def _measures() -> Mapping[tuple[str, str], Mapping[str, float]]:
    measures: dict[tuple[str, str], dict[str, float]] = {}
    for row in _rows(ROOT / "fees/data/measures.csv"):
        if row["direction"] == "import" and not row["valid_to"] and not row["additional_code"]:
            percent = PERCENT.search(row["expression"])
            share = float(percent[1]) / 100 if percent else 0.0
            measures.setdefault((row["kind"], row["origin"]), {})[row["prefix"]] = share
    return measures


@cache
def groups_of(country: str) -> tuple[str, ...]:
    """The groups of origins that grant a country a preference."""
    found = _rows(ROOT / "fees/data/origin_groups.csv")
    return tuple(row["group"] for row in found if row["country"] == country and row["group"] in PREFERENCE_CLAIMS)


def preference_of(code: str, origin: str) -> tuple[str, float]:
    """The best group that grants goods of an origin a lower rate, with the rate; nothing where none does."""
    general = rate("duty", code)
    best = ("", general)
    for group in groups_of(origin):
        if any(code[:length] in _measures().get(("preference", group), {}) for length in range(2, 11)):
            share = rate("preference", code, group)
            if share < best[1]:
                best = (group, share)
    return best


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def season(on: date) -> float:
    """How busy a day is, an ordinary Wednesday being 1."""
    factor = WEEKDAYS[on.weekday()] * MONTHS[on.month - 1]
    for month, day in HOLIDAYS:
        holiday = date(on.year, month, day)
        if on == holiday:
            return factor * 0.15
        if 0 < (holiday - on).days <= 10:
            factor *= 1.2
            break
    return factor


@dataclass(slots=True)
class Market:
    """Prices of one world: a level for each origin, a walk from week to week, and a trend where prices drift."""

    world: Parameters
    _levels: dict[tuple[str, str], float] = field(default_factory=dict)
    _walks: dict[str, list[float]] = field(default_factory=dict)

    def price_per_kg(self, hs6: str, origin: str, day: int) -> float:
        """What a kilogram costs in the mean, in EUR, on a day counted from 0."""
        return self._level(hs6, origin) * math.exp(self._walk(hs6, day // 7) + self.trend(hs6, day))

    def trend(self, hs6: str, day: int) -> float:
        """How far the prices of a chapter have drifted (a logarithm); 0 in a world without drift."""
        if not self.world.drift:
            return 0.0
        return stream(self.world.seed, "trend", hs6[:2]).gauss(0, 0.004) * day

    def _level(self, hs6: str, origin: str) -> float:
        if (hs6, origin) not in self._levels:
            known = medians()
            spread = stream(self.world.seed, "level", hs6, origin).gauss(0, 0.12)
            base = known.get((hs6, origin)) or known[hs6, "*"]
            self._levels[hs6, origin] = base * math.exp(spread)
        return self._levels[hs6, origin]

    def _walk(self, hs6: str, week: int) -> float:
        walk = self._walks.setdefault(hs6, [0.0])
        while len(walk) <= week:
            step = stream(self.world.seed, "walk", hs6, len(walk)).gauss(0, 0.012)
            walk.append(walk[-1] * 0.97 + step)
        return walk[week]
