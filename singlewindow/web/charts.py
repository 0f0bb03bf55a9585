"""The geometry of the server-drawn charts: numbers in, positions as percentages out. No drawing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from singlewindow.web.formats import number_text
from singlewindow.web.types import Bar, CurvePoint

COLUMN_HEIGHT = 132
"""Height of the plotting area of a column chart, in pixels."""

LABEL_EVERY = 12
"""Up to this many columns carry a label each; more carry one at regular steps, else they would overlap."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn part; x and width in percent of the chart, y and height in pixels."""

    label: str
    text: str
    href: str
    css: str
    x: str
    width: str
    y: str = "0"
    height: str = "0"
    middle: str = "0"
    text_y: str = "0"
    share: str = ""
    show_text: bool = True
    show_label: bool = True


def _percent(value: float) -> str:
    return f"{value:.3f}%"


def stacked(parts: Sequence[Bar]) -> list[Drawn]:
    """Lay parts end to end so that together they fill the bar; a part of nothing is left out of the bar."""
    total = sum(part.value for part in parts)
    bars: list[Drawn] = []
    at = 0.0
    for part in parts:
        width = part.value * 100 / total if total else 0.0
        bars.append(
            Drawn(
                label=str(part.label),
                text=part.text or number_text(part.value),
                href=part.href,
                css=part.css,
                x=_percent(at),
                width=_percent(width),
                middle=_percent(at + width / 2),
                share=f"{width:.0f}",
                show_text=width >= 9,
            )
        )
        at += width
    return bars


def columns(parts: Sequence[Bar]) -> list[Drawn]:
    """Stand parts side by side, the tallest one filling the height."""
    highest = max((part.value for part in parts), default=0.0)
    slot = 100 / max(len(parts), 1)
    step = 1 + (len(parts) - 1) // LABEL_EVERY
    bars: list[Drawn] = []
    for index, part in enumerate(parts):
        height = part.value * COLUMN_HEIGHT / highest if highest else 0.0
        height = max(height, 2.0) if part.value else 0.0
        top = COLUMN_HEIGHT - height
        bars.append(
            Drawn(
                label=str(part.label),
                text=part.text or number_text(part.value),
                href=part.href,
                css=part.css,
                x=_percent(index * slot + slot * 0.14),
                width=_percent(slot * 0.72),
                y=f"{top + 18:.1f}",
                height=f"{height:.1f}",
                middle=_percent((index + 0.5) * slot),
                text_y=f"{top + 12:.1f}",
                show_text=len(parts) <= LABEL_EVERY,
                show_label=index % step == 0,
            )
        )
    return bars


def spark_points(values: Sequence[float], width: int = 96, height: int = 24) -> str:
    """Give the points of a line through the values, lowest at the bottom."""
    if not values:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = width / max(len(values) - 1, 1)
    inset = 2
    usable = height - 2 * inset
    return " ".join(
        f"{index * step:.1f},{inset + usable - (value - low) * usable / spread:.1f}"
        for index, value in enumerate(values)
    )


@dataclass(frozen=True, slots=True)
class CurveDrawn:
    """One point of a curve; x in percent of the chart, heights in pixels."""

    label: str
    text: str
    x: str
    y: str
    low: str
    high: str
    text_y: str


@dataclass(frozen=True, slots=True)
class Segment:
    """The line from one point to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


def curve(points: Sequence[CurvePoint]) -> tuple[list[CurveDrawn], list[Segment]]:
    """Place shares of one on a curve: steps side by side, one at the top and zero at the bottom."""
    slot = 100 / max(len(points), 1)
    drawn = [
        CurveDrawn(
            label=point.label,
            text=point.text,
            x=_percent((index + 0.5) * slot),
            y=_height(point.value),
            low=_height(point.low),
            high=_height(point.high),
            text_y=f"{max(float(_height(point.high)) - 6, 10):.1f}",
        )
        for index, point in enumerate(points)
    ]
    lines = [Segment(one.x, one.y, other.x, other.y) for one, other in pairwise(drawn)]
    return drawn, lines


def _height(share: float) -> str:
    return f"{18 + COLUMN_HEIGHT * (1 - min(max(share, 0.0), 1.0)):.1f}"
