"""Changes at the desk: the requests, the page on which one is decided, the versions, and corrections."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from clearance.services.changes import change_decision, declaration_correct
from clearance.views.changes_shown import KINDS, change_shown, groups
from clearance.views.shown import case_href
from clearance.views.versions import versions_context
from declarations.schemas import DeclarationMessage
from declarations.schemas.changes import ChangeOperation
from declarations.selectors import declaration_head_for, declaration_snapshot_for
from declarations.selectors.changes import ChangeLine, change_of, changes_of, changes_waiting_page
from declarations.services.contents import ChangesRefused, changes_apply, difference
from declarations.states import ChangeState
from declarations.types import Change, ChangeKind, DeclarationSnapshot
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.money import from_minor
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

TEXT_MAX = 2000
ROWS = 4
"""Fields that one correction of an officer changes at most; the disclosed content of the declarant may change more."""


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Desk"), reverse("clearance:desk")), *more]


@require_safe
@page_for(Permission.VIEW_DESK)
def waiting(request: HttpRequest) -> HttpResponse:
    """Requests that wait for an officer, the nearest deadline first."""
    page = changes_waiting_page(actor_of(request), cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "lines": [_line(line) for line in page.rows],
        "crumbs": _crumbs(Crumb(_("Changes asked for"))),
    }
    return render(request, "clearance/changes.html", context)


def _line(line: ChangeLine) -> dict[str, Any]:
    delta = line.money_delta_minor
    return {
        "row": line,
        "href": reverse("clearance:change", args=[line.declaration_id, line.number]),
        "kind": KINDS[line.kind.value],
        "delta": from_minor(delta, line.currency) if delta is not None and line.currency else None,
    }


class DecideForm(forms.Form):
    """The reason, whichever way it is decided."""

    reason = forms.CharField(
        label=gettext_lazy("Reason of the decision"),
        max_length=TEXT_MAX,
        help_text=gettext_lazy("It is told to the parties."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give the reason of the decision.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_DESK)
def decide(request: HttpRequest, declaration_id: UUID, number: int) -> HttpResponse:
    """One request: difference, money, who and why; granted or denied here, with a reason."""
    actor = actor_of(request)
    snapshot = declaration_snapshot_for(actor, declaration_id)
    found = change_of(snapshot.id, number)
    form = DecideForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        actor.require(Permission.DECIDE_CASE)
        status = 422
        if form.is_valid():
            try:
                _decide(request, found, form.cleaned_data["reason"], actor)
            except (RuleViolated, Conflict, NotPermitted) as refusal:
                errors, status = _errors(refusal), refusal.status
            else:
                return redirect("clearance:changes")
    context = change_shown(found) | {
        "declaration": snapshot,
        "form": form,
        "errors": errors,
        "who": actor_names([found.requested_by, found.decided_by]),
        "may_decide": found.state is ChangeState.REQUESTED and actor.may(Permission.DECIDE_CASE),
        "crumbs": _crumbs(Crumb(_("Changes asked for"), reverse("clearance:changes")), Crumb(snapshot.mrn)),
        "case_href": case_href(snapshot.id),
    }
    context["asked_by"] = context["who"].get(found.requested_by, found.requested_by)
    context["decided_by"] = context["who"].get(found.decided_by, context["decided"])
    return render(request, "clearance/change.html", context, status=status)


def _decide(request: HttpRequest, change: Change, reason: str, actor: Actor) -> None:
    grant = request.POST.get("decision") == "grant"
    change_decision(actor=actor, declaration_id=change.declaration_id, number=change.number, grant=grant, reason=reason)
    messages.success(request, _("The request was granted.") if grant else _("The request was denied."))


def _errors(refusal: RuleViolated | Conflict | NotPermitted) -> list[PageError]:
    return [_error(violation) for violation in refusal.violations] or [PageError(_(refusal.detail))]


def _error(violation: Violation) -> PageError:
    return PageError(f"{_(violation.message)} ({violation.pointer})", rule=violation.rule, remedy=_(violation.remedy))


@require_safe
@page_for(Permission.VIEW_DESK)
def versions(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Every content that was in force, what changed from one to the next, and every request."""
    head = declaration_head_for(actor_of(request), declaration_id)
    context = versions_context(head, request.GET.get("version", ""))
    context |= {
        "declaration": head,
        "changes": changes_of(head.id),
        "crumbs": _crumbs(Crumb(head.mrn, case_href(head.id)), Crumb(_("Versions"))),
    }
    return render(request, "clearance/versions.html", context)


