"""Pages of cargo: manifests and what of them is declared, goods that nobody declared, goods in no manifest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.cargo.forms import (
    AGES,
    CARGO_STATES,
    MODES,
    STATES,
    ManifestFilter,
    UndeclaredFilter,
    UnmanifestedFilter,
)
from singlewindow.cargo.selectors.bills import ledger_of
from singlewindow.cargo.selectors.lists import (
    bill_for,
    bill_page,
    bill_parts,
    manifest_for,
    manifest_page_for,
    undeclared_ages,
    undeclared_page_for,
    unmanifested_page_for,
)
from singlewindow.cargo.states import BillState, ManifestState
from singlewindow.cargo.types import BillKind, BillRow, ManifestRow, Mode, Undeclared, Unmanifested
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import instant_text, mass_text, number_text, percent_text
from singlewindow.web.types import Bar, Chart, Crumb, SummaryRow, Tone

TONES = {
    ManifestState.PRE_ARRIVAL: (Tone.NEUTRAL, "calendar"),
    ManifestState.ARRIVED: (Tone.INFO, "package-check"),
    ManifestState.DEPARTED: (Tone.OK, "ship"),
    ManifestState.CANCELLED: (Tone.NEUTRAL, "circle-x"),
}
ICONS = {Mode.SEA: "ship", Mode.AIR: "send", Mode.ROAD: "truck", Mode.RAIL: "truck"}
AGE_TONES = {"0": "ok", "1": "brand", "3": "warn", "7": "warn", "30": "bad"}


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """A manifest as its list shows it."""

    row: ManifestRow
    state: Any
    tone: Tone
    icon: str
    mode: Any
    percent: int
    share: str


@require_safe
@page_for(Permission.MANIFEST_VIEW_OWN)
def manifests(request: HttpRequest) -> HttpResponse:
    """List the manifests of the reader's organisation, or all of them for customs, with how much is declared."""
    actor, form = actor_of(request), ManifestFilter(request.GET)
    chosen = _cleaned(form)
    page = manifest_page_for(
        actor,
        state=chosen.get("state", ""),
        mode=chosen.get("mode", ""),
        search=chosen.get("q", ""),
        cursor=request.GET.get("cursor", ""),
    )
    lines = [_line(row) for row in page.rows]
    context = {
        "page": page,
        "lines": lines,
        "form": form,
        "official": actor.may(Permission.VIEW_CARGO),
        "active": _active(chosen),
        "chart": _shares(lines),
    }
    return render(request, "cargo/manifests.html", context)


@require_safe
@page_for(Permission.MANIFEST_VIEW_OWN)
def manifest(request: HttpRequest, manifest_id: UUID) -> HttpResponse:
    """Show one manifest: its conveyance, its bills, what of each is declared and what is not."""
    row = manifest_for(actor_of(request), manifest_id)
    page = bill_page(row.id, cursor=request.GET.get("cursor", ""))
    context = {
        "line": _line(row),
        "rows": list(_facts(row)),
        "page": page,
        "bills": [_bill_line(bill) for bill in page.rows],
        "crumbs": [Crumb(_("Manifests"), reverse("cargo:manifests")), Crumb(row.reference)],
    }
    return render(request, "cargo/manifest.html", context)


@require_safe
@page_for(Permission.MANIFEST_VIEW_OWN)
def bill(request: HttpRequest, manifest_id: UUID, bill_id: UUID) -> HttpResponse:
    """Show one bill: parties, goods, containers, and its write-offs."""
    actor = actor_of(request)
    row = manifest_for(actor, manifest_id)
    shown = bill_for(row.id, bill_id)
    goods, containers = bill_parts(shown.id)
    context = {
        "manifest": row,
        "bill": shown,
        "line": _bill_line(shown),
        "rows": list(_bill_facts(shown)),
        "goods": goods,
        "containers": containers,
        "entries": list(ledger_of([shown.id])),
        "names_declarations": actor.may(Permission.VIEW_ANY_DECLARATION),
        "crumbs": [
            Crumb(_("Manifests"), reverse("cargo:manifests")),
            Crumb(row.reference, reverse("cargo:manifest", args=[row.id])),
            Crumb(shown.reference),
        ],
    }
    return render(request, "cargo/bill.html", context)


