"""Reading reference data. Answers come from memory; a process asks the database every few seconds for changes.

Nothing here is safe to change: every value is frozen, so threads share it and a forked worker may inherit it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from babel import Locale, UnknownLocaleError
from django.conf import settings

from singlewindow.kernel.clock import today
from singlewindow.kernel.errors import NotFound
from singlewindow.reference.dataset import CommodityRow, Dataset, as_commodity, in_force, parents_of
from singlewindow.reference.files import HS_EDITION, shipped_dataset
from singlewindow.reference.search import build_index, search
from singlewindow.reference.store import stored_dataset, version_token
from singlewindow.reference.types import (
    Code,
    CodeListName,
    CodeLists,
    Commodity,
    CommodityHit,
    CountryProfile,
    ExchangeRate,
    Office,
)

__all__ = [
    "code_lists",
    "code_lists_from_files",
    "codes",
    "commodity",
    "commodity_path",
    "country_name",
    "currency_name",
    "exchange_rate",
    "hs_description",
    "nomenclature_lines",
    "nomenclature_search",
    "office",
    "offices",
    "profile",
    "reference_refresh",
    "snapshot_id",
    "snapshot_id_from_files",
]

CHECK_EVERY_SECONDS = 2.0
"""How old an answer may be. Settings name REFERENCE_CHECK_SECONDS overrides it."""


@dataclass(frozen=True, slots=True)
class _Held:
    token: UUID | None
    data: Dataset
    checked_at: float


_held: _Held | None = None


def _data() -> Dataset:
    """The reference data of this process, at most a few seconds old.

    Two threads may load at once after a change; both load the same, and the last one stays. There is no lock
    that a fork could copy in its locked state.
    """
    global _held  # noqa: PLW0603  (one value per process, replaced whole)
    held, instant = _held, time.monotonic()
    if held is not None and instant - held.checked_at < _check_every():
        return held.data
    token = version_token()
    if held is not None and held.token == token:
        data = held.data
    else:
        # Before the first load the shipped files answer: they are what a load would put into the tables.
        data = stored_dataset() if token is not None else shipped_dataset()
    _held = _Held(token, data, instant)
    return data


def _check_every() -> float:
    return float(getattr(settings, "REFERENCE_CHECK_SECONDS", CHECK_EVERY_SECONDS))


def reference_refresh() -> None:
    """Forget what this process holds, so that the next question reads the tables."""
    global _held  # noqa: PLW0603  (one value per process, replaced whole)
    _held = None


def code_lists(on: date) -> CodeLists:
    """Every code in force on a day, as the value that declaration rules read."""
    return _data().code_lists(on)


def code_lists_from_files(on: date | None = None) -> CodeLists:
    """The same value straight from the shipped files: no database is opened."""
    return shipped_dataset().code_lists(on or today())


def snapshot_id(on: date) -> str:
    """The name of everything in force on a day; stored with each result that was computed from it."""
    return _data().snapshot_id(on)


def snapshot_id_from_files(on: date) -> str:
    """The name that the shipped files alone give for a day."""
    return shipped_dataset().snapshot_id(on)


def exchange_rate(currency: str, on: date) -> ExchangeRate:
    """The rate in force on a day: 1 unit of the country's currency is `rate` units of `currency`.

    Raises:
        RateMissing: no rate covers the day; none is guessed.
        ReferenceMissing: no profile of the country covers the day.
    """
    return _data().rate(currency, on)


def profile(on: date) -> CountryProfile:
    """The country's profile in force on a day.

    Raises:
        ReferenceMissing: no profile covers the day.
    """
    return _data().profile(on)


def office(code: str, on: date | None = None) -> Office:
    """An office of this country, today unless a day is given.

    Raises:
        NotFound: it is no office of this country on that day.
    """
    found = _data().office(code, on or today())
    if found is None:
        raise NotFound(f"{code} is no office of this country.")
    return found


def offices(on: date) -> tuple[Office, ...]:
    """The offices of this country on a day, in the order of their ids."""
    return tuple(row.office for row in _data().offices if in_force(row, on))


def codes(name: CodeListName, on: date) -> tuple[Code, ...]:
    """One list on a day with names and attributes, for choices on a form."""
    return _data().codes_of(name, on)


def commodity(code: str, on: date) -> Commodity | None:
    """The line of the nomenclature with this code; None where there is none."""
    row = _data().commodity(code, on)
    return as_commodity(row) if row else None


def commodity_path(code: str, on: date) -> tuple[Commodity, ...]:
    """The known lines from the chapter down to this code, for showing where it stands."""
    lines = (commodity(above, on) for above in (*parents_of(code), code))
    return tuple(line for line in lines if line is not None)


def nomenclature_lines() -> tuple[CommodityRow, ...]:
    """Every line of the present edition and of the country's own, with the days it holds; a tariff stands on them."""
    return tuple(row for row in _data().commodities if row.edition in (HS_EDITION, "national"))


def nomenclature_search(text: str, on: date, limit: int = 20) -> list[CommodityHit]:
    """Lines of the nomenclature that answer digits or words, best first; words may be misspelt."""
    data = _data()
    return search(data.answer("search", on, lambda held, day: build_index(held.commodities, day)), text, limit)


def hs_description(code: str, lang: str = "en") -> str:
    """What the nomenclature says of a code; of the nearest line above it where the code itself has none.

    The nomenclature is held in English; every language gets that text until a translation is loaded.
    """
    data, on = _data(), today()
    for length in (10, 8, 6, 4, 2):
        row = data.commodity(code[:length], on) if len(code) >= length else None
        if row:
            return row.description
    return ""


@lru_cache(maxsize=32)
def _cldr(lang: str) -> Locale:
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def country_name(code: str, lang: str = "en") -> str:
    """The name of a country in a language; the code itself where it is unknown."""
    ours = _data().names_of(CodeListName.COUNTRY).get(code)
    if ours is None:
        return code
    in_english = Locale("en").territories.get(code)
    # A name that differs from the English one of CLDR was given here, and has no translation there.
    return _cldr(lang).territories.get(code, ours) if ours == in_english else ours


def currency_name(code: str, lang: str = "en") -> str:
    """The name of a currency in a language; the code itself where it is unknown."""
    ours = _data().names_of(CodeListName.CURRENCY).get(code)
    return _cldr(lang).currencies.get(code, ours) if ours is not None else code
