"""What a made country is like: every figure that its world is drawn from, with why it is so."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Parameters:
    """The figures of one world. Its defaults were set before any engine was measured on it, and are not tuned to one.

    Source: shares after published figures (Nigeria 2017: 2.2 % of declarations illicit; the 0.1 M row public synthetic
    set: 7.6 %; Belize: a few importers make most of the trade); docs/risk.md, "Made country".
    """

    seed: int
    start: date
    per_day: float = 60
    """Declarations of an ordinary Wednesday."""
    traders: int = 160
    size_tail: float = 1.1
    """Exponent of the law of sizes (Pareto): near 1, a tenth of the traders file over half of the declarations."""
    named_share: float = 0.12
    """Share of the trade that the organisations of the demonstration file."""
    brokers: int = 14
    carriers: int = 8
    broker_filed: float = 0.55
    """Share of the traders who file through a broker."""
    trusted: float = 0.08
    """Share of the traders, of the larger half, who are authorised operators."""
    fraudsters: float = 0.14
    """Share of the traders who commit fraud at times."""
    appetite: float = 0.35
    """Share of a fraudster's declarations that are false, in the mean."""
    boldness: float = 0.5
    """How far fraudsters go in the mean, from 0 (a little under the truth) to 1 (a fifth of it)."""
    errors: float = 0.05
    """Share of honest declarations with a mistake."""
    exports: float = 0.1
    prelodged: float = 0.3
    arrivals_per_day: float = 0.25
    """New traders a day."""
    leaving_per_day: float = 0.001
    """Chance of a trader to give up on a day."""
    drift: bool = False
    """Prices of whole chapters rise and fall, and honest trade moves to other origins."""
    new_kind_from: int | None = None
    """Day, counted from 0, on which a kind of fraud begins that nobody has seen."""
    new_kind_share: float = 0.08
    """Declarations of that kind, as a share of an ordinary day's."""