@require_safe
@page_for(Permission.VIEW_CARGO)
def undeclared(request: HttpRequest) -> HttpResponse:
    """List goods that arrived and that nobody, or nobody wholly, declared; longest here first."""
    actor, form = actor_of(request), UndeclaredFilter(request.GET)
    chosen = _cleaned(form)
    page = undeclared_page_for(
        actor,
        office=chosen.get("office", ""),
        mode=chosen.get("mode", ""),
        age=chosen.get("age", ""),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": page,
        "rows": [(row, MODES[row.mode.value]) for row in page.rows],
        "form": form,
        "active": _active(chosen),
        "chart": _ages(undeclared_ages(actor, office=chosen.get("office", "")), chosen.get("office", "")),
    }
    return render(request, "cargo/undeclared.html", context)


@require_safe
@page_for(Permission.VIEW_CARGO)
def undeclared_json(request: HttpRequest) -> HttpResponse:
    """The same list as JSON, page by page, with the same filters."""
    page = undeclared_page_for(
        actor_of(request),
        office=request.GET.get("office", ""),
        mode=request.GET.get("mode", ""),
        age=request.GET.get("age", ""),
        cursor=request.GET.get("cursor", ""),
    )
    return JsonResponse({"undeclared": [_undeclared(row) for row in page.rows], "next_cursor": page.next_cursor})


@require_safe
@page_for(Permission.VIEW_CARGO)
def unmanifested(request: HttpRequest) -> HttpResponse:
    """List declarations whose goods are in no manifest, newest first."""
    form = UnmanifestedFilter(request.GET)
    chosen = _cleaned(form)
    page = unmanifested_page_for(
        actor_of(request),
        office=chosen.get("office", ""),
        state=chosen.get("state", ""),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": page,
        "rows": [(row, CARGO_STATES[row.state]) for row in page.rows],
        "form": form,
        "active": _active(chosen),
    }
    return render(request, "cargo/unmanifested.html", context)


@require_safe
@page_for(Permission.VIEW_CARGO)
def unmanifested_json(request: HttpRequest) -> HttpResponse:
    """The same list as JSON, page by page, with the same filters."""
    page = unmanifested_page_for(
        actor_of(request),
        office=request.GET.get("office", ""),
        state=request.GET.get("state", ""),
        cursor=request.GET.get("cursor", ""),
    )
    return JsonResponse({"unmanifested": [_unmanifested(row) for row in page.rows], "next_cursor": page.next_cursor})


def _cleaned(form: forms.Form) -> dict[str, str]:
    """The filters that make sense; a wrong one narrows nothing, and the form says so."""
    form.is_valid()
    return {name: value.replace("\x00", "") for name, value in form.cleaned_data.items()}


def _active(chosen: dict[str, str]) -> int:
    return sum(bool(value) for value in chosen.values())


def _line(row: ManifestRow) -> ManifestLine:
    tone, icon = TONES[row.state]
    share = row.share_declared
    return ManifestLine(
        row=row,
        state=STATES[row.state],
        tone=tone,
        icon=icon,
        mode=MODES[row.mode.value],
        percent=int(share * 100),
        share=_("%(share)s declared") % {"share": percent_text(share)},
    )


def _shares(lines: list[ManifestLine]) -> Chart | None:
    """How many of the arrived manifests of this page are declared wholly, partly or not at all."""
    arrived = [line for line in lines if line.row.state is ManifestState.ARRIVED]
    if not arrived:
        return None
    whole = sum(line.row.share_declared == 1 for line in arrived)
    nothing = sum(not line.row.share_declared for line in arrived)
    bars = [
        Bar(_("Wholly declared"), whole, "ok"),
        Bar(_("Partly declared"), len(arrived) - whole - nothing, "warn"),
        Bar(_("Nothing declared"), nothing, "bad"),
    ]
    return Chart(_("Declared of what has arrived"), bars, unit=_("manifests"))


