"""How far what comes in lies from what came in before: PSI and KS, pure.

The population stability index compares two spreads over the same bins; 0.1 is commonly read as a little, 0.25 as a lot.
Two samples of one and the same population differ too, by about `(bins - 1) * (1/n + 1/m)`: that much is chance, and is
taken off before an alarm is raised, with three standard deviations of it.

Source: RM-LRN-04; B. Yurdakul, Statistical Properties of the Population Stability Index (2018).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

BINS = 10
"""Bins of a number: tenths of what it was before."""
TOP = 20
"""Codes that count by themselves; all others count as one."""
ALARM_PSI = 0.25
"""Index over which an input has drifted (RM-LRN-04)."""
SURE = 3.0
"""Standard deviations of chance that are taken off before an alarm."""
ENOUGH = 50
"""Values on either side from which a reading is made."""
FLOOR = 0.5
"""What an empty bin counts for: an index stays finite."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one input lies from what it was."""

    subject: str
    psi: float
    ks: float | None
    ks_p: float | None
    reference_n: int
    current_n: int
    chance: float
    """The index that two samples of one population keep under, all but about once in a thousand."""

    @property
    def alarm(self) -> bool:
        """Whether it drifted: a lot, and by more than chance explains."""
        return self.psi > max(ALARM_PSI, self.chance)


def drift_numbers(subject: str, reference: Sequence[float], current: Sequence[float]) -> Reading | None:
    """The reading of a number; none where either side has too few values. Bins are tenths of the reference."""
    before, now = _finite(reference), _finite(current)
    if min(len(before), len(now)) < ENOUGH:
        return None
    edges = np.unique(np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = len(edges) + 1
    psi = _psi(_binned(before, edges, bins), _binned(now, edges, bins))
    told = ks_2samp(before, now, method="asymp")
    return Reading(
        subject,
        psi,
        float(told.statistic),
        float(told.pvalue),
        len(before),
        len(now),
        chance(bins, len(before), len(now)),
    )


def drift_codes(subject: str, reference: Sequence[str], current: Sequence[str]) -> Reading | None:
    """The reading of a code: the commonest of either side count each by themselves, all others as one."""
    if min(len(reference), len(current)) < ENOUGH:
        return None
    before, now = Counter(reference), Counter(current)
    top = list(dict.fromkeys(code for counts in (before, now) for code, _ in _commonest(counts)))
    sides = [_by_code(before, top), _by_code(now, top)]
    used = np.nonzero(sides[0] + sides[1])[0]
    psi = _psi(sides[0][used], sides[1][used])
    return Reading(
        subject, psi, None, None, len(reference), len(current), chance(len(used), len(reference), len(current))
    )


def chance(bins: int, reference_n: int, current_n: int) -> float:
    """The index that chance alone keeps under: its mean under equal populations and three standard deviations."""
    spread = 1 / reference_n + 1 / current_n
    return spread * (bins - 1 + SURE * sqrt(2 * max(bins - 1, 1)))


def _finite(values: Sequence[float]) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    return found[np.isfinite(found)]


def _binned(values: Floats, edges: Floats, bins: int) -> Floats:
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=bins).astype(np.float64)


def _commonest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:TOP]


def _by_code(counts: Mapping[str, int], top: Sequence[str]) -> Floats:
    known = [counts.get(code, 0) for code in top]
    return np.array([*known, sum(counts.values()) - sum(known)], dtype=np.float64)


def _psi(before: Floats, now: Floats) -> float:
    shares = [np.maximum(side, FLOOR) / np.maximum(side, FLOOR).sum() for side in (before, now)]
    return float(sum((new - old) * log(new / old) for old, new in zip(*shares, strict=True)))
