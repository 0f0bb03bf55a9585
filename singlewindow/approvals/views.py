"""Pages of approvals: what waits for a second person, what was decided, and the page on which one decides."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.approvals.forms import DecideForm, WithdrawForm
from singlewindow.approvals.selectors import may_decide, proposal_for, proposals_for, proposals_waiting
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.approvals.shown import evidence_compared, evidence_rows, kind_label, why_not
from singlewindow.approvals.states import ProposalState
from singlewindow.approvals.types import ProposalView
from singlewindow.kernel.errors import Conflict, DomainError, NotFound, NotPermitted, RuleViolated
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, Tab


@require_safe
@page_for(Permission.VIEW_PROPOSAL)
def listed(request: HttpRequest) -> HttpResponse:
    """The proposals of one state, newest first, with what the reader can do about each."""
    actor = actor_of(request)
    wanted = request.GET.get("state", "")
    state = ProposalState(wanted) if wanted in list(ProposalState) else ProposalState.OPEN
    page = proposals_for(actor, state=state, cursor=request.GET.get("cursor", ""))
    proposals = page.rows
    names = actor_names([label for one in proposals for label in (one.proposed_by, one.decided_by)])
    rows = [
        {
            "proposal": one,
            "kind": kind_label(one.kind),
            "proposed_by": names.get(one.proposed_by, one.proposed_by),
            "decided_by": names.get(one.decided_by, one.decided_by),
            "mine": actor.label in one.authors,
            "may_decide": may_decide(actor, one),
        }
        for one in proposals
    ]
    waiting = proposals_waiting(actor)
    context = {
        "rows": rows,
        "page": page,
        "state": state,
        "tabs": _tabs(state, waiting),
        "crumbs": [Crumb(_("Approvals"))],
    }
    return render(request, "approvals/list.html", context)


def _tabs(current: ProposalState, waiting: int) -> list[Tab]:
    address = reverse("approvals:list")
    return [
        Tab(
            str(_("Waiting") if state is ProposalState.OPEN else status_for("proposal", state).label),
            address if state is ProposalState.OPEN else f"{address}?state={state.value}",
            current=state is current,
            count=waiting if state is ProposalState.OPEN else None,
        )
        for state in ProposalState
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_PROPOSAL)
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal: what goes live, who wrote it, what it was tried on; granted or refused here, with a reason."""
    actor = actor_of(request)
    proposal = proposal_for(actor, proposal_id)
    form = DecideForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        grant, status = request.POST.get("decision") == "grant", 422
        if request.POST.get("decision") not in ("grant", "refuse"):
            errors = [PageError(_("Say whether you agree or not."))]
        elif form.is_valid():
            try:
                proposal_decide(proposal_id=proposal_id, actor=actor, grant=grant, reason=form.cleaned_data["reason"])
            except (RuleViolated, Conflict, NotPermitted, NotFound) as refusal:
                errors, status = _errors(refusal), refusal.status
                proposal = proposal_for(actor, proposal_id)
            else:
                text = _("You agreed; it took effect.") if grant else _("You refused it; nothing took effect.")
                messages.success(request, text)
                return redirect("approvals:proposal", proposal_id)
    names = actor_names([*proposal.authors, proposal.decided_by])
    context = {
        "proposal": proposal,
        "kind": kind_label(proposal.kind),
        "what": str(proposal.evidence.get("what", "")),
        "evidence": evidence_rows({key: value for key, value in proposal.evidence.items() if key != "what"}),
        "compared": evidence_compared(proposal.evidence),
        "authors": [names.get(label, label) for label in proposal.authors],
        "proposed_by": names.get(proposal.proposed_by, proposal.proposed_by),
        "decided_by": names.get(proposal.decided_by, proposal.decided_by),
        "may_decide": may_decide(actor, proposal),
        "why_not": why_not(actor, proposal),
        "may_withdraw": proposal.state is ProposalState.OPEN and actor.label in proposal.authors,
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s"),
        "form": form,
        "errors": errors,
        "address": _safe(proposal),
        "crumbs": [Crumb(_("Approvals"), reverse("approvals:list")), Crumb(proposal.title)],
    }
    return render(request, "approvals/proposal.html", context, status=status)


@require_POST
@page_for(Permission.VIEW_PROPOSAL)
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Take back what one wrote."""
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        proposal_withdraw(proposal_id=proposal_id, actor=actor_of(request), reason=reason)
    except Conflict as refusal:
        messages.error(request, _(refusal.detail))
    else:
        messages.success(request, _("You took it back; nothing took effect."))
    return redirect("approvals:proposal", proposal_id)


def _safe(proposal: ProposalView) -> str:
    """The page of what is proposed, where it is one of this window."""
    address = proposal.address
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""


def _errors(refusal: DomainError) -> list[PageError]:
    found = [PageError(_(one.message), rule=one.rule, remedy=_(one.remedy)) for one in refusal.violations]
    return found or [PageError(_(refusal.detail))]