def _ages(found: dict[str, int], office: str) -> Chart | None:
    if not any(found.values()):
        return None
    labels = {"0": _("under 1 day")} | {age: str(label) for age, label in AGES.items()}
    bars = []
    for age, count in found.items():
        query = "&".join(
            part for part in (f"office={office}" if office else "", f"age={age}" if age != "0" else "") if part
        )
        href = reverse("cargo:undeclared") + (f"?{query}" if query else "")
        bars.append(Bar(labels[age], count, AGE_TONES[age], href))
    return Chart(_("How long undeclared goods are here"), bars, unit=_("bills"))


def _facts(row: ManifestRow) -> Iterator[SummaryRow]:
    yield SummaryRow(_("Carrier"), row.carrier_name)
    conveyance = " · ".join(part for part in (row.conveyance_name, row.conveyance_id, row.nationality) if part)
    yield SummaryRow(_("Conveyance"), conveyance)
    if row.voyage:
        yield SummaryRow(_("Voyage or flight"), row.voyage)
    yield SummaryRow(_("Place and office"), " · ".join(part for part in (row.place, row.office) if part) or "–")
    yield SummaryRow(_("Expected"), instant_text(row.expected_at) if row.expected_at else "–")
    if row.arrived_at:
        yield SummaryRow(_("Arrived"), instant_text(row.arrived_at))
    if row.departed_at:
        yield SummaryRow(_("Has left"), instant_text(row.departed_at))
    yield SummaryRow(_("Version"), number_text(row.version))


def _bill_line(row: BillRow) -> dict[str, Any]:
    whole, part = Decimal(row.packages), Decimal(row.packages_written)
    if not row.packages:
        whole, part = row.mass_kg or Decimal(0), row.mass_written_kg
    percent = int(part * 100 / whole) if whole else 0
    differs = bool(row.houses) and (row.house_packages != row.packages or row.house_mass_kg != (row.mass_kg or 0))
    return {
        "row": row,
        "percent": percent,
        "label": _("%(share)s declared") % {"share": percent_text(Decimal(percent) / 100)},
        "withdrawn": row.state is BillState.WITHDRAWN,
        "kind": {
            BillKind.STRAIGHT: _("Bill"),
            BillKind.MASTER: _("Master bill"),
            BillKind.HOUSE: _("House bill"),
        }[row.kind],
        "differs": differs,
    }


def _bill_facts(row: BillRow) -> Iterator[SummaryRow]:
    yield SummaryRow(_("Consignor"), row.consignor or "–")
    yield SummaryRow(_("Consignee"), row.consignee or (_("To order") if row.to_order else "–"))
    if row.notify:
        yield SummaryRow(_("Notify party"), row.notify)
    if row.master:
        yield SummaryRow(_("Master bill"), row.master)
    if row.loading or row.discharge:
        yield SummaryRow(_("Loaded and discharged at"), f"{row.loading or '–'} → {row.discharge or '–'}")
    yield SummaryRow(_("Packages"), number_text(row.packages))
    yield SummaryRow(_("Gross mass"), mass_text(row.mass_kg) if row.mass_kg is not None else "–")
    if row.houses:
        told = {"packages": number_text(row.house_packages), "mass": mass_text(row.house_mass_kg)}
        yield SummaryRow(_("Its house bills together"), _("%(packages)s packages, %(mass)s") % told)


def _undeclared(row: Undeclared) -> dict[str, Any]:
    return {
        "bill": row.reference,
        "bill_id": str(row.bill_id),
        "manifest": row.manifest_reference,
        "manifest_id": str(row.manifest_id),
        "carrier": row.carrier,
        "consignee": row.consignee,
        "mode": row.mode.value,
        "office": row.office,
        "goods": row.goods,
        "packages": row.packages,
        "packages_left": row.packages_left,
        "mass_left_kg": format(row.mass_left_kg, "f"),
        "arrived_at": _utc(row.arrived_at),
    }


def _unmanifested(row: Unmanifested) -> dict[str, Any]:
    return {
        "declaration_id": str(row.declaration_id),
        "mrn": row.mrn,
        "direction": row.direction,
        "office": row.office,
        "state": row.state.value,
        "bills": list(row.references),
        "at": _utc(row.at),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
