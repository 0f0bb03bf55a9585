"""Public checks, without sign-in: is this notice genuine, is this quote ours."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fees.forms import NoticeCompareForm, QuoteVerifyForm
from fees.services.notices import TooManyTries, notice_check, notice_compare
from fees.services.signed_quotes import QuoteProof, quote_prove
from fees.wording import NOTICE_STANDINGS, QUOTE_STANDINGS, word
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.web.types import Crumb


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the notice with this code is genuine and still counts; with number and total, whether they are its own.

    Nothing of the trade is told: no party, no goods, no amount. What is typed in is compared, and one answer given.
    """
    crumbs = [Crumb(_("Check a notice"))]
    try:
        found = notice_check(code)
    except NotFound:
        return _private(render(request, "fees/check.html", {"crumbs": crumbs, "found": None}, status=404))
    form = NoticeCompareForm(request.POST or None)
    context: dict[str, Any] = {
        "crumbs": crumbs,
        "found": found,
        "standing": word(NOTICE_STANDINGS, found.standing.value),
        "form": form,
        "same": None,
    }
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = 200
            asked = form.cleaned_data
            try:
                context["same"] = notice_compare(code, mrn=asked["mrn"].strip().upper(), total=asked["total"])
            except TooManyTries:
                context["too_many"], status = True, 429
    return _private(render(request, "fees/check.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
def quote_verify(request: HttpRequest) -> HttpResponse:
    """Whether a quote is ours and still holds, by its text and its signature."""
    form = QuoteVerifyForm(request.POST or None)
    proof = _proof(form) if request.method == "POST" and form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "proof": proof,
        "standing": word(QUOTE_STANDINGS, proof.standing.value) if proof and proof.standing else "",
        "crumbs": [Crumb(_("Check a quote"))],
    }
    return render(request, "fees/quote_verify.html", context, status=422 if form.errors else 200)


def _proof(form: QuoteVerifyForm) -> QuoteProof | None:
    asked = form.cleaned_data
    text = asked["quote"].strip().encode()
    try:
        strict_json.loads(text, max_bytes=form.LONGEST)
    except FormatRefused:
        form.add_error("quote", _("This is not the text of a quote: it begins with { and is JSON."))
        return None
    return quote_prove(asked["signature"].strip(), notice=orjson.loads(text))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a capability: no search engine keeps it, and no other site that is linked from here learns it.

    Not `no-referrer`: browsers then send no origin with the form, and it is refused.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
