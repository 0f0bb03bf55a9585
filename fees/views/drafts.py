"""Draft charges: everybody reads and comments, the authority drafts, opens, answers, proposes and withdraws."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fees.asked import csv_answer, currency_of_today, json_answer, today
from fees.schedule_forms import (
    AnswerForm,
    CommentForm,
    DraftForm,
    OpenForm,
    ProposeForm,
    WithdrawForm,
    initial_of,
)
from fees.selectors.drafts import (
    authority_name_of,
    draft_authority,
    draft_comments,
    draft_for,
    drafts_own,
    drafts_public,
)
from fees.selectors.schedule import charge_versions
from fees.services.schedule import (
    charge_comment_answer,
    charge_comment_make,
    charge_draft_change,
    charge_draft_make,
    charge_draft_open,
    charge_draft_withdraw,
    charge_propose,
)
from fees.states import DraftState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import proposal_open
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb

COLUMNS = ("id", "state", "code", "title", "authority_name", "law", "amount", "percentage", "valid_from")
DAYS = ("opened_on", "comments_until", "published_on")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Drafts that are open for comment, with the days left, and those of before. No sign-in."""
    on, drafts = today(), drafts_public()
    authority = draft_authority(actor_of(request))
    context = {
        "open": [(draft, draft.days_left(on)) for draft in drafts if draft.days_left(on)],
        "past": [draft for draft in drafts if not draft.days_left(on)],
        "own": [draft for draft in drafts_own(actor_of(request)) if draft.opened_on is None] if authority else [],
        "may_draft": bool(authority),
        "currency": currency_of_today(),
        "crumbs": [Crumb(_("Fees and charges"), "/fees"), Crumb(_("Drafts"))],
    }
    return render(request, "fees/drafts.html", context)


@require_safe
def listed_json(request: HttpRequest) -> HttpResponse:
    """The drafts that the public reads, as JSON."""
    return json_answer(request, {"on": today(), "drafts": drafts_public()})


@require_safe
def listed_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    rows = [
        [
            *(getattr(draft, name, None) or getattr(draft.terms, name, None) for name in COLUMNS),
            *(getattr(draft, name) for name in DAYS),
        ]
        for draft in drafts_public()
    ]
    return csv_answer(request, (*COLUMNS, *DAYS), rows, "fees-drafts")


