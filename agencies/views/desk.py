"""The desk of the agencies: holds and permits of an officer's agency, permits of a trader, what goods need."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.forms import BindForm, DecisionForm, HoldFilter, PermitFilter, PermitForm, StepForm
from agencies.selectors import (
    agency_info,
    hold_page,
    permit_page,
    permit_read,
    write_offs_of,
)
from agencies.services import hold_decide, hold_read, permit_issue, permit_step
from agencies.services.holds import Decision
from agencies.services.permits import STEPS
from agencies.states import PERMIT, HoldState
from agencies.types import HoldInfo, PermitInfo
from declarations.schemas import DeclarationMessage, GoodsItem
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.documents.selectors import asks_of, document_page, documents_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.web.formats import day_text, percent_text, quantity_text
from singlewindow.web.types import Crumb, SummaryRow


@dataclass(frozen=True, slots=True)
class HeldGoods:
    """One goods item of a hold, with the facts of the hold about it."""

    item: GoodsItem
    facts: tuple[Mapping[str, str], ...]


def _actor(request: HttpRequest) -> Actor:
    return getattr(request, "actor", None) or VISITOR


def _cleaned(form: Any) -> dict[str, Any]:
    """The filters that were understood; the others count as not set, and the form says so."""
    form.is_valid()
    return dict(form.cleaned_data)


@require_safe
@never_cache
def holds(request: HttpRequest) -> HttpResponse:
    """List the agency's holds, the nearest deadline first."""
    actor = _actor(request)
    actor.require(Permission.VIEW_AGENCY_HOLD)
    form = HoldFilter(request.GET)
    chosen = _cleaned(form)
    state = chosen.get("state") or HoldState.OPEN.value
    page = hold_page(
        actor,
        cursor=request.GET.get("cursor", ""),
        state="" if state == "all" else state,
        reason=chosen.get("reason", ""),
        search=chosen.get("q", ""),
        late_at=clock.now() if chosen.get("late") else None,
    )
    context = {
        "page": page,
        "form": form,
        "agency": agency_info(actor.agency),
        "active": sum(bool(value) for value in chosen.values()),
        "now": clock.now(),
    }
    return render(request, "agencies/holds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Show one hold with its goods, and take the decision on it."""
    actor = _actor(request)
    actor.require(Permission.VIEW_AGENCY_HOLD)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decided = hold_decide(
            hold_id=hold_id,
            actor=actor,
            decision=Decision(form.cleaned_data["decision"]),
            reason=form.cleaned_data["reason"],
        )
        lifted = _("The hold on %(mrn)s is lifted.")
        refused = _("The goods of %(mrn)s stay held: release is refused.")
        messages.success(request, (lifted if decided.state is HoldState.LIFTED else refused) % {"mrn": decided.mrn})
        return redirect("agencies:holds")
    shown = hold_read(hold_id=hold_id, actor=actor)
    message = declaration_snapshot(shown.declaration_id).message
    context = {
        "hold": shown,
        "goods": _goods(shown, message),
        "consignment": list(_consignment(message)),
        "form": form,
        "held": documents_of(shown.declaration_id),
        "asked": asks_of(shown.declaration_id, agency=shown.agency),
        "askable": actor.may(Permission.ASK_ELEMENT),
        "decidable": actor.may(Permission.DECIDE_AGENCY_HOLD) and shown.blocking,
        "crumbs": [Crumb(_("Holds"), reverse("agencies:holds")), Crumb(shown.mrn)],
    }
    return render(request, "agencies/hold.html", context, status=422 if form.errors else 200)


def _consignment(message: DeclarationMessage) -> Iterator[SummaryRow]:
    """Who sends what to whom and where it is, as far as an agency needs it."""
    for label, party in ((_("Importer"), message.importer), (_("Exporter"), message.exporter)):
        if party is not None:
            yield SummaryRow(label, " ".join(part for part in (party.name, party.id) if part))
    route = " → ".join(country for country in (message.export_country, message.destination_country) if country)
    if route:
        yield SummaryRow(_("Route"), route)
    place = message.goods_location
    if place is not None:
        yield SummaryRow(_("Where the goods are"), place.name or place.id or "")
    containers = ", ".join(unit.id for unit in message.equipment if unit.id)
    if containers:
        yield SummaryRow(_("Containers"), containers)


def _goods(shown: HoldInfo, message: DeclarationMessage) -> list[HeldGoods]:
    """The items that the hold is about; all of them where it is about the whole consignment."""
    return [
        HeldGoods(item, tuple(fact for fact in shown.details if fact.get("item") in (str(item.number), "0")))
        for item in message.items
        if not shown.items or item.number in shown.items
    ]


@require_safe
@never_cache
def permits(request: HttpRequest) -> HttpResponse:
    """List the permits of the officer's agency."""
    actor = _actor(request)
    actor.require(Permission.MANAGE_PERMIT)
    return _permit_list(request, actor, official=True)


@require_safe
@never_cache
def own_permits(request: HttpRequest) -> HttpResponse:
    """List the permits that a trader may use."""
    actor = _actor(request)
    actor.require(Permission.VIEW_PERMIT)
    return _permit_list(request, actor, official=False)


def _permit_list(request: HttpRequest, actor: Actor, *, official: bool) -> HttpResponse:
    form = PermitFilter(request.GET)
    chosen = _cleaned(form)
    page = permit_page(
        actor,
        cursor=request.GET.get("cursor", ""),
        state=chosen.get("state", ""),
        search=chosen.get("q", ""),
    )
    today = clock.today()
    context = {
        "page": page,
        "rows": [(row, row.state_on(today)) for row in page.rows],
        "form": form,
        "official": official,
        "active": sum(bool(value) for value in chosen.values()),
    }
    return render(request, "agencies/permits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def permit_new(request: HttpRequest) -> HttpResponse:
    """Issue a permit of the officer's agency."""
    actor = _actor(request)
    actor.require(Permission.MANAGE_PERMIT)
    form = PermitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issued = _attempt(form, lambda: permit_issue(actor=actor, order=form.order()))
        if issued is not None:
            messages.success(request, _("Permit %(number)s is issued.") % {"number": issued.number})
            return redirect("agencies:permit", permit_id=issued.id)
    crumbs = [Crumb(_("Permits"), reverse("agencies:permits")), Crumb(_("Issue a permit"))]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "agencies/permit_new.html", context, status=422 if form.errors else 200)


def _attempt(form: PermitForm, act: Callable[[], Any]) -> Any:
    try:
        return act()
    except RuleViolated as refused:
        form.refuse(refused.violations)
    except Conflict as refused:
        form.add_error("number", refused.detail)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def permit(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Show one permit with its ledger; its agency's officer may suspend, reinstate or revoke it."""
    actor = _actor(request)
    shown = permit_read(actor, permit_id)
    official = actor.may(Permission.MANAGE_PERMIT)
    steps = [step for step in STEPS if official and step in PERMIT.allowed(shown.state)]
    form = StepForm(request.POST or None, steps=steps)
    if request.method == "POST" and form.is_valid():
        permit_step(
            permit_id=permit_id, actor=actor, step=form.cleaned_data["step"], reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("Permit %(number)s is changed.") % {"number": shown.number})
        return redirect("agencies:permit", permit_id=permit_id)
    used = _("%(quantity)s used") % {"quantity": quantity_text(shown.used, shown.unit)}
    ledger = write_offs_of(permit_id)
    list_name = "agencies:permits" if official else "agencies:own-permits"
    context = {
        "permit": shown,
        "rows": list(_permit_rows(shown)),
        "used_label": used,
        "state": shown.state_on(clock.today()),
        "write_offs": ledger,
        "reversed_ids": {entry.reverses_id for entry in ledger if entry.reverses_id},
        "form": form if steps else None,
        "held": documents_of(permit_id),
        "bind": _bind(actor, official=official),
        "crumbs": [Crumb(_("Permits"), reverse(list_name)), Crumb(shown.number)],
    }
    return render(request, "agencies/permit.html", context, status=422 if form.errors else 200)


def _bind(actor: Actor, *, official: bool) -> BindForm | None:
    """What may be bound to a permit by who may use it; an agency's officer binds nothing."""
    if official or not actor.may(Permission.SEND_FILE):
        return None
    shelf = document_page(actor).rows
    return BindForm(shelf=shelf) if shelf else None


def _permit_rows(shown: PermitInfo) -> Iterator[SummaryRow]:
    """What a permit covers, line by line."""
    yield SummaryRow(_("Direction"), _("Import") if shown.direction == "import" else _("Export"))
    yield SummaryRow(_("HS code"), shown.hs_prefix)
    yield SummaryRow(_("Origin or destination"), shown.origin or _("All countries"))
    yield SummaryRow(_("Valid"), f"{day_text(shown.valid_from)} – {day_text(shown.valid_to)}")
    yield SummaryRow(_("Quantity"), quantity_text(shown.quantity, shown.unit))
    if shown.tolerance:
        yield SummaryRow(_("Tolerance"), percent_text(shown.tolerance, 2))
    yield SummaryRow(_("Left"), quantity_text(shown.remaining, shown.unit))
    if shown.value_limit is not None:
        left = quantity_text(shown.value_limit - shown.value_used, shown.currency)
        yield SummaryRow(_("Value left"), left)
    if shown.single_use:
        yield SummaryRow(_("Use"), _("For one consignment only"))
    if shown.lpco and shown.lpco != shown.number:
        yield SummaryRow(_("Line of"), f"{shown.lpco}, {shown.line}")
