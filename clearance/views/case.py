"""One page for the decision: the declaration, its money, its risk, its holds, its history, and what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.selectors import agency_standing, holds_for, lpco_status
from agencies.types import CUSTOMS, HoldInfo, LpcoStatus, PermitOutcome
from clearance.forms import (
    OUTCOMES,
    ConformForm,
    DetainForm,
    FindingForm,
    LaneForm,
    MatchForm,
    PlainForm,
    QueryForm,
    RefuseForm,
)
from clearance.models import LaneChange
from clearance.rules.lanes import may_confirm, may_release
from clearance.selectors import CaseView, case_view
from clearance.selectors.disputes import disputes_told
from clearance.states import WORK, DisputeState
from clearance.views import shown
from clearance.views.explained import explained_context
from clearance.views.seen import seen_context
from declarations.schemas import DeclarationMessage, GoodsItem
from declarations.selectors import declaration_snapshot_for, timeline_of
from declarations.selectors.changes import changes_of
from declarations.states import ChangeState
from declarations.types import DeclarationSnapshot, Timeline
from fees.selectors import assessment_for, fiscal_status
from risk.selectors import risk_result_for
from risk.types import Lane, RiskShown
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.documents.selectors import asks_of, documents_of
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, TimelineEntry, Tone

THEN = ("next", "desk")
ENDINGS = frozenset({"declaration.released", "declaration.cleared"})
TROUBLE = frozenset({"declaration.refused", "alert.raised", "declaration.invalidated", "declaration.expired"})
DISPUTED = (DisputeState.OFFERED, DisputeState.SECURED)
"""Disputes that an officer of the case must know of."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A goods item with what an officer compares first."""

    item: GoodsItem
    per_kg: Decimal | None
    currency: str
    rules: tuple[str, ...]
    """Risk rules that name this item."""
    permits: tuple[PermitOutcome, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of the header (item 0) or of an item."""

    item: int
    code: str
    id: str
    more: str


@require_safe
@page_for(Permission.VIEW_ANY_DECLARATION)
def case(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Show a declaration to an officer with everything that bears on its decision."""
    return case_page(request, declaration_id)


def case_page(
    request: HttpRequest,
    declaration_id: UUID,
    *,
    bound: forms.Form | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page; after a refused act with the form as it was filled in and the reason of the refusal."""
    actor = actor_of(request)
    context = case_context(actor, declaration_id) | {"notice": notice, "status_code": status}
    view: CaseView | None = context["view"]
    if view is not None:
        context |= seen_context(context["declaration"], asked="seen" in request.GET)
    then = request.GET.get("then", "")
    context["then"] = then if then in THEN else "desk"
    context["acts"] = possible_acts(actor, view, bound) if view else {}
    said = bound if isinstance(bound, MatchForm) else None
    context |= explained_context(actor, context["declaration"], context["risk"], said)
    context["bound"] = bound
    return render(request, "clearance/case.html", context, status=status)


def case_context(actor: Actor, declaration_id: UUID) -> dict[str, Any]:
    """Everything that the page shows, in a number of queries that does not grow with the goods."""
    snapshot = declaration_snapshot_for(actor, declaration_id)
    view = _view(actor, declaration_id)
    risk = _risk(actor, declaration_id)
    history = timeline_of(snapshot, actor)
    permits, holds = lpco_status(declaration_id), holds_for(declaration_id)
    return {
        "declaration": snapshot,
        "message": snapshot.message,
        "view": view,
        "line": shown.line(view.row) if view else None,
        "term": shown.term_sentence(view.row) if view else "",
        "risk": risk,
        "items": _items(snapshot.message, risk, permits),
        "documents": _documents(snapshot.message),
        "held": [{"document": document, "link": link} for document, link in documents_of(declaration_id)],
        "originals": [one.original for one in asks_of(declaration_id, agency=CUSTOMS) if one.original],
        "holds": _holds(holds),
        "permits": permits,
        "standing": agency_standing(declaration_id, outcomes=permits.outcomes, holds=holds)[0],
        "fiscal": fiscal_status(declaration_id),
        "assessment": assessment_for(declaration_id),
        "timeline": _entries(history),
        "next_step": history.next_step,
        "names": _names(view),
        "checks": _checks(view),
        "asked_change": next((one for one in changes_of(declaration_id) if one.state is ChangeState.REQUESTED), None),
        "crumbs": [Crumb(_("Desk"), reverse("clearance:desk")), Crumb(snapshot.mrn)],
        "disputes": [one for one in disputes_told(declaration_id) if one[1] in DISPUTED],
        **_sums(snapshot),
    }


def _view(actor: Actor, declaration_id: UUID) -> CaseView | None:
    try:
        return case_view(actor, declaration_id)
    except NotFound:
        return None


def _risk(actor: Actor, declaration_id: UUID) -> RiskShown | None:
    try:
        return risk_result_for(declaration_id, actor)
    except NotFound:
        return None


def _items(message: DeclarationMessage, risk: RiskShown | None, permits: LpcoStatus) -> list[ItemLine]:
    rules: dict[int, list[str]] = {}
    for reason in risk.reasons if risk else ():
        for number in (reason.item, *reason.also_items):
            if number:
                rules.setdefault(number, []).append(reason.rule)
    lines = []
    for item in message.items:
        mass, price = item.net_mass_kg, item.price
        lines.append(
            ItemLine(
                item=item,
                per_kg=(price.amount / mass).quantize(Decimal("0.01")) if price and mass else None,
                currency=price.currency if price else "",
                rules=tuple(rules.get(item.number, ())),
                permits=tuple(outcome for outcome in permits.outcomes if outcome.item == item.number),
            )
        )
    return lines


def _documents(message: DeclarationMessage) -> list[DocumentLine]:
    found = [(0, document) for document in message.documents]
    found += [(item.number, document) for item in message.items for document in item.documents]
    lines = [
        DocumentLine(
            number,
            document.code or "",
            document.id or "",
            " · ".join(filter(None, [document.name, document.status, _amount(document.quantity, document.unit)])),
        )
        for number, document in found
    ]
    lines += [
        DocumentLine(0, f"{d.category}{d.type}", d.id, _("previous document")) for d in message.previous_documents
    ]
    return lines


def _amount(quantity: Decimal | None, unit: str | None) -> str:
    return f"{quantity} {unit or ''}".strip() if quantity is not None else ""


def _holds(holds: tuple[HoldInfo, ...]) -> list[dict[str, Any]]:
    return [
        {
            "hold": hold,
            "sentence": _(hold.reason.sentence),
            "details": [", ".join(f"{name}: {value}" for name, value in fact.items()) for fact in hold.details],
        }
        for hold in holds
    ]


def _names(view: CaseView | None) -> Mapping[str, str]:
    if view is None:
        return {}
    labels = [check.officer for check in view.checks] + [change.asked_by for change in view.lane_changes]
    labels += [change.confirmed_by for change in view.lane_changes] + [query.officer for query in view.queries]
    return actor_names({*labels, *(query.answered_by for query in view.queries)} - {""})


def _checks(view: CaseView | None) -> list[dict[str, Any]]:
    if view is None:
        return []
    currency = view.row.currency or "EUR"
    return [
        {
            "check": check,
            "outcome": OUTCOMES.get(check.outcome, check.outcome),
            "conform": check.outcome == "conform",
            "revenue": from_minor(check.revenue_delta_minor, currency) if check.revenue_delta_minor else None,
        }
        for check in view.checks
    ]


def _entries(history: Timeline) -> list[TimelineEntry]:
    tones = dict.fromkeys(ENDINGS, Tone.OK) | dict.fromkeys(TROUBLE, Tone.BAD)
    return [
        TimelineEntry(
            title=_(step.sentence),
            at=step.at,
            who=step.who,
            detail=step.reason,
            tone=tones.get(step.code, Tone.NEUTRAL),
        )
        for step in reversed(history.steps)
    ]


def _sums(snapshot: DeclarationSnapshot) -> dict[str, Any]:
    items = snapshot.message.items
    return {
        "gross_total": snapshot.message.total_gross_mass_kg
        or sum((item.gross_mass_kg or Decimal(0) for item in items), Decimal(0)),
        "net_total": snapshot.message.net_mass_total_kg(),
    }


def possible_acts(actor: Actor, view: CaseView, bound: forms.Form | None = None) -> dict[str, Any]:
    """The forms of what this actor may do with the case now, and nothing else."""
    acts: dict[str, Any] = {}
    row, open_case = view.row, not view.closed
    working = row.control_state in {state.value for state in WORK}
    change = view.lane_change
    if open_case and working and row.claimed_by is None and actor.may(Permission.CLAIM_CASE):
        acts["claim"] = PlainForm()
    if change and open_case and "conclude" in view.possible and _may_confirm(actor, change):
        acts["second"] = PlainForm()
    if not (open_case and view.mine and actor.may(Permission.DECIDE_CASE)):
        return acts
    if _lowered_by(actor, view):
        acts["lowered"] = True
    elif {"conclude", "end_detention"} & view.possible:
        acts["conform"], acts["finding"] = ConformForm(), FindingForm()
    if "ask" in view.possible:
        acts["query"] = QueryForm()
    if {"require_documents", "require_examination"} & view.possible and change is None:
        acts["lane"] = LaneForm(present=row.lane)
    if "detain" in view.possible:
        acts["detain"] = DetainForm()
    acts["refuse"], acts["give-back"] = RefuseForm(), PlainForm()
    if bound is not None and getattr(bound, "act", "") in acts:
        acts[bound.act] = bound  # type: ignore[attr-defined]
    return acts


def _may_confirm(actor: Actor, change: LaneChange) -> bool:
    return actor.may(Permission.LOWER_LANE) and may_confirm(asked_by=change.asked_by, confirming=actor.label)


def _lowered_by(actor: Actor, view: CaseView) -> bool:
    """Whether the actor lowered the lane or confirmed it, so that a colleague has to conclude (CL-LAN-03)."""
    return any(
        change.granted
        and Lane(change.lane_to).rank < Lane(change.lane_from).rank
        and not may_release(officer=actor.label, lowered_by=change.asked_by, confirmed_by=change.confirmed_by)
        for change in view.lane_changes
    )
