"""Chance by name: each trader, day and purpose draws from a stream of its own, whatever else is drawn."""

import hashlib
from random import Random


def stream(seed: int, *names: object) -> Random:
    """The stream of chance of a name; the same seed and name always give the same one."""
    text = "/".join(map(str, (seed, *names)))
    return Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))  # noqa: S311  (a made country)


def count_of(chance: Random, mean: float) -> int:
    """How often something that happens `mean` times a day happens on one day (Poisson, by inversion)."""
    left, limit = chance.random(), 2.718281828459045**-mean
    count, term = 0, limit
    while left > term and count < 1000:
        left -= term
        count += 1
        term *= mean / count
    return count
