"""Pages of capture: what devices saw, one event, and the devices."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.capture.forms import (
    DEVICES,
    KINDS,
    MARKS,
    SEALS,
    VERDICTS,
    CalibrationForm,
    CapturedForm,
    DeviceForm,
)
from singlewindow.capture.selectors import CapturedFilter, captured_for, captured_page_for, devices_for
from singlewindow.capture.services import DeviceWish, device_calibrate, device_register, device_retire
from singlewindow.capture.types import CapturedRow, DeviceInfo, DeviceKind, EventKind
from singlewindow.kernel.errors import DomainError
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import instant_text, number_text
from singlewindow.web.types import Crumb, SummaryRow

OURS = frozenset({EventKind.WEIGHT, EventKind.SCAN})
"""Kinds that are told in our own words, and not in what a device read."""


@require_safe
@page_for(Permission.VIEW_CARGO)
def captured(request: HttpRequest) -> HttpResponse:
    """List what devices saw, newest first."""
    form = CapturedForm(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name, "") for name in form.fields}
    page = captured_page_for(actor_of(request), CapturedFilter(**chosen), cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "rows": [_line(row) for row in page.rows],
        "form": form,
        "active": sum(bool(value) for value in chosen.values()),
    }
    return render(request, "capture/captured.html", context)


@require_safe
@page_for(Permission.VIEW_CARGO)
def event(request: HttpRequest, seen_id: UUID) -> HttpResponse:
    """Show one captured event, and the declarations from which it differs."""
    actor = actor_of(request)
    row = captured_for(actor, seen_id)
    context = {
        "line": _line(row),
        "rows": list(_facts(row)),
        "names_declarations": actor.may(Permission.VIEW_ANY_DECLARATION),
        "crumbs": [Crumb(_("What devices saw"), reverse("capture:list")), Crumb(row.device)],
    }
    return render(request, "capture/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.MANAGE_DEVICES)
def devices(request: HttpRequest) -> HttpResponse:
    """List the devices, and register one."""
    form, status = DeviceForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid() and _register(request, form):
            return redirect("capture:devices")
        status = 422
    context = {"lines": [_device(device) for device in devices_for(actor_of(request))], "form": form}
    return render(request, "capture/devices.html", context, status=status)


def _register(request: HttpRequest, form: DeviceForm) -> bool:
    chosen = form.cleaned_data | {"kind": DeviceKind(form.cleaned_data["kind"])}
    try:
        device_register(actor=actor_of(request), wish=DeviceWish(**chosen))
    except DomainError as refusal:
        for found in refusal.violations:
            form.add_error(found.pointer.strip("/") if found.pointer.strip("/") in form.fields else None, found.message)
        if not refusal.violations:
            form.add_error(None, refusal.detail)
        return False
    messages.success(request, _("The device %(number)s is registered.") % {"number": chosen["number"]})
    return True


@require_POST
@page_for(Permission.MANAGE_DEVICES)
def calibrate(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Note until when a device is calibrated."""
    form = CalibrationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the day until which the device is calibrated."))
        return redirect("capture:devices")
    try:
        device_calibrate(actor=actor_of(request), device_id=device_id, until=form.cleaned_data["calibrated_until"])
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.detail)
        return redirect("capture:devices")
    messages.success(request, _("The calibration is noted."))
    return redirect("capture:devices")


@require_POST
@page_for(Permission.MANAGE_DEVICES)
def retire(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device out of use."""
    try:
        device_retire(actor=actor_of(request), device_id=device_id)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.detail)
        return redirect("capture:devices")
    messages.success(request, _("The device is out of use. What it told stays."))
    return redirect("capture:devices")


def _line(row: CapturedRow) -> dict[str, Any]:
    rules = list(dict.fromkeys(remark.rule for remark in row.remarks))
    marks = [MARKS[mark] for mark in row.marks]
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "said": said(row),
        "marks": marks,
        "rules": rules,
        "ours": row.kind in OURS,
    }


def _device(device: DeviceInfo) -> dict[str, Any]:
    return {"device": device, "kind": DEVICES[device.kind]}


def said(row: CapturedRow) -> str:
    """What a device saw, in one line."""
    told = row.content
    if "plate" in told:
        return " ".join(filter(None, [told["plate"]["number"], told["plate"].get("country", "")]))
    if "container" in told:
        return str(told["container"]["number"])
    if "weight" in told:
        return _weighed(told["weight"])
    if "seal" in told:
        return " · ".join(filter(None, [told["seal"].get("number", ""), str(SEALS[told["seal"]["state"]])]))
    verdict = told.get("scan", {}).get("verdict", "")
    return str(VERDICTS.get(verdict, _("No verdict of the machine")))


def _weighed(weight: dict[str, str]) -> str:
    unit = {"KGM": "kg", "TNE": "t", "LBR": "lb"}[weight.get("unit", "KGM")]
    figures = {"gross": number_text(weight["gross"]), "unit": unit}
    if "tare" not in weight:
        return _("%(gross)s %(unit)s gross") % figures
    return _("%(gross)s %(unit)s gross, %(tare)s %(unit)s tare") % (figures | {"tare": number_text(weight["tare"])})


def _facts(row: CapturedRow) -> Iterator[SummaryRow]:
    yield SummaryRow(str(KINDS[row.kind]), said(row))
    yield SummaryRow(_("Seen"), instant_text(row.happened_at))
    yield SummaryRow(_("Received"), instant_text(row.received_at))
    yield SummaryRow(_("Device"), f"{row.device}, {row.owner}")
    yield SummaryRow(_("Place"), " ".join(filter(None, [row.place, row.office])))
    scan, weight = row.content.get("scan", {}), row.content.get("weight", {})
    for label, value in (
        (_("Container"), row.container),
        (_("Number plate"), row.plate),
        (_("Declaration (MRN)"), row.mrn),
        (_("Uncertainty of the scale"), weight.get("uncertainty", "")),
        (_("What the machine says"), scan.get("says", "")),
        (_("Where the picture lies"), scan.get("lies_at", "") or scan.get("document_id", "")),
        (_("Digest of the picture"), scan.get("sha256", "")),
    ):
        if value:
            yield SummaryRow(label, str(value))
