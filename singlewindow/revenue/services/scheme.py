"""What the country sets about revenue on a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.revenue import RevenueScheme
from singlewindow.reference.selectors import profile


def scheme_on(on: date) -> RevenueScheme | None:
    """The scheme in force on a day; none where the country pays at once and gives nothing back."""
    return profile(on).revenue


def scheme_required(on: date) -> RevenueScheme:
    """The scheme in force on a day.

    Raises:
        RuleViolated: RV-GEN-01, the country has none in this period.
    """
    scheme = scheme_on(on)
    if scheme is None:
        sentence = "The country has no deferment, repayment or drawback in this period."
        raise RuleViolated(violations=[Violation("RV-GEN-01", "", sentence)])
    return scheme


def zone_of(on: date) -> ZoneInfo:
    """The zone of the country."""
    return ZoneInfo(profile(on).time_zone)


def country_day(at: datetime) -> date:
    """The day that an instant lies in, by the clock of the country."""
    return at.astimezone(zone_of(at.date())).date()
