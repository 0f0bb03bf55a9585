"""A day as the country counts it: its midnights, as instants of UTC."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile


def country_today() -> date:
    """The day that it is now in the country's own time zone."""
    return clock.now().astimezone(_zone()).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day in the country, and the first of the next; 23 to 25 hours lie between.

    Raises:
        OverflowError: the day has no next one.
    """
    zone, following = _zone(), day + timedelta(days=1)
    return (
        datetime(day.year, day.month, day.day, tzinfo=zone),
        datetime(following.year, following.month, following.day, tzinfo=zone),
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(profile(clock.today()).time_zone)
