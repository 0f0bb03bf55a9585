"""Before lodging: what it will cost, the answers once more, and the signature."""

from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from declarations.messages import FieldsRefused, suspicious_text
from declarations.services import declaration_lodge
from declarations.types import Channel, Draft, Lodged
from fees.selectors import account_of
from fees.services import quote_make
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.money import from_minor
from singlewindow.portal import choices, drafts
from singlewindow.portal.amending import amended_by
from singlewindow.portal.forms import PartForm
from singlewindow.portal.views.common import draft_or_lodged, frame, way_on
from singlewindow.portal.views.draft import FILE
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import PageError, SummaryRow


class SignForm(forms.Form):
    """The declaration itself: one sentence to agree to."""

    agreed = forms.BooleanField(
        label=gettext_lazy("I declare that this is true and complete, and I answer for it."),
        error_messages={"required": gettext_lazy("Tick the box to sign the declaration.")},
    )


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def estimate(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """What it would cost today, by the engine that will assess it; what is missing is named with its field."""
    found = draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "POST":
        return way_on(request, found, "estimate")
    context = frame(found, "estimate", actor_of(request), **_quoted(found))
    context["balance"] = _balance(found)
    return render(request, "portal/estimate.html", context)


def _quoted(draft: Draft) -> dict[str, Any]:
    try:
        quote = quote_make(drafts.message_of(draft))
    except (FieldsRefused, RuleViolated) as refusal:
        missing = [problem.error(draft.id) for problem in drafts.placed(refusal.violations)]
        if not drafts.items_of(draft.content):
            missing = [
                PageError(_("There are no goods yet: add at least one item."), drafts.address(draft.id, "items"))
            ]
        return {"missing": missing, "notice": None}
    if not quote.assessment.items:
        add = PageError(_("There are no goods yet: add at least one item."), drafts.address(draft.id, "items"))
        return {"missing": [add], "notice": None}
    return {"notice": orjson.loads(quote.canonical), "sha256": quote.sha256, "total": quote.assessment.total}


def _no_goods(draft: Draft) -> PageError:
    return PageError(_("There are no goods yet: add at least one item."), drafts.address(draft.id, "items"))


def _balance(draft: Draft) -> Any:
    currency = choices.home_currency()
    held = account_of(draft.organisation_id, currency=currency)
    return {"amount": from_minor(held.balance_minor if held else 0, currency), "currency": currency}


@page_for(Permission.LODGE_DECLARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The answers once more, everything that would be refused, and the button that lodges once."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    if amended_by(found) is not None:
        return redirect("portal:change-check", found.id)
    form = SignForm(request.POST if request.method == "POST" else None)
    pages = drafts.checked(found, actor)
    errors = _errors(found, actor, pages)
    if request.method == "POST" and form.is_valid() and not errors:
        try:
            lodged = _lodge(found, actor)
        except TransitionRefused:
            return redirect("portal:show", found.id)  # The other click was first.
        except (RuleViolated, FieldsRefused, NotPermitted) as refusal:
            errors = [problem.error(found.id) for problem in drafts.placed(refusal.violations)]
            errors = errors or [PageError(str(refusal))]
        except Conflict as refusal:
            again = Violation("DL-LRN", "/lrn", str(refusal), _("Give this one another reference."))
            errors = [problem.error(found.id) for problem in drafts.placed([again])]
        else:
            return redirect(f"{_show(lodged.id)}?lodged=1")
    context = frame(found, "check", actor_of(request), form=form, errors=errors, sections=sections_of(found, pages))
    context |= _quoted(found)
    failed = request.method == "POST"
    return render(request, "portal/check.html", context | {"failed": failed}, status=422 if failed else 200)


def _show(declaration_id: UUID) -> str:
    return reverse("portal:show", args=[declaration_id])


def _errors(draft: Draft, actor: Actor, pages: drafts.Checked) -> list[PageError]:
    """Pages that are not finished, then everything else that would be refused."""
    open_pages = drafts.unfinished(draft, pages)
    named = {error.href.partition("?")[0] for error in open_pages}
    broken = [problem.error(draft.id) for problem in drafts.problems_of(draft, actor)]
    return open_pages + [error for error in broken if error.href.partition("?")[0] not in named]


def _lodge(draft: Draft, actor: Actor) -> Lodged:
    message = drafts.message_of(draft)
    return declaration_lodge(
        message=message, actor=actor, channel=Channel.WEB, draft_id=draft.id, warnings=suspicious_text(message)
    )


def sections_of(draft: Draft, pages: drafts.Checked) -> list[dict[str, Any]]:
    """The answers by page, each with the way to its field."""
    sections = [_section(draft, pages, slug) for slug in ("what", "parties", "transport")]
    for number, form in enumerate(pages.items, start=1):
        rows = _rows(form, drafts.address(draft.id, "items", number))
        sections.append({"title": _("Item %(number)s") % {"number": number}, "rows": rows})
    return [*sections, _section(draft, pages, "costs")]


def _section(draft: Draft, pages: drafts.Checked, slug: str) -> dict[str, Any]:
    return {"title": drafts.LABELS[slug], "rows": _rows(pages.parts[slug], drafts.address(draft.id, slug))}


PAIRED = {
    "price": "currency",
    "freight": "freight_currency",
    "insurance": "insurance_currency",
    "quantity": "unit",
    "packages": "package_type",
}
"""Fields that are read together with another."""


def _rows(form: PartForm, href: str) -> list[SummaryRow]:
    form.is_valid()
    rows = []
    for name, field in form.fields.items():
        if name in PAIRED.values() or field.widget.is_hidden:
            continue
        value = _words(form, name)
        pair = PAIRED.get(name)
        if value and pair:
            value = f"{value} {_words(form, pair, short=name != 'packages')}"
        if value or field.required:
            error = " ".join(str(text) for text in form.errors.get(name, []))
            rows.append(SummaryRow(str(field.label), value, f"{href}?back=check#id_{name}", str(field.label), error))
    return rows


def _words(form: PartForm, name: str, *, short: bool = False) -> str:
    """An answer as it is read: the words of a choice, not its code."""
    value = str(form[name].value() or "")
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField) and not short:
        return str(dict(field.choices).get(value, value)) if value else ""  # type: ignore[arg-type]
    return value