@require_safe
def detail(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """One draft: what is asked, why, what it costs, what was said; with what the reader can do."""
    return _page(request, draft_id)


@require_safe
def detail_json(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """One draft with its comments and answers, as JSON."""
    draft = draft_for(actor_of(request), draft_id)
    if draft.opened_on is None:
        raise NotFound
    return json_answer(request, {"draft": draft, "comments": draft_comments(draft_id)})


def _page(
    request: HttpRequest,
    draft_id: UUID,
    *,
    violations: tuple[Violation, ...] = (),
    forms: Mapping[str, Any] | None = None,
) -> HttpResponse:
    actor, on = actor_of(request), today()
    draft = draft_for(actor, draft_id)
    mine = draft.terms.authority == draft_authority(actor)
    comments = draft_comments(draft_id)
    before = next((row for row in charge_versions(draft.terms.code) if row.valid_from < draft.terms.valid_from), None)
    context: dict[str, Any] = {
        "draft": draft,
        "terms": draft.terms,
        "before": before,
        "days_left": draft.days_left(on),
        "comments": comments,
        "mine": mine,
        "may_comment": not mine and bool(draft.days_left(on)) and actor.may(Permission.COMMENT_CHARGE),
        "may_answer": mine and draft.state in (DraftState.OPEN, DraftState.CLOSED),
        "proposal": proposal_open("fees.charge", str(draft_id)) if mine else None,
        "ended": draft.comments_until is not None and on > draft.comments_until,
        "violations": violations,
        "currency": currency_of_today(),
        "comment_form": CommentForm(),
        "answer_form": AnswerForm(),
        "open_form": OpenForm(on=on),
        "propose_form": ProposeForm(),
        "withdraw_form": WithdrawForm(),
        "crumbs": [Crumb(_("Fees and charges"), "/fees"), Crumb(_("Drafts"), "/fees/drafts"), Crumb(draft.terms.code)],
    }
    context |= forms or {}
    return render(request, "fees/draft.html", context, status=422 if violations or forms else 200)


@page_for(Permission.DRAFT_CHARGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new draft of the reader's own authority; begun from the charge that is named in the address."""
    actor = actor_of(request)
    form = DraftForm(request.POST or None, initial=_begun(request.GET.get("code", "")[:10], actor))
    return _written(request, form, lambda terms: charge_draft_make(terms=terms, actor=actor))


@page_for(Permission.DRAFT_CHARGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft that nobody else has seen, written anew."""
    actor = actor_of(request)
    draft = draft_for(actor, draft_id)
    if draft.terms.authority != draft_authority(actor) or draft.state is not DraftState.DRAFT:
        raise NotFound

    def change(terms: Any) -> UUID:
        charge_draft_change(draft_id=draft_id, terms=terms, actor=actor)
        return draft_id

    return _written(request, DraftForm(request.POST or None, initial=initial_of(draft.terms)), change)


def _written(request: HttpRequest, form: DraftForm, write: Callable[[Any], UUID]) -> HttpResponse:
    actor = actor_of(request)
    violations: tuple[Violation, ...] = ()
    if request.method == "POST" and form.is_valid():
        terms = form.terms(authority=draft_authority(actor), authority_name=authority_name_of(actor))
        try:
            draft_id = write(terms)
        except RuleViolated as error:
            violations = error.violations
        else:
            return redirect("fees:draft", draft_id)
    context = {
        "form": form,
        "violations": violations,
        "authority_name": authority_name_of(actor),
        "crumbs": [
            Crumb(_("Fees and charges"), "/fees"),
            Crumb(_("Drafts"), "/fees/drafts"),
            Crumb(_("Draft a charge")),
        ],
    }
    return render(request, "fees/draft_form.html", context, status=422 if form.errors or violations else 200)


def _begun(code: str, actor: Actor) -> dict[str, Any]:
    """The fields of the charge that changes, where it is one of the authority's own."""
    row = next(iter(charge_versions(code)), None) if code else None
    if row is None or row.authority != draft_authority(actor):
        return {"code": f"{draft_authority(actor)}-"}
    names = ("code", "title", "law", "event", "unit", "prefixes", "comment")
    amounts = ("amount", "percentage", "minimum", "maximum")
    stated = {name: getattr(row, name) for name in amounts}
    return {name: getattr(row, name) for name in names} | {
        name: f"{value.normalize():f}" for name, value in stated.items() if value is not None
    }


@page_for(Permission.DRAFT_CHARGE)
@require_POST
def act(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Open, propose or withdraw a draft; what is asked for is the name of the button."""
    actor, asked = actor_of(request), request.POST.get("act", "")
    forms: dict[str, tuple[str, Any, Callable[[dict[str, Any]], object], str]] = {
        "open": (
            "open_form",
            OpenForm(request.POST, on=today()),
            lambda said: charge_draft_open(draft_id=draft_id, comments_until=said["comments_until"], actor=actor),
            _("The draft is open for comment."),
        ),
        "propose": (
            "propose_form",
            ProposeForm(request.POST),
            lambda said: charge_propose(draft_id=draft_id, actor=actor, urgent_reason=said["urgent_reason"]),
            _("The draft waits for a second person."),
        ),
        "withdraw": (
            "withdraw_form",
            WithdrawForm(request.POST),
            lambda said: charge_draft_withdraw(draft_id=draft_id, reason=said["reason"], actor=actor),
            _("The draft is withdrawn."),
        ),
    }
    if asked not in forms:
        raise NotFound
    name, form, do, done = forms[asked]
    return _done(request, draft_id, name, form, do, done)


@page_for(Permission.COMMENT_CHARGE)
@require_POST
def comment(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A comment of whoever is signed in."""
    actor = actor_of(request)

    def say(said: dict[str, Any]) -> None:
        charge_comment_make(draft_id=draft_id, text=said["text"], actor=actor)

    return _done(request, draft_id, "comment_form", CommentForm(request.POST), say, _("Your comment is public now."))


@page_for(Permission.DRAFT_CHARGE)
@require_POST
def answer(request: HttpRequest, draft_id: UUID, comment_id: UUID) -> HttpResponse:
    """The answer of the authority to a comment."""
    actor = actor_of(request)

    def say(said: dict[str, Any]) -> None:
        charge_comment_answer(comment_id=comment_id, actor=actor, **said)

    return _done(request, draft_id, "answer_form", AnswerForm(request.POST), say, _("The answer is public now."))


def _done(
    request: HttpRequest, draft_id: UUID, name: str, form: Any, do: Callable[[dict[str, Any]], object], done: str
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, draft_id, forms={name: form, "form": form})
    try:
        do(form.cleaned_data)
    except RuleViolated as error:
        return _page(request, draft_id, violations=error.violations, forms={name: form})
    except Conflict as error:
        messages.error(request, error.detail)
        return redirect("fees:draft", draft_id)
    messages.success(request, done)
    return redirect("fees:draft", draft_id)
