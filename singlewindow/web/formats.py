"""Numbers, money, mass and spans of time as people read them."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language_bidi, gettext, ngettext

from singlewindow.kernel.money import Money, minor_unit

NO_BREAK = "\u00a0"
ISOLATE, ISOLATE_END = "\u2066", "\u2069"


def as_decimal(value: Any) -> Decimal | None:
    """Read a number from whatever a page was handed; nothing where there is none."""
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None


def number_text(value: Any, places: int | None = None) -> str:
    """Write a number with the grouping of the language, without zeros that say nothing."""
    number = as_decimal(value)
    if number is None:
        return "" if value is None else str(value)
    if places is None:
        plain = format(number.normalize(), "f")
        places = len(plain.partition(".")[2])
    elif number.is_finite():  # the framework cuts places off instead of rounding them
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)


def isolated(text: str) -> str:
    """Keep sign, figures and unit in their order inside a sentence that runs from right to left."""
    return f"{ISOLATE}{text}{ISOLATE_END}" if text and get_language_bidi() else text


def money_text(value: Any, currency: str = "") -> str:
    """Write an amount at the minor unit of its currency, the currency's code after it."""
    if isinstance(value, Money):
        value, currency = value.amount, value.currency
    elif isinstance(value, dict) and "amount" in value:
        value, currency = value["amount"], value.get("currency", currency)
    elif hasattr(value, "amount") and hasattr(value, "currency"):
        value, currency = value.amount, value.currency
    if as_decimal(value) is None:
        return ""
    amount = number_text(value, minor_unit(currency))
    return isolated(f"{amount}{NO_BREAK}{currency}" if currency else amount)


def mass_text(value: Any) -> str:
    """Write a mass in kilograms."""
    return isolated(f"{number_text(value)}{NO_BREAK}kg") if as_decimal(value) is not None else ""


def quantity_text(value: Any, unit: str) -> str:
    """Write a quantity with its unit."""
    return isolated(f"{number_text(value)}{NO_BREAK}{unit}".rstrip()) if as_decimal(value) is not None else ""


def percent_text(value: Any, places: int = 0) -> str:
    """Write a share of one as a percentage."""
    number = as_decimal(value)
    return "" if number is None else isolated(f"{number_text(number * 100, places)}{NO_BREAK}%")


def span_text(span: timedelta) -> str:
    """Write how long something lasts, in its two largest units: 3 d 4 h, 17 h 05 min, 12 min."""
    minutes = int(abs(span).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    return gettext("%(minutes)d min") % {"minutes": minutes}


def ago_text(span: timedelta) -> str:
    """Write how long ago something was, or in how long it will be, in one unit."""
    seconds = int(span.total_seconds())
    size = abs(seconds)
    if size < 60:
        return gettext("just now")
    if size < 3600:
        count = size // 60
        unit = ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    elif size < 2 * 86400:
        count = size // 3600
        unit = ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    else:
        count = size // 86400
        unit = ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    return gettext("%(span)s ago") % {"span": unit} if seconds > 0 else gettext("in %(span)s") % {"span": unit}


def instant_text(at: datetime) -> str:
    """Write an instant to the minute, the day before the month's name, so that nobody reads it wrongly."""
    return date_format(localtime(at), "j M Y, H:i", use_l10n=False)


def day_text(day: date) -> str:
    """Write a day with the month's name."""
    return date_format(day, "j M Y", use_l10n=False)
