"""One charge of the published schedule, for apps that may not read it themselves."""

from datetime import date
from decimal import Decimal

from fees.selectors.tariff import tariff_current
from singlewindow.kernel.errors import NotFound
from singlewindow.reference.selectors import profile


def published_charge(code: str, on: date) -> tuple[str, str, Decimal | None, str, str, date] | None:
    """Code, title, amount, currency, law and day of publication of a charge in force on a day.

    None where there is none (or no tariff yet), or where it was published after the day: it may not be billed
    (FE-CHG-01).
    """
    try:
        charges = tariff_current().charges
    except NotFound:
        return None
    for charge in charges:
        if charge.code == code and charge.in_force(on) and charge.published_on <= on:
            return charge.code, charge.title, charge.amount, profile(on).currency, charge.law, charge.published_on
    return None
