"""One lodged declaration for its parties: how it stands, what to do, and everything that was said."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.selectors import agency_info, agency_standing, holds_for, lpco_status
from agencies.types import HoldInfo
from clearance.selectors import query_thread, supplementary_of, waiting_of
from clearance.selectors.disputes import disputes_told
from clearance.states import DisputeState
from declarations.messages import write_json
from declarations.selectors import declaration_head_for, declaration_snapshot_for, draft_for, timeline_of
from declarations.selectors.changes import changes_of
from declarations.services import goods_present
from declarations.services.authority import acting_for_required
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationHead, Timeline
from fees.selectors import account_of, assessment_for, fiscal_status
from fees.states import COVERED, FiscalState
from risk.selectors import trader_steps_for
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.documents.selectors import documents_of
from singlewindow.guarantees.selectors.reservations import reserved_for
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.money import from_minor
from singlewindow.portal.answers import (
    AnswerForm,
    Given,
    answer_give,
    slot_errors,
    slots_of,
    slots_open,
    slots_read,
    thread_of,
)
from singlewindow.portal.covered import covered_by
from singlewindow.portal.earlier import shelf_of
from singlewindow.portal.shown import standing
from singlewindow.portal.views.papers import awaited_of
from singlewindow.reference.selectors import office
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, TimelineEntry, Tone

VIEW = page_for(Permission.VIEW_OWN_DECLARATION)
ENDINGS = frozenset({"declaration.released", "declaration.cleared"})
TROUBLE = frozenset({"declaration.refused", "declaration.invalidated", "declaration.expired"})
UNDECIDED = frozenset({LegalState.SUBMITTED, LegalState.REGISTERED, LegalState.ACCEPTED})
DISPUTED = frozenset({LegalState.ACCEPTED, LegalState.RELEASED, LegalState.CLEARED})
CHANGEABLE = frozenset({LegalState.REGISTERED, LegalState.ACCEPTED, LegalState.RELEASED, LegalState.CLEARED})


@VIEW
@require_safe
def show(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Everything that a party may know of its declaration. Lane, score and reasons of risk are not read."""
    return _page(request, declaration_id)


