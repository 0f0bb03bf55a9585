"""The one clock: aware UTC, and a way for tests to stand still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_frozen: ContextVar[datetime | None] = ContextVar("clock_frozen", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in UTC; an office's working day is the office calendar's affair."""
    return now().date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock of this context at one instant, for tests and for replaying the past.

    Raises:
        ValueError: the instant carries no zone; a naive time would be read as something else elsewhere.
    """
    if at.tzinfo is None:
        raise ValueError("the clock holds aware instants only")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
