"""The tariff browser: search, the tree, and everything that is asked of a code for a country and a day. No sign-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fees.asked import currency_of_today, today
from fees.selectors.browser import TariffPage, tariff_sections
from fees.tariff_asked import CODE, Asked, asked_of, digits_of, hits_of, page_of, words_of
from fees.tariff_words import code_shown
from fees.types import NomenclatureLine
from singlewindow.reference.selectors import codes, country_name
from singlewindow.reference.types import CodeListName, CommodityHit
from singlewindow.web.types import Crumb

SECTIONS = (
    ("01", "05", gettext_lazy("Live animals; animal products")),
    ("06", "14", gettext_lazy("Vegetable products")),
    ("15", "15", gettext_lazy("Fats and oils")),
    ("16", "24", gettext_lazy("Prepared food, drinks and tobacco")),
    ("25", "27", gettext_lazy("Mineral products")),
    ("28", "38", gettext_lazy("Chemical products and medicines")),
    ("39", "40", gettext_lazy("Plastics and rubber")),
    ("41", "43", gettext_lazy("Hides, leather and furs")),
    ("44", "46", gettext_lazy("Wood, cork and straw")),
    ("47", "49", gettext_lazy("Pulp, paper and print")),
    ("50", "63", gettext_lazy("Textiles and clothes")),
    ("64", "67", gettext_lazy("Shoes, hats and umbrellas")),
    ("68", "70", gettext_lazy("Stone, ceramics and glass")),
    ("71", "71", gettext_lazy("Pearls, precious stones and metals")),
    ("72", "83", gettext_lazy("Base metals")),
    ("84", "85", gettext_lazy("Machines and electrical equipment")),
    ("86", "89", gettext_lazy("Vehicles, aircraft and ships")),
    ("90", "92", gettext_lazy("Instruments, clocks and music")),
    ("93", "93", gettext_lazy("Arms and ammunition")),
    ("94", "96", gettext_lazy("Furniture, toys and other goods")),
    ("97", "99", gettext_lazy("Works of art; special chapters")),
)
"""The sections of the Harmonised System in short, by their first and last chapter."""


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Search, and below it the sections with their chapters."""
    asked = asked_of(request)
    words = words_of(request)
    context: dict[str, Any] = {
        "asked": asked,
        "words": words,
        "hits": [_hit(one) for one in hits_of(words, asked.on)] if words else None,
        "crumbs": [Crumb(_("Tariff"))],
    }
    if not words:
        chapters, tariff = tariff_sections(asked.on, asked.known)
        context |= {"sections": _sections(chapters), "tariff": tariff}
    return _public(request, render(request, "fees/tariff.html", context | _choices()))


@require_safe
def line(request: HttpRequest, code: str) -> HttpResponse:
    """One line: where it stands, what stands below it, what is levied and asked, and how to object."""
    digits = digits_of(code)
    if digits != code:
        query = request.GET.urlencode()
        return redirect(reverse("fees:tariff-line", args=[digits]) + (f"?{query}" if query else ""))
    asked = asked_of(request)
    page = page_of(digits, asked)
    context: dict[str, Any] = {
        "asked": asked,
        "page": page,
        "shown": code_shown(page.line.shown),
        "specific": bool(page.measures) or len(page.line.shown) >= 6,
        "taxes": [one for one in page.measures if one.rate],
        "controls": [one for one in page.measures if not one.rate],
        "origin_name": country_name(asked.country, get_language() or "en") if asked.country else "",
        "currency": currency_of_today(),
        "today": today(),
        "crumbs": [Crumb(_("Tariff"), reverse("fees:tariff") + asked.query), *_crumbs(page, asked)],
    }
    return _public(request, render(request, "fees/tariff_line.html", context | _choices()))


def _hit(found: CommodityHit) -> dict[str, Any]:
    code = found.commodity.code
    return {"hit": found, "shown": code_shown(code), "usable": CODE.fullmatch(code) is not None}


def _sections(chapters: tuple[NomenclatureLine, ...]) -> list[tuple[str, list[NomenclatureLine]]]:
    grouped = [
        (str(title), [one for one in chapters if first <= one.code[:2] <= last]) for first, last, title in SECTIONS
    ]
    return [(title, lines) for title, lines in grouped if lines]


def _crumbs(page: TariffPage, asked: Asked) -> list[Crumb]:
    above = [
        Crumb(code_shown(one.shown), reverse("fees:tariff-line", args=[one.shown]) + asked.query)
        for one in page.path[:-1]
        if one.suffix == "80"
    ]
    return [*above, Crumb(code_shown(page.line.shown))]


def _choices() -> dict[str, Any]:
    language = get_language() or "en"
    names = [(one.code, country_name(one.code, language)) for one in codes(CodeListName.COUNTRY, today())]
    return {"countries": sorted(names, key=lambda pair: pair[1])}


def _public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Who reads it stands in the head of the page, so browsers keep it for this reader only."""
    response.headers.setdefault("Cache-Control", "private, max-age=60")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