def _page(
    request: HttpRequest,
    declaration_id: UUID,
    *,
    form: AnswerForm | None = None,
    given: Given | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    try:
        snapshot = declaration_snapshot_for(actor, declaration_id)
    except NotFound:
        return redirect("portal:tasks", draft_for(actor, declaration_id).id)
    acting = _may_act(snapshot, actor)
    history = timeline_of(snapshot, actor)
    queries = query_thread(snapshot.id)
    thread = thread_of(queries, documents_of(snapshot.id) if queries else ())
    awaited = awaited_of(snapshot.id)
    slots = given.slots if given else slots_open(queries)
    context = _standing(snapshot, actor)
    outcomes, holds = lpco_status(snapshot.id).outcomes, [line["hold"] for line in context["holds"]]
    statuses, answer = agency_standing(snapshot.id, outcomes=outcomes, holds=holds)
    context |= {
        "message": snapshot.message,
        "statuses": statuses,
        "answer": answer,
        "office": _office(snapshot.office),
        "permits": [outcome for outcome in outcomes if not outcome.satisfied],
        "steps": trader_steps_for(snapshot.id, actor) if snapshot.legal_state is LegalState.ACCEPTED else (),
        "thread": thread,
        "awaited": awaited,
        "shelf": shelf_of(actor) if awaited and acting and actor.may(Permission.SEND_FILE) else (),
        "slots": slots,
        "slot_errors": slot_errors(slots),
        "form": form or AnswerForm(),
        "acting": acting,
        "assessment": assessment_for(snapshot.id),
        "timeline": _entries(history),
        "owed": supplementary_of(snapshot.id),
        **_links(snapshot, context["fiscal"].state, actor),
        "changes": changes_of(snapshot.id),
        "changeable": acting and actor.may(Permission.LODGE_DECLARATION) and snapshot.legal_state in CHANGEABLE,
        "cancellable": snapshot.legal_state in CHANGEABLE - {LegalState.CLEARED},
        "reason": _reason(history),
        "just_lodged": request.GET.get("lodged") == "1",
        "may_file": actor.may(Permission.DRAFT_DECLARATION),
        "notice": notice,
        "crumbs": [Crumb(_("My declarations"), reverse("portal:list")), Crumb(snapshot.mrn)],
    }
    return render(request, "portal/show.html", context, status=status)


def _links(head: DeclarationHead, fiscal: FiscalState, actor: Actor) -> dict[str, Any]:
    """Where its money leads: disputes, the guarantee that secures it, and what can be asked for."""
    told = disputes_told(head.id) if head.legal_state in DISPUTED else []
    open_now = next((one for one, state in told if state is DisputeState.OFFERED), None)
    return {
        "dispute": open_now if head.legal_state is LegalState.ACCEPTED else None,
        "disputes": [(one, state) for one, state in told if one != open_now],
        "claimable": fiscal in (FiscalState.PAID, FiscalState.FINAL) and actor.may(Permission.CLAIM_REPAYMENT),
        "disclosable": head.legal_state in DISPUTED and actor.may(Permission.DISCLOSE_ERROR),
    }


@VIEW
@require_safe
def status(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The live part of the page, for a script that looks again; without one the page itself is loaded again."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    response = render(request, "portal/partials/status.html", _standing(head, actor) | {"polled": True})
    before = request.GET.get("state", "")
    if before and before != _mark(head):
        response["HX-Refresh"] = "true"  # Money, holds and history below changed with it.
    return response


def _mark(head: DeclarationHead) -> str:
    return f"{head.legal_state}-{head.goods_state}"


def _standing(head: DeclarationHead, actor: Actor) -> dict[str, Any]:
    """How it stands, for the page and for its live part alike."""
    fiscal = fiscal_status(head.id)
    payer = head.declarant_org or head.lodged_by
    held = account_of(payer, currency=fiscal.currency) if fiscal.state is FiscalState.INSUFFICIENT else None
    plain = standing(head, waiting_of([head.id]).get(head.id))
    secured = fiscal.state is FiscalState.SECURED
    secured_on = reserved_for(head.id) if secured else []
    return {
        "declaration": head,
        "secured_on": secured_on,
        "parts": list(covered_by(head.id, secured_on, fiscal.currency)) if secured else [],
        "plain": plain,
        "state": _mark(head),
        "fiscal": fiscal,
        "covered": fiscal.state in COVERED or fiscal.state is FiscalState.FINAL,
        "total": from_minor(fiscal.total_minor, fiscal.currency) if fiscal.currency else None,
        "missing": from_minor(fiscal.missing_minor, fiscal.currency) if fiscal.missing_minor else None,
        "balance": from_minor(held.balance_minor, held.currency) if held else None,
        "identifier": actor.organisation_identifier,
        "holds": [_hold(hold) for hold in holds_for(head.id)],
        "expected": head.legal_state is LegalState.REGISTERED and head.goods_state is GoodsState.EXPECTED,
        "undecided": head.legal_state in UNDECIDED,
    }


def _hold(hold: HoldInfo) -> dict[str, Any]:
    return {
        "hold": hold,
        "agency": agency_info(hold.agency).name,
        "sentence": _(hold.reason.sentence),
        "next_step": _(hold.reason.next_step) if hold.blocking else "",
        "facts": [_fact(fact) for fact in hold.details if fact.get("permit") or fact.get("code")],
    }


def _fact(fact: Any) -> str:
    if fact.get("permit") and fact.get("remaining"):
        words = {name: fact.get(name, "") for name in ("permit", "needed", "remaining", "unit")}
        return _("Permit %(permit)s: %(needed)s %(unit)s needed, %(remaining)s %(unit)s left.") % words
    return _("Permit of type %(code)s: none named.") % {"code": fact.get("code", "")} if fact.get("code") else ""


def _may_act(head: DeclarationHead, actor: Actor) -> bool:
    try:
        acting_for_required(head, actor, clock.now())
    except (NotFound, NotPermitted):
        return False
    return True


def _office(code: str) -> str:
    try:
        return office(code).name if code else ""
    except NotFound:
        return code


def _reason(history: Timeline) -> str:
    return next((step.reason for step in reversed(history.steps) if step.reason), "")


def _entries(history: Timeline) -> list[TimelineEntry]:
    tones = dict.fromkeys(ENDINGS, Tone.OK) | dict.fromkeys(TROUBLE, Tone.BAD)
    return [
        TimelineEntry(step.sentence, step.at, step.who, step.reason, tones.get(step.code, Tone.NEUTRAL))
        for step in reversed(history.steps)
    ]


@page_for(Permission.PRESENT_GOODS)
@require_POST
def present(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The goods have arrived; a second press finds that this was said already."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    try:
        goods_present(actor=actor, declaration_id=head.id)
    except TransitionRefused:
        messages.info(request, _("Nothing was changed: the goods cannot be presented now."))
    except NotPermitted as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Thank you. Customs knows that the goods are here."))
    return redirect("portal:show", head.id)


@page_for(Permission.LODGE_DECLARATION)
@require_POST
def answer(request: HttpRequest, declaration_id: UUID, query_id: UUID) -> HttpResponse:
    """Answer a question of customs in its thread; what was written is kept when it cannot be taken."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    acting_for_required(head, actor, clock.now())
    query = next((query for query in query_thread(head.id) if query.pk == query_id), None)
    if query is None:
        raise NotFound
    form, given = AnswerForm(request.POST), slots_read(request, actor, slots_of(query.codes))
    if not form.is_valid() or given.wrong:
        return _page(request, head.id, form=form, given=given, status=422)
    text = form.cleaned_data["answer"]
    try:
        answer_give(actor, declaration_id=head.id, query_id=query_id, answer=text, given=given)
    except TransitionRefused:
        notice = _("This question was answered before, or customs went on without the answer. Nothing was changed.")
        return _page(request, head.id, notice=notice, status=409)
    except (RuleViolated, Conflict) as refusal:
        form.add_error("answer", refusal.violations[0].message if refusal.violations else refusal.detail)
        return _page(request, head.id, form=form, given=given, status=refusal.status)
    messages.success(request, _("Your answer was sent. The check goes on."))
    return redirect("portal:show", head.id)


@VIEW
@require_safe
def download(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """What was lodged, byte for byte in its canonical form."""
    snapshot = declaration_snapshot_for(actor_of(request), declaration_id)
    disposition = f'attachment; filename="{snapshot.mrn}.json"'
    return HttpResponse(
        write_json(snapshot.message),
        content_type="application/json",
        headers={"Content-Disposition": disposition},
    )
