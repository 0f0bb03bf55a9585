"""Reads of proposals: what waits for a second person, and what was decided."""

from uuid import UUID

from django.conf import settings

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.states import ProposalState
from singlewindow.approvals.types import ProposalView
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode


def proposals_for(
    actor: Actor, *, state: ProposalState = ProposalState.OPEN, cursor: str = "", size: int = PAGE_SIZE
) -> Page[ProposalView]:
    """The proposals in a state, newest first; none for who may not see them.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.VIEW_PROPOSAL):
        return Page([])
    rows = Proposal.objects.filter(state=state.value).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([proposal_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def proposals_waiting(actor: Actor) -> int:
    """How many proposals wait for a second person; 0 for who may not see them."""
    if not actor.may(Permission.VIEW_PROPOSAL):
        return 0
    return Proposal.objects.filter(state=ProposalState.OPEN.value).count()


def proposal_for(actor: Actor, proposal_id: UUID) -> ProposalView:
    """One proposal.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    row = Proposal.objects.filter(pk=proposal_id).first() if actor.may(Permission.VIEW_PROPOSAL) else None
    if row is None:
        raise NotFound
    return proposal_view(row)


def proposal_open(kind: str, subject_id: str) -> ProposalView | None:
    """The open proposal of a subject, if there is one."""
    row = Proposal.objects.filter(kind=kind, subject_id=subject_id, state=ProposalState.OPEN.value).first()
    return proposal_view(row) if row else None


def may_agree(actor: Actor, kind: str) -> bool:
    """Whether the actor's office is to agree to this kind; nobody's is, where the settings name none (AP-004)."""
    also = settings.PROPOSAL_NEEDS.get(kind)
    decides = Permission(settings.PROPOSAL_DECIDERS.get(kind, Permission.DECIDE_PROPOSAL))
    return also is not None and actor.may(decides) and actor.may(Permission(also))


def may_decide(actor: Actor, proposal: ProposalView) -> bool:
    """Whether the actor is a person who may agree and wrote none of it (AP-002, AP-004)."""
    return (
        may_agree(actor, proposal.kind) and proposal.state is ProposalState.OPEN and actor.label not in proposal.authors
    )


def proposal_view(row: Proposal) -> ProposalView:
    """A row as a value."""
    return ProposalView(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        title=row.title,
        content_sha256=row.content_sha256,
        evidence=row.evidence,
        address=row.address,
        state=ProposalState(row.state),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        authors=tuple(row.authors),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )


def proposal_granted(proposal_id: UUID) -> ProposalView | None:
    """A proposal that a second person agreed to, for acts that rest on it; none where nobody has."""
    row = Proposal.objects.filter(pk=proposal_id, state=ProposalState.GRANTED.value).first()
    return proposal_view(row) if row else None
