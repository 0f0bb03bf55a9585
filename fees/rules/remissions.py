"""What was given back of a tax by decision, and what it still counts for when the tax is assessed anew.

A remission is a band of the tax: of 10.00 of which 3.00 were charged too much, the band from 7.00 to 10.00 is not owed.
Whatever is assessed later, what lies in a band is not owed, and what lies outside is; so the order of amendments and
claims does not matter, nothing is given back twice, and nothing that was given back is asked for again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from fees.types import Band, TaxKey, remitted


def of_authority(authority: str) -> TaxKey:
    """The key of what was remitted of all that an authority is owed, where no tax is named."""
    return (0, "", authority)


def bands_new(standing: Iterable[Band], assessed: int, minor: int, *, from_top: bool) -> list[Band]:
    """The bands that a further remission takes, beside those that stand; they never overlap.

    Args:
        from_top: the assessment was too high, so that an amendment which lowers it says the same; otherwise the
            assessment was right and is waived, so that a lower one takes nothing from the remission while it is more.

    Raises:
        ValueError: so much is not left.
    """
    free, at = [], 0
    for band in sorted(standing, key=lambda one: one.low):
        if band.low >= assessed:
            break
        if band.low > at:
            free.append(Band(at, band.low))
        at = band.high
    if at < assessed:
        free.append(Band(at, assessed))
    taken: list[Band] = []
    for gap in reversed(free) if from_top else free:
        part = min(minor, gap.high - gap.low)
        if part:
            taken.append(Band(gap.high - part, gap.high) if from_top else Band(gap.low, gap.low + part))
        minor -= part
    if minor:
        raise ValueError("more is remitted than is assessed")
    return taken


def remitted_parts(assessed: Mapping[TaxKey, int], bands: Mapping[TaxKey, Sequence[Band]]) -> dict[str, int]:
    """What each authority is owed less than was assessed: tax by tax, then of the whole."""
    parts: defaultdict[str, int] = defaultdict(int)
    whole: defaultdict[str, int] = defaultdict(int)
    for key, minor in assessed.items():
        less = remitted(bands.get(key, ()), minor)
        parts[key[2]] += less
        whole[key[2]] += minor - less
    for authority, minor in whole.items():
        parts[authority] += remitted(bands.get(of_authority(authority), ()), minor)
    return {authority: minor for authority, minor in parts.items() if minor}
