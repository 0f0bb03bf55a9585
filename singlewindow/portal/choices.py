"""What the lists of a form offer: the codes that traders use, in words, and whatever a copied declaration holds."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from singlewindow.kernel import clock
from singlewindow.reference.selectors import codes, country_name, currency_name, offices, profile
from singlewindow.reference.types import CodeListName

Choices = list[tuple[str, str | Promise]]

IMPORT_PROCEDURES: Choices = [
    ("4000", _("Bring into the country to use or sell (4000)")),
    ("4071", _("Take out of a customs warehouse to use or sell (4071)")),
    ("7100", _("Store in a customs warehouse, duty later (7100)")),
    ("5300", _("Bring in for a time only (5300)")),
    ("5100", _("Process and export again (5100)")),
    ("6123", _("Bring back what left for a time (6123)")),
]
EXPORT_PROCEDURES: Choices = [
    ("1000", _("Export for good (1000)")),
    ("2300", _("Send out for a time only (2300)")),
    ("2100", _("Send out to be processed (2100)")),
    ("3171", _("Export again from a customs warehouse (3171)")),
]
PREFERENCES: Choices = [
    ("100", _("No, the normal rate")),
    ("300", _("Yes, under a trade agreement (300)")),
    ("200", _("Yes, as a developing country (200)")),
]
PACKAGES = ("CT", "BX", "PK", "BG", "SA", "PX", "CR", "CS", "DR", "BA", "RO", "BE", "NE", "VR", "VL")
UNITS = ("KGM", "NAR", "LTR", "LPA", "MTK", "MTR", "NPR", "MIL", "MWH", "TNE", "GRM")
MODES = ("1", "3", "4", "2", "8", "5", "7")
INCOTERMS = ("FOB", "CIF", "CFR", "EXW", "FCA", "FAS", "CIP", "CPT", "DAP", "DPU", "DDP")


def _language() -> str:
    return get_language() or "en"


def with_present(choices: Choices, present: Iterable[str | None]) -> Choices:
    """The choices, and the codes that are already there and no choice yet."""
    known = {code for code, _label in choices}
    return [*choices, *((code, code) for code in dict.fromkeys(present) if code and code not in known)]


@lru_cache(maxsize=16)
def _countries(on: date, language: str) -> tuple[tuple[str, str], ...]:
    found = [(code.code, country_name(code.code, language)) for code in codes(CodeListName.COUNTRY, on)]
    return tuple(sorted(found, key=lambda pair: pair[1].casefold()))


def countries(empty: str | Promise) -> Choices:
    """Every country by its name in the reader's language."""
    return [("", empty), *_countries(clock.today(), _language())]


@lru_cache(maxsize=16)
def _currencies(on: date, language: str) -> tuple[tuple[str, str], ...]:
    own = profile(on).currency
    found = [
        (code.code, f"{code.code} – {currency_name(code.code, language)}") for code in codes(CodeListName.CURRENCY, on)
    ]
    first = [own, "USD", "GBP", "CNY", "JPY"]
    return tuple(sorted(found, key=lambda pair: (first.index(pair[0]) if pair[0] in first else 9, pair[0])))


def currencies() -> Choices:
    """Every currency, those met most first."""
    return [*_currencies(clock.today(), _language())]


@lru_cache(maxsize=32)
def _named(name: CodeListName, wanted: tuple[str, ...], on: date) -> tuple[tuple[str, str], ...]:
    names = {code.code: code.name for code in codes(name, on)}
    return tuple((code, f"{names[code]} ({code})") for code in wanted or tuple(names) if code in names)


def named(name: CodeListName, wanted: tuple[str, ...] = (), empty: str | Promise | None = None) -> Choices:
    """Codes of a list with their names, in the order wanted; the whole list where none is."""
    found: Choices = [*_named(name, wanted, clock.today())]
    return found if empty is None else [("", empty), *found]


def office_choices(empty: str | Promise) -> Choices:
    """The offices of this country."""
    return [("", empty), *((office.id, f"{office.name} ({office.id})") for office in offices(clock.today()))]


def home_currency() -> str:
    """The currency in which duty is paid."""
    return profile(clock.today()).currency


def home_country() -> str:
    """The code of this country."""
    return profile(clock.today()).country_code
