"""Values of learning: a frame of item rows with their outcomes, and the specification of what is made of its columns.

One pipeline serves every source of rows. A source gives a `Frame` (columns by canonical name) and a `FrameSpec` (which
numbers are read, and which combinations of keys have a past worth asking); nothing else differs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singlewindow.kernel.errors import FormatRefused

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

CATEGORIES = (
    "office", "process", "nature", "use", "payment", "mode", "declarant", "trader", "partner", "courier",
    "hs6", "dispatch", "origin", "tax_type", "origin_mark",
)  # fmt: skip
"""Canonical columns of text: office of declaration, kind of process, nature and use of the import, way of payment, mode
of transport, the parties (declarant, trader = importer, partner = seller abroad, courier), HS6, country of dispatch, of
origin, type of the tax rate, mark of origin. Empty text means that nothing was declared."""
NUMBERS = ("tax_rate", "net_mass", "price")
"""Canonical columns of numbers: the rate in per cent, net mass in kg, price of the item in the country's currency. NaN
means that nothing was declared."""
OUTCOMES = ("fraud", "critical", "revenue")
"""What a check found: fraud 0 or 1; critical 0 or 1 (1: the gravest kind); revenue that came of it. Never features."""


RESAMPLES = 1_000
CONFIDENCE = 0.95
"""Of the bootstrap intervals of figures."""


class Label(StrEnum):
    """What a model foretells."""

    FRAUD = "fraud"
    CRITICAL = "critical"


class FrameRefused(FormatRefused):
    """Rows that cannot be read as a frame; the text names row and column."""

    code = "frame"
    title = "The rows cannot be read"


class LibraryMissing(RuntimeError):
    """LightGBM cannot be loaded on this machine; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Item rows as columns: one goods item a row.

    `texts` are object arrays of `str`, `numbers` float64 arrays, each under its canonical name or under a free name of
    its source (findings of a party over 90 days, for example). Build one with `frame_of`, which checks it.
    """

    day: Ints
    """The day of the declaration, as `date.toordinal()`."""
    texts: Mapping[str, Texts]
    numbers: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: NDArray[Any]) -> "Frame":
        """The rows of a mask or of an array of places, in that order."""
        return Frame(
            self.day[rows],
            {name: column[rows] for name, column in self.texts.items()},
            {name: column[rows] for name, column in self.numbers.items()},
        )


@dataclass(frozen=True, slots=True)
class LabelledFrame:
    """Item rows whose checks have ended. What trains and judges a model; a source of rows returns this."""

    rows: Frame
    fraud: Ints
    """0 or 1."""
    critical: Ints
    """0 or 1; 1 is the gravest kind of fraud, so that `critical <= fraud`."""
    revenue: Floats | None = None
    """Money that the check brought, where it is known."""
    weight: Floats | None = None
    """How many rows each one stands for (the inverse of its propensity to be checked); without it, one."""
    known: Ints | None = None
    """The day on which the outcome was known, as `date.toordinal()`; without it, the day of the row. A later row sees
    the outcome only from the day after."""

    @property
    def known_day(self) -> Ints:
        """The day on which the outcome of each row was known; never before the day of the row."""
        return self.rows.day if self.known is None else np.maximum(self.known, self.rows.day)

    def __len__(self) -> int:
        return len(self.rows)

    def label(self, label: Label) -> Ints:
        """The outcome that a model of this label foretells."""
        return self.fraud if label is Label.FRAUD else self.critical

    def take(self, rows: NDArray[Any]) -> "LabelledFrame":
        """The rows of a mask or of an array of places, in that order."""
        return LabelledFrame(
            self.rows.take(rows),
            self.fraud[rows],
            self.critical[rows],
            None if self.revenue is None else self.revenue[rows],
            None if self.weight is None else self.weight[rows],
            None if self.known is None else self.known[rows],
        )


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """What is made of the columns of a source. It is stored with the model, so a model names the columns that it reads.

    Keys are columns of text, or derived from other columns (`singlewindow.learning.rules.keys.DERIVED`).
    """

    name: str
    numbers: tuple[str, ...]
    """Columns of numbers that the model reads as they are."""
    profiles: tuple[tuple[str, ...], ...]
    """Combinations of keys: how many earlier rows agree in all of them, and how those ended, are features."""
    medians: tuple[tuple[str, ...], ...]
    """Groups from whose median value per kg, and median mass, the distance of a row is a feature."""
    repeat: tuple[str, ...]
    """The one of `profiles` that tells whether such goods were seen before; figures are given for new goods apart."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the log-odds of a row."""

    feature: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row scored as it did: `base` and the parts sum to its log-odds."""

    base: float
    """The log-odds of a row of which nothing is known."""
    parts: tuple[Contribution, ...]

    @property
    def total(self) -> float:
        """The log-odds of the row."""
        return self.base + sum(part.log_odds for part in self.parts)


def frame_of(
    days: Iterable[date | int], *, texts: Mapping[str, Sequence[str]], numbers: Mapping[str, Sequence[float | None]]
) -> Frame:
    """Build a frame from plain columns; None and absent numbers become NaN.

    Raises:
        FrameRefused: columns of different lengths, or a value that is no number among the numbers.
    """
    day = np.array([at if isinstance(at, int) else at.toordinal() for at in days], dtype=np.int64)
    made_texts = {name: _texts(column) for name, column in texts.items()}
    made_numbers = {name: _numbers(name, column) for name, column in numbers.items()}
    for name, column in [*made_texts.items(), *made_numbers.items()]:
        if len(column) != len(day):
            raise FrameRefused(f"Column {name} has {len(column)} rows, but there are {len(day)} days.")
    return Frame(day, made_texts, made_numbers)


def _numbers(name: str, column: Sequence[float | None]) -> Floats:
    try:
        return np.array(column, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        for row, value in enumerate(column):
            if value is not None and not isinstance(value, float | int):
                raise FrameRefused(f"Row {row}, column {name}: {str(value)[:40]!r} is no number.") from None
        raise FrameRefused(f"Column {name} holds a number that is too large.") from None


def _texts(column: Sequence[str]) -> Texts:
    made = np.empty(len(column), dtype=object)
    made[:] = ["" if value is None else str(value) for value in column]
    return made


@dataclass(frozen=True, slots=True)
class ModelView:
    """A registered model without its files."""

    hash: str
    name: str
    kind: str
    spec: str
    data_from: date
    data_to: date
    data_rows: int
    figures: Mapping[str, Any]
    card: str
    registered_by: str
    registered_at: datetime
