"""Item rows as mappings, made a frame: whatever stands in them has a defined reading."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from singlewindow.learning.rules.keys import LARGEST
from singlewindow.learning.types import CATEGORIES, Floats, Frame, FrameSpec, Texts

LONGEST_TEXT = 200
LAST_DAY = date.max.toordinal()


def frame_from_rows(rows: Sequence[Mapping[str, Any]], spec: FrameSpec) -> Frame:
    """The columns that a spec may ask for. A text that is none, and a number that is none, count as not declared."""
    names = {*CATEGORIES, *(key for keys in (*spec.profiles, *spec.medians) for key in keys)}
    texts = {name: _texts(rows, name) for name in sorted(names) if any(name in row for row in rows)}
    numbers = {name: _numbers(rows, name) for name in spec.numbers}
    day = np.array([_day(row.get("day")) for row in rows], dtype=np.int64)
    return Frame(day, texts, numbers)


def _texts(rows: Sequence[Mapping[str, Any]], name: str) -> Texts:
    made = np.empty(len(rows), dtype=object)
    for place, row in enumerate(rows):
        value = row.get(name)
        made[place] = value[:LONGEST_TEXT] if isinstance(value, str) else ""
    return made


def _numbers(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    return np.array([_number(row.get(name)) for row in rows], dtype=np.float64)


def _number(value: object) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return LARGEST if value > 0 else -LARGEST
        except ValueError:  # a NaN that signals
            return math.nan
    return math.nan


def _day(value: object) -> int:
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) and 0 <= value <= LAST_DAY else 0
