"""What an officer does with a case: each act a form that works without script and refuses a stale page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clearance import forms as filled
from clearance.selectors import CaseView, case_view
from clearance.services import (
    case_act_as_seen,
    case_claim,
    case_detain,
    case_give_back,
    case_refuse,
    check_conclude,
    lane_change,
    lane_change_decide,
    query_send,
)
from clearance.views import shown
from clearance.views.case import THEN, case_page
from clearance.views.desk import to_next
from risk.types import Lane
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.documents.services import AlreadyHeld, ask_refusal_record
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated
from singlewindow.web.access import actor_of, page_for


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the sentence that tells, and whether the officer is through with the case."""

    text: str
    through: bool = True


@dataclass(frozen=True, slots=True)
class Doing:
    """Everything that an act works with."""

    actor: Actor
    view: CaseView
    form: Any
    post: Any

    @property
    def id(self) -> UUID:
        """The declaration."""
        return self.view.row.declaration_id


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the desk: who may, what is filled in, what it does, and whether it is asked twice."""

    run: Callable[[Doing], Done]
    form: type[forms.Form] = filled.PlainForm
    permission: Permission = Permission.DECIDE_CASE
    guarded: bool = True
    """Refused from a page that was drawn before the last act on the case."""
    confirm: Any = ""
    """The sentence of the page that asks again."""


def _claim(doing: Doing) -> Done:
    case_claim(declaration_id=doing.id, actor=doing.actor)
    return Done(_("You have the case."), through=False)


def _give_back(doing: Doing) -> Done:
    case_give_back(declaration_id=doing.id, actor=doing.actor)
    return Done(_("%(mrn)s is back on the desk."))


def _conclude(doing: Doing) -> Done:
    result = doing.form.result(doing.view.row.currency)
    verdict = check_conclude(declaration_id=doing.id, actor=doing.actor, result=result)
    if verdict.release:
        return Done(_("%(mrn)s is released."))
    first = verdict.first
    waits = _(first.sentence) if first else ""
    return Done(
        _("The check of %(mrn)s is concluded. It is not released yet: %(waits)s") % {"mrn": "%(mrn)s", "waits": waits}
    )


def _query(doing: Doing) -> Done:
    data = doing.form.cleaned_data
    sent = query_send(
        declaration_id=doing.id,
        actor=doing.actor,
        question=data["question"],
        pointer=doing.form.pointer(),
        consequence=data["consequence"],
        hours=data["hours"],
        codes=data["codes"],
        exception=data["exception"],
    )
    if sent is None:
        told = _("The body that holds the original was asked; there is nothing to ask the declarant for.")
        return Done(told, through=False)
    return Done(_("The question about %(mrn)s was sent; it comes back to you with the answer."))


def _lane(doing: Doing) -> Done:
    data = doing.form.cleaned_data
    now = lane_change(declaration_id=doing.id, actor=doing.actor, lane=Lane(data["lane"]), reason=data["reason"])
    if not now:
        return Done(_("The change of lane waits for another officer."), through=False)
    return Done(_("The lane of %(mrn)s was changed."), through=not Lane(data["lane"]).needs_officer)


def _second(doing: Doing) -> Done:
    grant = doing.post.get("grant") == "yes"
    lane_change_decide(declaration_id=doing.id, actor=doing.actor, grant=grant)
    return Done(_("The change of lane is confirmed.") if grant else _("The change of lane is declined."), through=False)


def _detain(doing: Doing) -> Done:
    case_detain(declaration_id=doing.id, actor=doing.actor, reason=doing.form.cleaned_data["reason"])
    return Done(_("The goods of %(mrn)s are detained."))


def _refuse(doing: Doing) -> Done:
    case_refuse(declaration_id=doing.id, actor=doing.actor, reason=doing.form.cleaned_data["reason"])
    return Done(_("Release of %(mrn)s is refused."))


ACTS: dict[str, Act] = {
    "claim": Act(_claim, permission=Permission.CLAIM_CASE, guarded=False),
    "give-back": Act(_give_back, permission=Permission.CLAIM_CASE, guarded=False),
    "conform": Act(_conclude, filled.ConformForm),
    "finding": Act(_conclude, filled.FindingForm),
    "query": Act(_query, filled.QueryForm),
    "lane": Act(_lane, filled.LaneForm),
    "second": Act(_second, permission=Permission.LOWER_LANE),
    "detain": Act(
        _detain,
        filled.DetainForm,
        confirm=gettext_lazy("The goods are kept, and the parties are told the ground at once."),
    ),
    "refuse": Act(
        _refuse,
        filled.RefuseForm,
        confirm=gettext_lazy("The goods are not admitted. This cannot be undone; permits and reservations are freed."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_DESK)
def act(request: HttpRequest, declaration_id: UUID, act: str) -> HttpResponse:
    """Do one act, then go on; a refused one shows the case as it stands now with what was filled in."""
    actor, wanted = actor_of(request), ACTS.get(act)
    if wanted is None or not actor.may(wanted.permission):
        raise NotFound
    if request.method != "POST":
        return redirect(shown.case_href(declaration_id))
    view = case_view(actor, declaration_id)
    form = wanted.form(request.POST)
    if wanted.guarded and request.POST.get("standing") != view.standing:
        return case_page(request, declaration_id, bound=form, notice=_stale(), status=409)
    if not form.is_valid():
        return case_page(request, declaration_id, bound=form, status=422)
    if wanted.confirm and not request.POST.get("confirmed"):
        return _ask_again(request, view, act, wanted, form)
    return _do(request, wanted, Doing(actor, view, form, request.POST))


def _do(request: HttpRequest, wanted: Act, doing: Doing) -> HttpResponse:
    try:
        done = wanted.run(doing) if not wanted.guarded else _as_seen(wanted, doing)
    except RuleViolated as refused:
        for violation in refused.violations:
            field = violation.pointer.strip("/")
            doing.form.add_error(field if field in doing.form.fields else None, violation.message)
        return case_page(request, doing.id, bound=doing.form, status=422)
    except AlreadyHeld as refused:
        ask_refusal_record(refused)
        return case_page(request, doing.id, bound=doing.form, notice=refused.detail, status=refused.status)
    except (Conflict, NotPermitted) as refused:
        return case_page(request, doing.id, bound=doing.form, notice=_(refused.detail), status=refused.status)
    messages.success(request, done.text % {"mrn": doing.view.row.mrn} if "%(mrn)s" in done.text else done.text)
    return _go_on(request, doing, done)


def _as_seen(wanted: Act, doing: Doing) -> Done:
    return case_act_as_seen(
        declaration_id=doing.id, actor=doing.actor, standing=doing.view.standing, act=lambda: wanted.run(doing)
    )


def _go_on(request: HttpRequest, doing: Doing, done: Done) -> HttpResponse:
    then = request.GET.get("then", "")
    if not done.through:
        return redirect(shown.case_href(doing.id) + (f"?then={then}" if then in THEN else ""))
    if then == "next" and wanted_next(request):
        return to_next(request, doing.actor, doing.actor.office)
    return redirect("clearance:desk")


def wanted_next(request: HttpRequest) -> bool:
    """Whether the officer goes on to the next case; giving one back would only bring it again."""
    return not request.path.endswith("/give-back")


def _ask_again(request: HttpRequest, view: CaseView, name: str, wanted: Act, form: forms.Form) -> HttpResponse:
    then = request.GET.get("then", "")
    query = f"?then={then}" if then in THEN else ""
    context = {
        "row": view.row,
        "act": name,
        "sentence": wanted.confirm,
        "reason": form.cleaned_data["reason"],
        "standing": view.standing,
        "action": reverse("clearance:act", args=[view.row.declaration_id, name]) + query,
        "back": shown.case_href(view.row.declaration_id) + query,
    }
    return render(request, "clearance/confirm.html", context)


def _stale() -> str:
    return _(
        "This case changed since you opened it, so nothing was done. It is shown as it stands now; your text is kept."
    )
