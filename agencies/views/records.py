"""Certificates of other countries, entries by hand, and checks of disclaimers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.forms.applications import refused
from agencies.forms.records import CertificateForm, CheckForm, ContingencyForm, SettleForm
from agencies.selectors import agency_info, permit_read
from agencies.selectors.records import (
    certificate_read_for,
    citation_page,
    contingency_page,
    contingency_read,
    disclaimers_to_check,
)
from agencies.services import (
    certificate_receive,
    contingency_match,
    contingency_record,
    contingency_reject,
    disclaimer_check,
    write_off_reverse,
)
from agencies.states import ContingencyState
from singlewindow.accounts.permissions import Permission
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, FormatRefused, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Tab


@page_for(Permission.SEND_CERTIFICATE)
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Certificates that declarations name, what is wrong with them first; and the door for new ones."""
    actor = actor_of(request)
    form = CertificateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with unit_of_work() as work:
                row = certificate_receive(work, body=form.cleaned_data["file"].read(), actor=actor)
        except (FormatRefused, RuleViolated) as found:
            for one in found.violations[:10]:
                form.add_error("file", f"{one.pointer} {one.message} {one.value}".strip())
            if not found.violations:
                form.add_error("file", found.detail)
        except NotFound:
            form.add_error("file", _("It withdraws a certificate that is not here."))
        except (Conflict, NotPermitted) as found:
            form.add_error("file", found.detail)
        else:
            told = {"number": row.number, "version": row.version}
            messages.success(request, _("Certificate %(number)s, version %(version)s, is taken in.") % told)
            return redirect("agencies:certificates")
    state = request.GET.get("state", "trouble")
    page = citation_page(actor, state=state, cursor=request.GET.get("cursor", ""))
    labels = {"trouble": _("To look at"), "matched": _("Matched"), "paper": _("On paper"), "all": _("All")}
    context = {
        "form": form,
        "page": page,
        "tabs": [Tab(label, f"?state={key}", current=key == state) for key, label in labels.items()],
        "to_check": disclaimers_to_check(actor),
        "agency": agency_info(actor.agency),
    }
    return render(request, "agencies/certificates.html", context, status=422 if form.errors else 200)


@page_for(Permission.SEND_CERTIFICATE)
@require_http_methods(["GET", "HEAD"])
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate with its goods and the declarations that name it."""
    row, citations = certificate_read_for(actor_of(request), certificate_id)
    crumbs = [Crumb(_("Certificates"), reverse("agencies:certificates")), Crumb(row.number)]
    context = {"certificate": row, "citations": citations, "left": row.net_kg - row.used_kg, "crumbs": crumbs}
    return render(request, "agencies/certificate.html", context)


@page_for(Permission.DECIDE_AGENCY_HOLD)
@require_POST
def disclaimer(request: HttpRequest, number: int) -> HttpResponse:
    """Record what the check of a disclaimer found."""
    form = CheckForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            holds = typed["outcome"] == "true"
            disclaimer_check(use_id=number, actor=actor_of(request), holds=holds, reason=typed["reason"])
        except TransitionRefused as found:
            messages.warning(request, found.detail)
        else:
            messages.success(request, _("The check is recorded."))
    else:
        messages.warning(request, _("Say what the check found, and why."))
    return redirect("agencies:certificates")


@page_for(Permission.RECORD_CONTINGENCY)
@require_http_methods(["GET", "HEAD", "POST"])
def contingency(request: HttpRequest) -> HttpResponse:
    """Entries by hand that wait to be reconciled, and the form for a new one."""
    actor = actor_of(request)
    form = ContingencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contingency_record(actor=actor, order=form.order())
        except RuleViolated as found:
            refused(form, found.violations)
        except NotFound:
            form.add_error("mrn", _("No declaration has this number."))
        except (NotPermitted, Conflict) as found:
            form.add_error(None, found.detail)
        else:
            messages.success(request, _("The entry is recorded, and the goods go on."))
            return redirect("agencies:contingency")
    state = request.GET.get("state", ContingencyState.OPEN.value)
    page = contingency_page(actor, state=state, cursor=request.GET.get("cursor", ""))
    labels = {
        ContingencyState.OPEN.value: _("To reconcile"),
        ContingencyState.MATCHED.value: _("Matched"),
        ContingencyState.REJECTED.value: _("Rejected"),
    }
    tabs = [Tab(label, f"?state={key}", current=key == state) for key, label in labels.items()]
    context = {"form": form, "page": page, "tabs": tabs, "settles": actor.may(Permission.MANAGE_PERMIT)}
    return render(request, "agencies/contingency.html", context, status=422 if form.errors else 200)


@page_for(Permission.MANAGE_PERMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def contingency_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Reconcile one entry: write it off from the permit that it meant, or reject it."""
    actor = actor_of(request)
    entry = contingency_read(actor, entry_id)
    initial = {"number": entry.number, "quantity": f"{entry.quantity.normalize():f}"}
    form = SettleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _settled(actor, entry_id, form.cleaned_data))
        except RuleViolated as found:
            refused(form, found.violations)
        except NotFound:
            form.add_error("number", _("Your agency has no permit of this type and number."))
        except TransitionRefused as found:
            form.add_error(None, found.detail)
        else:
            return redirect("agencies:contingency")
    crumbs = [Crumb(_("Entries by hand"), reverse("agencies:contingency")), Crumb(entry.number)]
    context = {"entry": entry, "form": form, "crumbs": crumbs, "open": entry.state == ContingencyState.OPEN.value}
    return render(request, "agencies/contingency_entry.html", context, status=422 if form.errors else 200)


def _settled(actor: Any, entry_id: UUID, typed: dict[str, Any]) -> str:
    if typed["decision"] == "reject":
        contingency_reject(entry_id=entry_id, actor=actor, reason=typed["reason"])
        return _("The entry is rejected.")
    difference = contingency_match(
        entry_id=entry_id, actor=actor, number=typed["number"], quantity=typed["quantity"], reason=typed["reason"]
    )
    if not difference:
        return _("Written off; nothing differs.")
    return _("Written off. The entry differs by %(difference)s.") % {"difference": f"{difference.normalize():f}"}


@page_for(Permission.MANAGE_PERMIT)
@require_POST
def reverse_entry(request: HttpRequest, permit_id: UUID, number: int) -> HttpResponse:
    """Take back an entry that was made by hand."""
    actor = actor_of(request)
    permit_read(actor, permit_id)
    try:
        write_off_reverse(permit_id=permit_id, entry_id=number, actor=actor, reason=request.POST.get("reason", ""))
    except (RuleViolated, TransitionRefused) as found:
        violations = getattr(found, "violations", ())
        messages.warning(request, violations[0].message if violations else found.detail)
    else:
        messages.success(request, _("The entry is reversed."))
    return redirect("agencies:permit", permit_id=permit_id)
