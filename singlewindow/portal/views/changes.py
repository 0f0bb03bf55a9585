"""Changing and cancelling what was lodged: begin, look through, send, follow, take back; and the versions."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.services.changes import amendment_checked, change_request, change_withdraw, money_of, ruling_for
from clearance.views.changes_shown import REASON_CODES, change_shown, groups, money_shown
from clearance.views.versions import versions_context
from declarations.messages import FieldsRefused
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_head_for, declaration_snapshot_for
from declarations.selectors.changes import change_of
from declarations.services import draft_discard
from declarations.services.authority import acting_for_required
from declarations.services.changes import Asked
from declarations.services.contents import difference
from declarations.states import ChangeState, LegalState
from declarations.types import Change, ChangeKind, Channel, DeclarationHead, DeclarationSnapshot, Draft
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.portal import amending, drafts
from singlewindow.portal.views.common import draft_or_lodged, frame
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

FILE = page_for(Permission.LODGE_DECLARATION)
VIEW = page_for(Permission.VIEW_OWN_DECLARATION)
TEXT_MAX = 2000
WHAT_HAPPENS: dict[str, Any] = {
    "CH-STG-01": gettext_lazy("The goods are not accepted yet: every change is granted at once."),
    "CH-STG-02": gettext_lazy("No check was announced: a change is granted at once, and duty is worked out again."),
    "CH-STG-03": gettext_lazy(
        "A check was announced. A change can no longer be granted; what you send is kept as disclosed after notice."
    ),
    "CH-STG-04": gettext_lazy(
        "The goods are released: customs decides. What you disclose by yourself lessens a penalty."
    ),
    "CH-INV-01": gettext_lazy("The goods are not accepted yet: it is cancelled at once."),
    "CH-INV-02": gettext_lazy("No check was announced: it is cancelled at once, and all that was reserved comes back."),
    "CH-INV-03": gettext_lazy("A check was announced: customs decides on the cancellation."),
    "CH-INV-04": gettext_lazy("The goods are released: customs decides, and must see that they came back."),
}


def _text(label: Any, missing: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=TEXT_MAX,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class ChangeForm(forms.Form):
    """Why, and the signature."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Kind of reason"),
        required=False,
        choices=[("32", REASON_CODES["32"]), ("", REASON_CODES[""])],
    )
    reason = _text(gettext_lazy("Why do you change it?"), gettext_lazy("Say why you change it."))
    agreed = forms.BooleanField(
        label=gettext_lazy("I declare that this is true and complete, and I answer for it."),
        error_messages={"required": gettext_lazy("Tick the box to sign the declaration.")},
    )


