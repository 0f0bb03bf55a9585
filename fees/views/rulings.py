"""Advance rulings: the public list, and the form by which customs registers one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fees.forms import RulingForm
from fees.selectors.rulings import rulings_public
from fees.services.rulings import RulingDraft, ruling_propose
from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb


@require_safe
def rulings(request: HttpRequest) -> HttpResponse:
    """What customs has ruled, without whose ruling it is. No sign-in."""
    code = "".join(filter(str.isdigit, request.GET.get("code", "")))[:10]
    context = {
        "page": rulings_public(code=code, cursor=request.GET.get("cursor", "")),
        "code": code,
        "may_register": actor_of(request).may(Permission.MANAGE_TARIFF),
        "crumbs": [Crumb(_("Advance rulings"))],
    }
    return render(request, "fees/rulings.html", context)


@page_for(Permission.MANAGE_TARIFF)
@require_http_methods(["GET", "HEAD", "POST"])
def ruling_new(request: HttpRequest) -> HttpResponse:
    """Register a ruling; a second person must agree before it binds."""
    form = RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _proposed(request, form):
        messages.success(request, _("It binds as soon as a second person agrees."))
        return redirect("fees:rulings")
    context = {"form": form, "crumbs": [Crumb(_("Advance rulings"), "/rulings/"), Crumb(_("Register a ruling"))]}
    return render(request, "fees/ruling_new.html", context, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, form: RulingForm) -> bool:
    asked: dict[str, Any] = form.cleaned_data
    try:
        ruling_propose(RulingDraft(**asked), actor=actor_of(request))
    except RuleViolated as error:
        for one in error.violations:
            form.add_error(one.pointer.strip("/"), one.message)
        return False
    except Conflict as error:
        form.add_error("number", str(error))
        return False
    return True
