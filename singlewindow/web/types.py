"""Frozen values that pages hand to the components: what to show, never how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Tone(StrEnum):
    """How a thing stands; each tone has a colour and the component adds an icon or a word."""

    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back to the start page; the last one has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One answer on a check-your-answers page, with the way back to change it."""

    label: str
    value: Any
    change_href: str = ""
    change_label: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a history: what happened, when, by whom."""

    title: str
    at: datetime | None = None
    who: str = ""
    detail: str = ""
    tone: Tone = Tone.NEUTRAL
    icon: str = "circle-dot"
    upcoming: bool = False


class TaskState(StrEnum):
    """How far one part of a form has come."""

    TODO = "TODO"
    STARTED = "STARTED"
    DONE = "DONE"
    BLOCKED = "BLOCKED"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a task list; without an address it cannot be started yet."""

    title: str
    href: str = ""
    state: TaskState = TaskState.TODO
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a guided form, in order."""

    label: str
    href: str = ""
    done: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab, a link to its own address."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PageError:
    """One line of the error summary and the id of the field that it belongs to."""

    message: str
    href: str = ""
    rule: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a chart: a share of a whole, or a column beside others.

    Args:
        css: a lane (`green`, `blue`, `yellow`, `red`), a tone, or `brand`.
        text: the value as it is to be read, where that differs from the plain number ("3 h 10 min").
    """

    label: str
    value: float
    css: str = "brand"
    href: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a curve with the interval of what is estimated there.

    Args:
        value, low, high: shares of one.
        text: what is read there, such as "62 % of 45".
    """

    label: str
    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares at some steps, drawn as a line with intervals and given as a table."""

    title: str
    points: Sequence[CurvePoint]
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A titled series with its unit, drawn as bars and given as a table."""

    title: str
    parts: Sequence[Bar]
    unit: str = ""
    note: str = ""
