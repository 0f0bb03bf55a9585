"""Frames cut and joined by time, and their fingerprint."""

import hashlib
from datetime import date

import numpy as np

from singlewindow.learning.types import Floats, Frame, FrameRefused, Label, LabelledFrame


def frame_period(frame: LabelledFrame) -> tuple[date, date]:
    """The first and the last day of the rows."""
    return date.fromordinal(int(frame.rows.day.min())), date.fromordinal(int(frame.rows.day.max()))


def frame_parted(frame: LabelledFrame, share: float) -> tuple[LabelledFrame, LabelledFrame]:
    """The earlier rows and about that share of later ones; of the earlier only those whose outcome was known by then.

    Raises:
        FrameRefused: all rows are of one day, or there are none.
    """
    days = np.sort(frame.rows.day)
    if not len(days) or days[0] == days[-1]:
        raise FrameRefused("Rows of at least two days are needed: the earlier to learn from, the later to judge by.")
    begins = max(int(days[int(len(days) * (1 - share))]), int(days[0]) + 1)
    late = frame.rows.day >= begins
    return frame.take(~late & (frame.known_day < begins)), frame.take(late)


def frames_joined(first: LabelledFrame, second: LabelledFrame) -> LabelledFrame:
    """The rows of both; what only one of them has counts as not declared in the other."""
    texts = {
        name: np.concatenate([_texts(part.rows, name) for part in (first, second)])
        for name in dict.fromkeys((*first.rows.texts, *second.rows.texts))
    }
    numbers = {
        name: np.concatenate([_numbers(part.rows, name) for part in (first, second)])
        for name in dict.fromkeys((*first.rows.numbers, *second.rows.numbers))
    }
    return LabelledFrame(
        Frame(np.concatenate([first.rows.day, second.rows.day]), texts, numbers),
        np.concatenate([first.fraud, second.fraud]),
        np.concatenate([first.critical, second.critical]),
        _both(first.revenue, second.revenue, first, second, np.nan),
        _both(first.weight, second.weight, first, second, 1.0),
        np.concatenate([first.known_day, second.known_day]),
    )


def _texts(rows: Frame, name: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.object_]]":
    return rows.texts[name] if name in rows.texts else np.full(len(rows), "", dtype=object)


def _numbers(rows: Frame, name: str) -> Floats:
    return rows.numbers[name] if name in rows.numbers else np.full(len(rows), np.nan)


def _both(
    one: Floats | None, other: Floats | None, first: LabelledFrame, second: LabelledFrame, default: float
) -> Floats | None:
    if one is None and other is None:
        return None
    left = np.full(len(first), default) if one is None else one
    right = np.full(len(second), default) if other is None else other
    return np.concatenate([left, right])


def frame_sha256(frame: LabelledFrame) -> str:
    """What names the rows: SHA-256 over every column and outcome, in the order of the rows."""
    digest = hashlib.sha256(frame.rows.day.astype("<i8").tobytes())
    for name in sorted(frame.rows.texts):
        column = "\x1f".join(frame.rows.texts[name].tolist())
        digest.update(f"{name}\x1e{column}\x1e".encode("utf-8", "backslashreplace"))
    for name in sorted(frame.rows.numbers):
        digest.update(f"{name}\x1e".encode() + frame.rows.numbers[name].astype("<f8").tobytes())
    for label in Label:
        digest.update(frame.label(label).astype("<i8").tobytes())
    for extra in (frame.revenue, frame.weight, frame.known_day):
        digest.update(b"\x1e" if extra is None else extra.astype("<f8").tobytes())
    return digest.hexdigest()


def frame_check(frame: LabelledFrame) -> None:
    """Hold the outcomes of a frame against what they may be.

    Raises:
        FrameRefused: LM-FRAME, with the first row and the column that are wrong; rows are counted from 0.
    """
    outcomes = {"fraud": frame.fraud, "critical": frame.critical}
    extras = {"revenue": frame.revenue, "weight": frame.weight, "known": frame.known}
    for name, column in {**outcomes, **extras}.items():
        if column is not None and len(column) != len(frame):
            raise FrameRefused(f"Column {name} has {len(column)} rows, but the frame has {len(frame)}.")
    for name, column in outcomes.items():
        _first(~np.isin(column, (0, 1)), name, "it is neither 0 nor 1")
    _first(frame.critical > frame.fraud, "critical", "it is critical fraud, but no fraud")
    if frame.weight is not None:
        _first(~((frame.weight > 0) & (frame.weight < np.inf)), "weight", "it is not a positive number")


def _first(wrong: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", column: str, why: str) -> None:
    if wrong.any():
        raise FrameRefused(f"Row {int(np.argmax(wrong))}, column {column}: {why}.")
