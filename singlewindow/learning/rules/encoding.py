"""From rows to the matrix that trees split on.

The features are the same in training, where a row sees strictly earlier days, and in serving, where it sees the tables
that a model was left with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singlewindow.learning.rules.keys import LARGEST, Hasher, Keys
from singlewindow.learning.rules.past import (
    Counts,
    counts_at_end,
    counts_before,
    medians_at_end,
    medians_before,
)
from singlewindow.learning.types import NUMBERS, Floats, Frame, FrameSpec, LabelledFrame

SMOOTHING = 1.0
"""How many rows of the overall rate are mixed into the rate of a key, so that one row does not say everything."""
OVERALL_BEFORE_ALL = 0.1
"""The overall rate before the first row."""
SMALLEST = 1e-3
"""Masses and values per kg are compared as logarithms of at least this."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What a model knows of the past: counts and medians by key, as arrays in the order of the keys."""

    keys: Keys
    rows: NDArray[Any]
    """Counts: floats when they were just counted, whole numbers of four bytes when they were read."""
    fraud: NDArray[Any]
    critical: NDArray[Any]
    median_keys: Keys
    median_value: Floats
    median_mass: Floats
    overall: tuple[int, int, int]
    """Rows, fraud and critical fraud of the whole period."""


class Encoder:
    """Makes the features of a spec.

    Args:
        seed: of the keyed digests; the tables of one seed are of no use to another.
    """

    def __init__(self, spec: FrameSpec, seed: int) -> None:
        self.spec = spec
        self.hasher = Hasher(spec, seed)
        self.names = feature_names(spec)

    def learned(self, frame: LabelledFrame) -> Floats:
        """The features of rows that a model learns from: each row sees strictly earlier days only."""
        digests = self.hasher.digests(frame.rows)
        keys, groups = self.hasher.profiles(digests), self.hasher.medians(digests)
        day, numbers = frame.rows.day, _numbers(frame.rows, self.spec)
        past = (day, frame.known_day, frame.fraud, frame.critical)
        overall = counts_before(np.zeros(len(frame), dtype=np.uint64), *past)
        columns = [counts_before(keys[:, j], *past) for j in range(keys.shape[1])]
        counts = Counts(*(np.column_stack(part) for part in _parts(columns)))
        value, mass = _comparable(numbers, self.spec)
        medians = [
            np.column_stack([medians_before(groups[:, j], day, compared) for j in range(groups.shape[1])])
            for compared in (value, mass)
        ]
        everything = Counts(overall.rows[:, None], overall.fraud[:, None], overall.critical[:, None])
        return _matrix(counts, everything, value[:, None] - medians[0], mass[:, None] - medians[1], numbers)

    def tables(self, frame: LabelledFrame) -> Tables:
        """What is known at the end of the rows."""
        digests = self.hasher.digests(frame.rows)
        keys, groups = self.hasher.profiles(digests), self.hasher.medians(digests)
        places = keys.shape[1]
        distinct, counts = counts_at_end(
            keys.ravel(), np.repeat(frame.fraud, places), np.repeat(frame.critical, places)
        )
        value, mass = _comparable(_numbers(frame.rows, self.spec), self.spec)
        median_keys, median_value = medians_at_end(groups.ravel(), np.repeat(value, groups.shape[1]))
        _, median_mass = medians_at_end(groups.ravel(), np.repeat(mass, groups.shape[1]))
        return Tables(
            distinct, counts.rows, counts.fraud, counts.critical, median_keys, median_value, median_mass,
            overall=(len(frame), int(frame.fraud.sum()), int(frame.critical.sum())),
        )  # fmt: skip

    def served(self, frame: Frame, tables: Tables) -> Floats:
        """The features of rows that came after the period of the tables."""
        digests = self.hasher.digests(frame)
        keys, groups = self.hasher.profiles(digests), self.hasher.medians(digests)
        numbers = _numbers(frame, self.spec)
        value, mass = _comparable(numbers, self.spec)
        places, found = _found(tables.keys, keys)
        counts = Counts(tables.rows[places] * found, tables.fraud[places] * found, tables.critical[places] * found)
        overall = Counts(*(np.array(float(count)) for count in tables.overall))
        places, found = _found(tables.median_keys, groups)
        far_value = np.where(found, value[:, None] - tables.median_value[places], np.nan)
        far_mass = np.where(found, mass[:, None] - tables.median_mass[places], np.nan)
        return _matrix(counts, overall, far_value, far_mass, numbers)

    def seen_before(self, matrix: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Which rows of a made matrix repeat goods of the past."""
        place = self.spec.profiles.index(self.spec.repeat)
        return matrix[:, place] > 0


def feature_names(spec: FrameSpec) -> tuple[str, ...]:
    """The names of the features, in the order of the matrix: what it is, a colon, and of which columns."""
    profiles = ["*".join(keys) for keys in spec.profiles]
    groups = ["*".join(keys) for keys in spec.medians]
    return (
        *(f"rows:{name}" for name in profiles),
        *(f"fraud:{name}" for name in profiles),
        *(f"critical:{name}" for name in profiles),
        *(f"value_distance:{name}" for name in groups),
        *(f"mass_distance:{name}" for name in groups),
        *(f"number:{name}" for name in spec.numbers),
        "number:value_per_kg",
    )


def _parts(columns: list[Counts]) -> tuple[list[Floats], list[Floats], list[Floats]]:
    return [one.rows for one in columns], [one.fraud for one in columns], [one.critical for one in columns]


def _matrix(counts: Counts, overall: Counts, far_value: Floats, far_mass: Floats, numbers: Floats) -> Floats:
    rates = [_rate(found, counts.rows, every, overall.rows) for found, every in (
        (counts.fraud, overall.fraud), (counts.critical, overall.critical),
    )]  # fmt: skip
    return np.concatenate([counts.rows, *rates, far_value, far_mass, numbers], axis=1)


def _rate(found: Floats, rows: Floats, overall_found: Floats, overall_rows: Floats) -> Floats:
    overall = (overall_found + OVERALL_BEFORE_ALL) / (overall_rows + 1.0)
    made: Floats = (found + SMOOTHING * overall) / (rows + SMOOTHING)
    return made


def _numbers(frame: Frame, spec: FrameSpec) -> Floats:
    """The numbers of the spec, cleaned, and the value per kg as the last column."""
    made = np.full((len(frame), len(spec.numbers) + 1), np.nan)
    for place, name in enumerate(spec.numbers):
        column = frame.numbers.get(name)
        if column is not None:
            made[:, place] = np.where(np.isfinite(column), np.clip(column, -LARGEST, LARGEST), np.nan)
        if name in NUMBERS:
            made[made[:, place] < 0, place] = np.nan
    price, mass = made[:, spec.numbers.index("price")], made[:, spec.numbers.index("net_mass")]
    np.divide(price, mass, out=made[:, -1], where=mass > 0)
    return made


def _comparable(numbers: Floats, spec: FrameSpec) -> tuple[Floats, Floats]:
    """Logarithms of the value per kg and of the mass."""
    value: Floats = np.log(np.maximum(numbers[:, -1], SMALLEST))
    mass: Floats = np.log(np.maximum(numbers[:, spec.numbers.index("net_mass")], SMALLEST))
    return value, mass


def _found(known: Keys, asked: Keys) -> tuple["np.ndarray[tuple[int, ...], np.dtype[np.intp]]", Floats]:
    """Where each asked key stands among the known ones, and 1 where it is there, else 0."""
    places = np.minimum(np.searchsorted(known, asked), max(len(known) - 1, 0))
    return places, (known[places] == asked).astype(np.float64)
