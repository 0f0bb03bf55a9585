"""Months of statements in the country's zone: when one begins, closes, is due and is overdue."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def month_of(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that an instant lies in, by the clock of the country (RV-DEF-05)."""
    return at.astimezone(zone).date().replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def closes_at(month: date, *, hour: int, zone: ZoneInfo) -> datetime:
    """The instant at which the statement of a month closes."""
    return datetime.combine(month_after(month), time(hour), tzinfo=zone).astimezone(UTC)


def due_on(month: date, *, day: int) -> date:
    """The day by which the statement of a month is paid (RV-STM-02)."""
    return month_after(month).replace(day=day)


def day_begins(on: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in the country."""
    return datetime.combine(on, time(0), tzinfo=zone).astimezone(UTC)


def month_for(incurred: datetime, deferred: datetime, *, hour: int, zone: ZoneInfo) -> date:
    """The month on whose statement a debt stands: that of acceptance while it has not closed, else that of deferral.

    Source: docs/rules/revenue.md, RV-DEF-05.
    """
    month = month_of(incurred, zone)
    return month if deferred < closes_at(month, hour=hour, zone=zone) else max(month, month_of(deferred, zone))