class CancelForm(forms.Form):
    """Why, and after release what shows that the goods came back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Kind of reason"),
        required=False,
        choices=[(code, REASON_CODES[code]) for code in ("1", "2", "3", "")],
    )
    reason = _text(gettext_lazy("Why do you cancel it?"), gettext_lazy("Say why you cancel it."))
    evidence = _text(
        gettext_lazy("What shows that the goods came back?"),
        gettext_lazy("Say what shows that the goods came back."),
        help_text=gettext_lazy("For example the number of the export declaration, or of the carrier's receipt."),
    )

    def __init__(self, *args: Any, released: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not released:
            del self.fields["evidence"]


def _acting(actor: Actor, declaration_id: UUID) -> DeclarationSnapshot:
    """The declaration, for those who may act on it at this moment. Raises NotFound, NotPermitted."""
    snapshot = declaration_snapshot_for(actor, declaration_id)
    acting_for_required(snapshot, actor, clock.now())
    return snapshot


def _crumbs(head: DeclarationHead, *more: Crumb) -> list[Crumb]:
    return [
        Crumb(_("My declarations"), reverse("portal:list")),
        Crumb(head.mrn, reverse("portal:show", args=[head.id])),
        *more,
    ]


def _what_happens(snapshot: DeclarationSnapshot, kind: ChangeKind, evidence: str = "") -> tuple[str, str]:
    """The sentence on what becomes of a request, or why none can be made."""
    asked = Asked(kind=kind, reason="-", channel=Channel.WEB.value, evidence=evidence)
    try:
        ruling = ruling_for(snapshot, asked, clock.now())
    except (TransitionRefused, RuleViolated) as refusal:
        found = refusal.violations[0].message if refusal.violations else ""
        return "", _(found) if found else _("This declaration has ended; it can no longer be changed this way.")
    return str(WHAT_HAPPENS[ruling.rule]), ""


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """What a change means now, and the button that begins it: the guided form, filled with what stands."""
    actor = actor_of(request)
    snapshot = _acting(actor, declaration_id)
    sentence, refusal = _what_happens(snapshot, ChangeKind.AMEND)
    if request.method == "POST" and not refusal:
        draft = amending.begin(snapshot, actor)
        return redirect("portal:tasks", draft.id)
    context = {
        "declaration": snapshot,
        "sentence": sentence,
        "refusal": refusal,
        "crumbs": _crumbs(snapshot, Crumb(_("Change"))),
    }
    return render(request, "portal/change.html", context, status=409 if request.method == "POST" else 200)


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def change_check(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Every field that changes, what it costs, and the button that sends the request."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    target = amending.amended_by(found)
    if target is None:
        return redirect("portal:check", found.id)
    snapshot = _acting(actor, target)
    form = ChangeForm(request.POST or None, initial={"version": amending.base_of(found), "reason_code": "32"})
    message, errors = _proposed(found, snapshot, actor)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and message is not None and not errors:
            try:
                done = _send(found, snapshot, message, form, actor)
            except (RuleViolated, Conflict) as refusal:
                errors, status = _errors(found, refusal), refusal.status
            else:
                return redirect("portal:change-shown", snapshot.id, done.number)
    sentence, refusal_text = _what_happens(snapshot, ChangeKind.AMEND)
    context = frame(found, "check", actor, form=form, errors=errors) | _previewed(snapshot, message)
    context |= {"declaration": snapshot, "sentence": sentence, "refusal": refusal_text}
    return render(request, "portal/change_check.html", context, status=status)


def _proposed(
    draft: Draft, snapshot: DeclarationSnapshot, actor: Actor
) -> tuple[DeclarationMessage | None, list[PageError]]:
    """The new content with everything that would be refused, each with the way to its field."""
    half = amending.half_typed(draft)
    errors = drafts.unfinished(draft, drafts.checked(draft, actor)) if half else []
    try:
        message = amending.proposed(draft, snapshot)
    except FieldsRefused as refusal:
        return None, errors or [problem.error(draft.id) for problem in drafts.placed(refusal.violations)]
    if not errors:
        try:
            amendment_checked(snapshot, message, actor, clock.now())
        except (RuleViolated, NotPermitted) as refusal:
            errors = _errors(draft, refusal)
    return message, errors


def _errors(draft: Draft, refusal: RuleViolated | Conflict | NotPermitted) -> list[PageError]:
    found = [problem.error(draft.id) for problem in drafts.placed(refusal.violations)]
    return found or [PageError(_(refusal.detail))]


def _send(
    draft: Draft, snapshot: DeclarationSnapshot, message: DeclarationMessage, form: ChangeForm, actor: Actor
) -> Change:
    given = form.cleaned_data
    asked = Asked(
        kind=ChangeKind.AMEND,
        reason=given["reason"],
        reason_code=given["reason_code"],
        channel=Channel.WEB.value,
        proposed=message,
    )
    done = change_request(actor=actor, declaration_id=snapshot.id, base_version=given["version"], asked=asked)
    draft_discard(actor=actor, declaration_id=draft.id)
    return done


def _previewed(snapshot: DeclarationSnapshot, message: DeclarationMessage | None) -> dict[str, Any]:
    if message is None:
        return {"groups": [], "money": None}
    money = money_of(snapshot, message, clock.now())
    lines = [line for line in difference(snapshot.message, message) if isinstance(line, dict)]
    return {
        "groups": groups(lines),
        "money": money_shown(money.before_minor, money.after_minor, money.currency),
    }


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """What a cancellation means now, why it is asked for, and the button that asks."""
    actor = actor_of(request)
    snapshot = _acting(actor, declaration_id)
    released = snapshot.legal_state is LegalState.RELEASED
    form = CancelForm(request.POST or None, released=released, initial={"version": snapshot.version})
    sentence, refusal_text = _what_happens(snapshot, ChangeKind.INVALIDATE, evidence="-")
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            asked = Asked(
                kind=ChangeKind.INVALIDATE,
                reason=given["reason"],
                reason_code=given["reason_code"],
                evidence=given.get("evidence", ""),
                channel=Channel.WEB.value,
            )
            try:
                done = change_request(
                    actor=actor, declaration_id=snapshot.id, base_version=given["version"], asked=asked
                )
            except (RuleViolated, Conflict) as refusal:
                errors, status = [PageError(_(refusal.detail))], refusal.status
            else:
                return redirect("portal:change-shown", snapshot.id, done.number)
    context = {
        "declaration": snapshot,
        "form": form,
        "errors": errors,
        "sentence": sentence,
        "refusal": refusal_text,
        "crumbs": _crumbs(snapshot, Crumb(_("Cancel"))),
    }
    return render(request, "portal/cancel.html", context, status=status)


@VIEW
@require_safe
def change_page(request: HttpRequest, declaration_id: UUID, number: int) -> HttpResponse:
    """One request: what was asked, what it changes and costs, and what was decided."""
    head = _acting(actor_of(request), declaration_id)
    found = change_of(head.id, number)
    context = change_shown(found) | {
        "declaration": head,
        "withdrawable": found.state is ChangeState.REQUESTED,
        "crumbs": _crumbs(head, Crumb(_("Request %(number)s") % {"number": number})),
    }
    return render(request, "portal/change_shown.html", context)


@FILE
@require_POST
def withdraw(request: HttpRequest, declaration_id: UUID, number: int) -> HttpResponse:
    """Take a request back."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    try:
        change_withdraw(actor=actor, declaration_id=head.id, number=number)
    except TransitionRefused:
        messages.info(request, _("Nothing was changed: this request was decided already."))
    else:
        messages.success(request, _("The request was taken back."))
    return redirect("portal:change-shown", head.id, number)


@VIEW
@require_safe
def versions(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Every content that was in force, and what changed from one to the next."""
    head = declaration_head_for(actor_of(request), declaration_id)
    context = versions_context(head, request.GET.get("version", ""))
    context |= {"declaration": head, "crumbs": _crumbs(head, Crumb(_("Versions")))}
    return render(request, "portal/versions.html", context)
