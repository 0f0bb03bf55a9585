"""Keys: what must be equal for two rows to share a past.

A key's value becomes 64 bits by a keyed digest, and a combination of keys is the exclusive-or of its parts. So no value
is unknown, and a table is a sorted array whatever the values are. A trader's number does not stand in it; whoever has
both the model and a number can still ask whether it is known.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from singlewindow.learning.types import Frame, FrameSpec

Keys = NDArray[np.uint64]

LARGEST = 1e15
"""A number beyond is read as this one: nothing declared is larger, and products of two stay finite."""
CACHED = 50_000
"""Digests remembered for each column; a column of more values starts anew."""
FEW = 256
"""Up to so many rows, all combinations are made in one step, which costs memory instead of calls."""


def number_clean(value: float) -> float:
    """A number as features read it: negative or not finite is as good as not declared."""
    if not 0.0 <= value < math.inf:
        return math.nan
    return min(value, LARGEST)


def _four_digits(value: float) -> str:
    return f"{value:.3e}" if math.isfinite(value) else ""


def _mass_band(mass: float) -> str:
    return str(round(4 * math.log10(max(mass, 1e-3)))) if math.isfinite(mass) else ""


def _per_kg(price: float, mass: float) -> float:
    return price / mass if mass > 0 else math.nan


Derive = Callable[[Frame], list[str]]

DERIVED: dict[str, Derive] = {
    "hs4": lambda frame: [code[:4] for code in frame.texts["hs6"]],
    "hs2": lambda frame: [code[:2] for code in frame.texts["hs6"]],
    "rate": lambda frame: [_four_digits(rate) for rate in _numbers(frame, "tax_rate")],
    "mass": lambda frame: [_four_digits(mass) for mass in _numbers(frame, "net_mass")],
    "mass_band": lambda frame: [_mass_band(mass) for mass in _numbers(frame, "net_mass")],
    "value_per_kg": lambda frame: [
        _four_digits(_per_kg(price, mass))
        for price, mass in zip(_numbers(frame, "price"), _numbers(frame, "net_mass"), strict=True)
    ],
}
"""Keys made of other columns: heading and chapter, the rate, mass and value per kg to four digits, mass in steps of a
quarter of a power of ten."""


def _numbers(frame: Frame, name: str) -> Iterable[float]:
    column = frame.numbers.get(name)
    return [math.nan] * len(frame) if column is None else map(number_clean, column.tolist())


class Hasher:
    """Digests of the values of a spec's keys, and the combinations of its profiles and groups.

    Args:
        seed: makes the digests of one model differ from those of any other.
    """

    def __init__(self, spec: FrameSpec, seed: int) -> None:
        self.columns = tuple(dict.fromkeys(key for keys in (*spec.profiles, *spec.medians) for key in keys))
        self._key = blake2b(f"{spec.name}/{seed}".encode(), digest_size=32).digest()
        self._cache: dict[str, dict[str, int]] = {column: {} for column in self.columns}
        places = {column: place for place, column in enumerate(self.columns)}
        self._profiles = _Combinations([[places[key] for key in keys] for keys in spec.profiles], self._digest)
        self._medians = _Combinations([[places[key] for key in keys] for keys in spec.medians], self._digest)

    def profiles(self, digests: Keys) -> Keys:
        """The combined key of each row (down) for each profile (across)."""
        return self._profiles.of(digests)

    def medians(self, digests: Keys) -> Keys:
        """The same for each group of medians."""
        return self._medians.of(digests)

    def digests(self, frame: Frame) -> Keys:
        """The digest of each row (down) in each column of keys (across); an absent column is empty."""
        made = np.empty((len(frame), len(self.columns) + 1), dtype=np.uint64)
        made[:, -1] = 0  # what shorter combinations are filled up with
        for place, column in enumerate(self.columns):
            made[:, place] = self._column(column, _values(frame, column))
        return made

    def _column(self, column: str, values: Sequence[str]) -> list[int]:
        cache = self._cache[column]
        if len(cache) > CACHED:
            cache.clear()
        found = []
        for value in values:
            digest = cache.get(value)
            if digest is None:
                digest = cache[value] = self._digest(f"{column}={value}")
            found.append(digest)
        return found

    def _digest(self, text: str) -> int:
        made = blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8, key=self._key).digest()
        return int.from_bytes(made, "little")


def _values(frame: Frame, column: str) -> Sequence[str]:
    present = frame.texts.get(column)
    if present is not None:
        return present.tolist()  # type: ignore[no-any-return]
    derive = DERIVED.get(column)
    if derive is None or (column in ("hs4", "hs2") and "hs6" not in frame.texts):
        return [""] * len(frame)
    return derive(frame)


class _Combinations:
    """The exclusive-or of chosen columns and of a mark that keeps two combinations apart."""

    def __init__(self, columns: list[list[int]], digest: Callable[[str], int]) -> None:
        longest = max((len(chosen) for chosen in columns), default=0)
        self._columns = columns
        self._filled = np.array([chosen + [-1] * (longest - len(chosen)) for chosen in columns], dtype=np.intp)
        self._marks = np.array([digest(f"combination {place}") for place in range(len(columns))], dtype=np.uint64)

    def of(self, digests: Keys) -> Keys:
        if len(digests) <= FEW and len(self._columns):
            made: Keys = np.bitwise_xor.reduce(digests[:, self._filled], axis=2)
            return made ^ self._marks
        combined = np.empty((len(digests), len(self._columns)), dtype=np.uint64)
        for place, chosen in enumerate(self._columns):
            combined[:, place] = np.bitwise_xor.reduce(digests[:, chosen], axis=1)
        return combined ^ self._marks