class CorrectForm(forms.Form):
    """Some fields by their pointers with new values, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason of the correction"),
        max_length=TEXT_MAX,
        help_text=gettext_lazy("It is told to the parties."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Give the reason of the correction.")},
    )

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(rows):
            self.fields[f"pointer_{row}"] = forms.CharField(
                label=gettext_lazy("Field (pointer)"),
                required=False,
                max_length=250,
                help_text=gettext_lazy("For example /items/0/price/amount") if row == 0 else "",
            )
            self.fields[f"value_{row}"] = forms.CharField(
                label=gettext_lazy("New value"), required=False, max_length=512
            )

    def operations(self) -> list[ChangeOperation]:
        """What is filled in, as operations; an empty value takes the field away. Raises ValidationError."""
        found = []
        for row in range(ROWS):
            pointer, value = (self.cleaned_data.get(f"{name}_{row}", "") for name in ("pointer", "value"))
            if pointer:
                op = {"op": "set", "value": value} if value else {"op": "remove"}
                found.append(ChangeOperation.model_validate(op | {"pointer": pointer}))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.DECIDE_CASE)
def correct(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Correct a declaration under check: some fields, or what its declarant disclosed after the notice."""
    actor = actor_of(request)
    snapshot = declaration_snapshot_for(actor, declaration_id)
    disclosed = _disclosed(snapshot, request.GET.get("from", ""))
    rows = 0 if disclosed else ROWS
    form = CorrectForm(request.POST or None, rows=rows, initial={"version": snapshot.version})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                proposed = disclosed or _operated(snapshot, form)
                given = form.cleaned_data
                declaration_correct(
                    actor=actor,
                    declaration_id=snapshot.id,
                    base_version=given["version"],
                    proposed=proposed,
                    reason=given["reason"],
                )
            except (RuleViolated, Conflict, NotPermitted) as refusal:
                errors, status = _errors(refusal), refusal.status
            except (ChangesRefused, ValueError) as refusal:
                errors = [PageError(_("A pointer or value cannot be read: %(text)s") % {"text": str(refusal)[:200]})]
            else:
                messages.success(request, _("The declaration was corrected."))
                return redirect(case_href(snapshot.id))
    lines = difference(snapshot.message, disclosed) if disclosed else []
    context = {
        "declaration": snapshot,
        "form": form,
        "errors": errors,
        "disclosed": disclosed is not None,
        "groups": groups(line for line in lines if isinstance(line, dict)),
        "crumbs": _crumbs(Crumb(snapshot.mrn, case_href(snapshot.id)), Crumb(_("Correct"))),
        "case_href": case_href(snapshot.id),
    }
    return render(request, "clearance/correct.html", context, status=status)


def _disclosed(snapshot: DeclarationSnapshot, number: str) -> DeclarationMessage | None:
    """The content of a request that was kept as disclosed, where the page is asked to take it over."""
    if not (number.isascii() and number.isdecimal()):
        return None
    change = change_of(snapshot.id, int(number))
    if change.state is not ChangeState.DISCLOSED or change.kind is not ChangeKind.AMEND:
        raise NotFound
    return change.message


def _operated(snapshot: DeclarationSnapshot, form: CorrectForm) -> DeclarationMessage:
    return changes_apply(snapshot.message, form.operations())
