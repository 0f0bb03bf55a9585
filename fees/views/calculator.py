"""The duty calculator: what goods would cost, for anyone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fees.forms import CODE_FORM, CalculatorForm
from fees.rules.canonical_form import assessment_json
from fees.selectors import tariff_current
from fees.services import quote_of_facts
from fees.types import Direction, Facts, ItemFacts, Sum
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.reference.selectors import hs_description, nomenclature_search
from singlewindow.web.types import Crumb

HITS = 12


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """What goods would cost, as the notice that their assessment would give. No sign-in, no script needed."""
    form = CalculatorForm(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "crumbs": [Crumb(_("Duty calculator"))], "hits": [], "notice": None}
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"].replace(" ", "").replace(".", "")
        if CODE_FORM.fullmatch(code):
            context |= _quoted(form.cleaned_data | {"code": code})
        else:
            context |= _looked_up(request, form.cleaned_data["code"])
    return render(request, "fees/calculator.html", context)


def _quoted(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        quote = quote_of_facts(_facts(asked))
    except RuleViolated as error:
        return {"violations": error.violations}
    return {
        "notice": assessment_json(quote.assessment),
        "sha256": quote.sha256,
        "goods": hs_description(asked["code"]),
    }


def _facts(asked: dict[str, Any]) -> Facts:
    def stated(name: str) -> Sum | None:
        return None if asked[name] is None else Sum(asked[name], asked["currency"], f"/{name}")

    has_quantity = asked["quantity"] is not None and asked["unit"]
    preference, documents = _claim(asked["origin"]) if asked["proof"] else ("100", ())
    item = ItemFacts(
        number=1,
        pointer="/items/0",
        commodity_code=asked["code"],
        origin=asked["origin"],
        preference=preference,
        procedure="4000",
        price=stated("value"),
        net_mass_kg=asked["net_mass_kg"],
        quantities=((asked["unit"], asked["quantity"]),) if has_quantity else (),
        documents=documents,
    )
    return Facts(direction=Direction.IMPORT, items=(item,), freight=stated("freight"), insurance=stated("insurance"))


def _claim(origin: str) -> tuple[str, tuple[str, ...]]:
    """The preference code that claims the best agreement of an origin, and a proof of it."""
    tariff = tariff_current()
    claims = sorted({tariff.claims[group] for group in tariff.groups_of(origin, clock.today())} - {""})
    return (f"{claims[-1]}00" if claims else "100"), tuple(sorted(tariff.proofs)[:1])


def _looked_up(request: HttpRequest, words: str) -> dict[str, Any]:
    """Codes that answer the words, each a link that fills it in and keeps the other answers."""
    hits = []
    for hit in nomenclature_search(words, clock.today(), HITS):
        query = request.GET.copy()
        query["code"] = hit.commodity.code
        usable = CODE_FORM.fullmatch(hit.commodity.code) is not None
        hits.append({"hit": hit, "href": f"?{query.urlencode()}" if usable else ""})
    return {"hits": hits, "searched": words}
