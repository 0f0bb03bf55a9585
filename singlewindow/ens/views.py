"""Pages of entry summary declarations: the filer's list and answers, the targeting desk and its decisions."""

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
from singlewindow.db.work import unit_of_work
from singlewindow.ens.forms import AnswerForm, DecisionForm, DeskFilter, EntryFilter
from singlewindow.ens.models import EntrySummary
from singlewindow.ens.profile import alerts
from singlewindow.ens.selectors import EntryView, desk_page, entry_page, entry_view, shown_state
from singlewindow.ens.services import EntryDecision, alert_acknowledge, entry_decide, question_answer
from singlewindow.ens.states import ENTRY, EntryState, QuestionCode
from singlewindow.ens.words import DIFFERENCES, FINDINGS, MODES, QUESTIONS, STATE_SENTENCES
from singlewindow.kernel import clock
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import instant_text, number_text
from singlewindow.web.types import Crumb, SummaryRow


@require_safe
@page_for(Permission.ENTRY_VIEW_OWN)
def entries(request: HttpRequest) -> HttpResponse:
    """List the declarations that one may see, the newest first."""
    form = EntryFilter(request.GET)
    chosen = _cleaned(form)
    page = entry_page(
        actor_of(request),
        cursor=request.GET.get("cursor", ""),
        state=chosen.get("state", ""),
        search=chosen.get("q", ""),
    )
    rows = [(entry, shown_state(entry).value, MODES.get(entry.transport_mode, "")) for entry in page.rows]
    active = sum(bool(value) for value in chosen.values())
    return render(request, "ens/entries.html", {"page": page, "rows": rows, "form": form, "active": active})


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.ENTRY_VIEW_OWN)
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show one declaration to its filer, and take the answers to what is asked."""
    actor = actor_of(request)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with unit_of_work() as work:
            question_answer(
                work,
                entry_id=entry_id,
                question_id=form.cleaned_data["question"],
                actor=actor,
                answer=form.cleaned_data["answer"],
            )
        messages.success(request, _("Your answer was sent."))
        return redirect("ens:entry", entry_id=entry_id)
    view = entry_view(actor, entry_id)
    state = shown_state(view.entry)
    answerable = actor.may(Permission.ENTRY_FILE) and state is EntryState.INFORMATION_REQUESTED
    context = _context(view) | {
        "state": state.value,
        "sentence": STATE_SENTENCES[state],
        "questions": [(question, QUESTIONS[question.code]) for question in view.questions],
        "form": form,
        "answerable": answerable,
        "crumbs": [Crumb(_("Entry summary declarations"), reverse("ens:entries")), Crumb(view.entry.mrn)],
    }
    return render(request, "ens/entry.html", context, status=422 if form.errors else 200)


@require_safe
@page_for(Permission.ENTRY_ASSESS)
def desk(request: HttpRequest) -> HttpResponse:
    """List what the targeting desk has to decide or waits for, the nearest deadline first."""
    form = DeskFilter(request.GET)
    chosen = _cleaned(form)
    page = desk_page(actor_of(request), cursor=request.GET.get("cursor", ""), state=chosen.get("state", ""))
    rows = [(entry, MODES.get(entry.transport_mode, "")) for entry in page.rows]
    context = {"page": page, "rows": rows, "form": form, "active": bool(chosen.get("state"))}
    return render(request, "ens/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.ENTRY_ASSESS)
def desk_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show one declaration with what was found, and take the decision on it."""
    actor = actor_of(request)
    view = entry_view(actor, entry_id)
    form = DecisionForm(request.POST or None, state=view.entry.state)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        code = QuestionCode(chosen["code"]) if chosen["code"] else None
        entry_decide(
            entry_id=entry_id,
            actor=actor,
            decision=EntryDecision(chosen["action"], chosen["reason"], code),
        )
        messages.success(request, _("The decision on %(mrn)s is recorded.") % {"mrn": view.entry.mrn})
        return redirect("ens:desk")
    state, reasons = EntryState(view.entry.state), {alert.id: alert.reason for alert in alerts(clock.today())}
    context = _context(view) | {
        "state": state.value,
        "sentence": STATE_SENTENCES[state],
        "findings": [(one, FINDINGS[one.rule], reasons.get(one.alert, "")) for one in view.findings],
        "differences": [(DIFFERENCES[one.field], one) for one in view.linked.differences],
        "questions": [(question, QUESTIONS[question.code]) for question in view.questions],
        "form": form,
        "decidable": bool({"clear", "ask", "forbid"} & ENTRY.allowed(state)),
        "crumbs": [Crumb(_("Targeting desk"), reverse("ens:desk")), Crumb(view.entry.mrn)],
    }
    return render(request, "ens/desk_entry.html", context, status=422 if form.errors else 200)


@require_POST
@page_for(Permission.ENTRY_ASSESS)
def acknowledge(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Take note of a warning."""
    alert_acknowledge(entry_id=entry_id, actor=actor_of(request))
    messages.success(request, _("You took note of the warning."))
    return redirect("ens:desk-entry", entry_id=entry_id)


def _cleaned(form: Any) -> dict[str, Any]:
    """The filters that were understood; the others count as not set, and the form says so."""
    form.is_valid()
    return dict(form.cleaned_data)


def _context(view: EntryView) -> dict[str, Any]:
    """What both pages of a declaration show."""
    return {
        "entry": view.entry,
        "rows": list(_rows(view)),
        "items": [
            (item, item.get("commodity", {}).get("code", ""), [one["number"] for one in item.get("containers", ())])
            for item in view.message.items
        ],
        "versions": view.versions,
        "linked": view.linked,
    }


def _rows(view: EntryView) -> Iterator[SummaryRow]:
    """Who brings what from where, line by line."""
    entry, header = view.entry, view.message.header
    yield SummaryRow(_("Local reference"), entry.lrn)
    mode = str(MODES.get(entry.transport_mode, entry.transport_mode))
    identity = header.get("transport_id") or header.get("conveyance_reference", "")
    yield SummaryRow(_("Transport"), f"{mode} {identity}".strip())
    if entry.expected_at is not None:
        yield SummaryRow(_("Expected arrival"), f"{entry.office}, {instant_text(entry.expected_at)}")
    for label, name in ((_("Consignor"), "consignor"), (_("Consignee"), "consignee"), (_("Carrier"), "carrier")):
        party = view.message.values.get(name, {})
        text = ", ".join(party[field] for field in ("name", "city", "country", "id") if field in party)
        if text:
            yield SummaryRow(label, text)
    yield SummaryRow(_("Route"), " → ".join(stop["country"] for stop in view.message.values.get("itinerary", ())))
    yield SummaryRow(_("Goods"), _totals(entry))
    if entry.documents:
        yield SummaryRow(_("Transport documents"), ", ".join(entry.documents))


def _totals(entry: EntrySummary) -> str:
    text = _("%(packages)s packages") % {"packages": number_text(entry.package_count)}
    return f"{text}, {number_text(entry.gross_mass_kg)} kg" if entry.gross_mass_kg is not None else text
