"""What a reader of the tariff asks for, and a page of it as data."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from fees.asked import day_asked
from fees.selectors.browser import TariffPage, tariff_page
from fees.types import Direction
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.reference.selectors import country_name, nomenclature_search
from singlewindow.reference.types import CommodityHit

CODE = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10}", re.ASCII)
SUFFIX = re.compile(r"[0-9]{2}", re.ASCII)
HITS = 20
LONGEST_QUERY = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """For which country, direction and day the tariff is read, and as it was known when."""

    country: str
    direction: Direction
    on: date
    known: date | None
    suffix: str = "80"

    @property
    def query(self) -> str:
        """The same question as the end of an address."""
        parts = [f"country={self.country}" if self.country else "", f"direction={self.direction}", f"on={self.on}"]
        return "?" + "&".join([part for part in parts if part] + ([f"known={self.known}"] if self.known else []))


def asked_of(request: HttpRequest) -> Asked:
    """What the address asks for.

    Raises:
        FormatRefused: a country, direction or day is none.
    """
    country = request.GET.get("country", "").upper()
    if country and not (re.fullmatch(r"[A-Z]{2}", country, re.ASCII) and country_name(country) != country):
        raise FormatRefused("'country' is a code of two letters as KE.", code="query.country")
    direction = request.GET.get("direction", Direction.IMPORT.value)
    if direction not in set(Direction):
        raise FormatRefused("'direction' is import or export.", code="query.direction")
    suffix = request.GET.get("suffix", "80")
    if not SUFFIX.fullmatch(suffix):
        raise FormatRefused("'suffix' is two digits.", code="query.suffix")
    known = day_asked(request, "known") if request.GET.get("known") else None
    return Asked(country, Direction(direction), day_asked(request), known, suffix)


def page_json(page: TariffPage, asked: Asked) -> dict[str, Any]:
    """A page of the tariff as data: every fact with its law, its days and the version that it is of."""
    return {
        "code": page.line.shown,
        "on": asked.on,
        "country": asked.country,
        "direction": asked.direction.value,
        "tariff": {"version": page.tariff.label, "loaded_at": page.tariff.loaded_at},
        "line": page.line,
        "path": page.path,
        "children": page.children,
        "measures": page.measures,
        "quotas": [{"order_number": key, "state": one.state.value} for key, one in sorted(page.quotas.items())],
        "needs": [
            {
                "agency": one.agency_name,
                "title": one.title,
                "permit": one.lpco_code,
                "law": one.law,
                "decided_within_hours": one.sla_hours,
            }
            for one in page.extras
        ],
        "charges": [
            {
                "code": one.charge.code,
                "title": one.charge.title,
                "authority": one.charge.authority,
                "rate": one.rate,
                "law": one.charge.law,
                "published_on": one.charge.published_on,
                "billed": not one.late,
            }
            for one in page.charges
        ],
    }


def page_of(code: str, asked: Asked) -> TariffPage:
    """The page of a code as it is asked for. Raises NotFound."""
    return tariff_page(
        code,
        country=asked.country,
        direction=asked.direction,
        on=asked.on,
        known=asked.known,
        suffix=asked.suffix,
    )


def digits_of(code: str) -> str:
    """The digits of a code, however they are grouped. Raises NotFound where it is none."""
    digits = re.sub(r"[ .\-]", "", code[:20])
    if len(code) > 20 or not CODE.fullmatch(digits):
        raise NotFound
    return digits


def words_of(request: HttpRequest) -> str:
    """What is searched for, cut to a length that a person types."""
    return request.GET.get("q", "")[:LONGEST_QUERY].strip()


def hits_of(words: str, on: date) -> list[CommodityHit]:
    """Lines that answer words or digits, best first."""
    return nomenclature_search(words, on, HITS) if words else []
