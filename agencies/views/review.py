"""The review desk of an agency: its parts of applications by deadline, questions, issue, refusal."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.forms.applications import AgreeForm, IssueForm, QueryForm, RefuseForm, refused
from agencies.models import Requirement
from agencies.schemas import ApplicationData, application_data
from agencies.selectors import agency_info
from agencies.selectors.applications import part_for_officer, part_page, part_said
from agencies.services import part_agree, part_claim, part_issue, part_query, part_refuse
from agencies.states import PART_OPEN, PartState
from agencies.types import PartInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.documents.selectors import documents_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, TransitionRefused
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Tab, Tone

REVIEW = page_for(Permission.MANAGE_PERMIT)
VIEWS = ("open", *(state.value for state in PartState if state is not PartState.DRAFT))
SOON, LATE = 75, 100
"""Shares of the time in per cent from which the clock is drawn in amber, and in red."""
ACTS = ("query", "issue", "refuse", "agree")


@REVIEW
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """The agency's queue, the nearest deadline first."""
    actor = actor_of(request)
    state = request.GET.get("state", "open")
    state = state if state in VIEWS else "open"
    page = part_page(actor, cursor=request.GET.get("cursor", ""), state=state)
    now = clock.now()
    labels = {
        "open": _("Open"),
        PartState.ISSUED.value: _("Issued"),
        PartState.REFUSED.value: _("Refused"),
        PartState.WITHDRAWN.value: _("Taken back"),
    }
    tabs = [Tab(label, f"?state={key}", current=key == state) for key, label in labels.items()]
    rows = [(part, int(part.share_spent(now) * 100)) for part in page.rows]
    context = {"page": page, "rows": rows, "tabs": tabs, "agency": agency_info(actor.agency)}
    return render(request, "agencies/parts.html", context)


@REVIEW
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """One part with the whole dataset; ask, issue, refuse, agree."""
    actor = actor_of(request)
    shown, application, row = part_for_officer(actor, part_id)
    data = application_data(application.content)
    act = request.POST.get("act", "")
    bound = _bound(request, data, shown) if act in ACTS else None
    if request.method == "POST":
        done = _act(request, actor, part_id, act, bound)
        if done is not None:
            return done
    open_now = shown.state in PART_OPEN
    spent = int(shown.share_spent(clock.now()) * 100)
    context = {
        "part": shown,
        "application": application,
        "data": data,
        "goods": [line for line in data.goods if line.number in shown.goods],
        "said": part_said([part_id]).get(part_id, []),
        "held": documents_of(application.id),
        "requirements": Requirement.objects.filter(key__in=row.requirements).order_by("key"),
        "open": open_now,
        "mine": shown.owner == actor.label,
        "reviewable": PartState.UNDER_REVIEW is shown.state and not shown.proposed_by,
        "proposal": row.order if shown.proposed_by else None,
        "own_proposal": shown.proposed_by == actor.label,
        "names": actor_names([name for name in (shown.owner, shown.proposed_by) if name]),
        "spent": spent,
        "clock_tone": Tone.BAD if spent >= LATE else Tone.WARN if spent >= SOON else Tone.INFO,
        **_forms(data, shown, act, bound),
        "bad": bound is not None,
        "crumbs": [Crumb(_("Applications for permits"), reverse("agencies:parts")), Crumb(application.reference)],
    }
    return render(request, "agencies/part.html", context, status=422 if bound is not None else 200)


def _initial(data: ApplicationData) -> dict[str, Any]:
    return {"valid_from": data.valid_from, "valid_to": data.valid_to, "single_use": data.single_use}


def _bound(request: HttpRequest, data: ApplicationData, shown: PartInfo) -> forms.Form:
    goods = [line for line in data.goods if line.number in shown.goods]
    if request.POST.get("act") == "issue":
        return IssueForm(request.POST, goods=goods, initial=_initial(data))
    kinds: dict[str, type[forms.Form]] = {"query": QueryForm, "refuse": RefuseForm, "agree": AgreeForm}
    return kinds[request.POST["act"]](request.POST)


def _forms(data: ApplicationData, shown: PartInfo, act: str, bound: forms.Form | None) -> dict[str, Any]:
    goods = [line for line in data.goods if line.number in shown.goods]
    fresh: dict[str, Any] = {
        "query": QueryForm(),
        "refuse": RefuseForm(),
        "agree": AgreeForm(),
        "issue": IssueForm(goods=goods, initial=_initial(data)),
    }
    if bound is not None:
        fresh[act] = bound
    return {f"{name}_form": form for name, form in fresh.items()}


def _act(request: HttpRequest, actor: Actor, part_id: UUID, act: str, form: forms.Form | None) -> HttpResponse | None:
    """Do it, and say so; nothing where the form has to be shown again. Who may not decide gets 403 (A7)."""
    try:
        if act == "claim":
            part_claim(actor=actor, part_id=part_id)
            return redirect("agencies:part", part_id=part_id)
        if form is None or not form.is_valid():
            return None if form is not None else redirect("agencies:part", part_id=part_id)
        messages.success(request, _done(actor, part_id, act, form))
    except RuleViolated as found:
        if form is None:
            raise
        refused(form, found.violations)
        return None
    except TransitionRefused:
        messages.warning(request, _("Nothing was changed: the part has moved on in the meantime."))
        return redirect("agencies:part", part_id=part_id)
    return redirect("agencies:parts")


def _done(actor: Actor, part_id: UUID, act: str, form: forms.Form) -> str:
    typed = form.cleaned_data
    if act == "query":
        part_query(actor=actor, part_id=part_id, **typed)
        return _("The question was sent. Your clock stands until the answer.")
    if act == "refuse":
        part_refuse(actor=actor, part_id=part_id, **typed)
        return _("The part is refused.")
    if act == "agree":
        part_agree(actor=actor, part_id=part_id, grant=typed["decision"] == "yes", reason=typed["reason"])
        return _("Your decision is recorded.")
    assert isinstance(form, IssueForm)
    issued = part_issue(actor=actor, part_id=part_id, order=form.order())
    if not issued:
        return _("Proposed. Another officer of your agency has to agree.")
    return _("Permit %(number)s is issued.") % {"number": issued[0].lpco}
