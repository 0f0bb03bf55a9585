"""A deferment that was suspended is in force again: above the limit of one officer when a second one agrees."""

from uuid import UUID

from django.urls import reverse

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.limits import alone
from singlewindow.approvals.services import proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.services.drawing import guarantee_reserve
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.money import from_minor
from singlewindow.revenue.models import Deferment
from singlewindow.revenue.services.deferments import PURPOSE, deferment_step, guarantee_behind_lock, reason_checked
from singlewindow.revenue.services.scheme import country_day
from singlewindow.revenue.states import DEFERMENT, DefermentState, StatementState

KIND = "revenue.resume"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""


def deferment_resume(*, deferment_id: UUID, reason: str, actor: Actor) -> UUID | None:
    """Put a suspended deferment in force again, or propose it to a second person where its limit is large.

    Locks: its open proposal, the guarantee that stands behind it, then the deferment.

    Source: docs/rules/revenue.md, RV-DEF-10.

    Returns:
        The proposal that waits; none where it is in force.

    Raises:
        NotPermitted: the actor may not manage deferments. NotFound: there is none.
        TransitionRefused: it is not suspended.
        RuleViolated: RV-DEF-08 no reason; RV-DEF-10, something is overdue; or what stands against the guarantee.
    """
    actor.require(Permission.MANAGE_DEFERMENT)
    text = reason_checked(reason)
    with unit_of_work() as work:
        proposal_lock(KIND, str(deferment_id))
        row = _resumable(work, deferment_id)
        if alone(row.limit_minor, row.currency):
            _resume(work, row, actor, text)
            return None
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(row.pk),
            title=f"{row.number} {row.holder.name}",
            content_sha256=_digest(row),
            evidence={
                "limit": f"{from_minor(row.limit_minor, row.currency):f} {row.currency}",
                "live": {"reason": row.reason},
                "candidate": {"reason": text},
            },
            address=reverse("revenue:deferment", args=[row.pk]),
        )


def deferment_resumed(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Put a deferment in force again as a second person agreed to.

    Locks: the guarantee that stands behind it, then the deferment; the caller holds the proposal.

    Raises:
        Conflict: it was changed since. TransitionRefused, RuleViolated: as `deferment_resume`.
    """
    row = _resumable(work, UUID(proposal.subject_id))
    if _digest(row) != proposal.content_sha256:
        raise Conflict("The deferment was changed since it was proposed; propose it again.")
    _resume(work, row, actor, str(proposal.evidence["candidate"]["reason"]))


def _resumable(work: Work, deferment_id: UUID) -> Deferment:
    """The deferment, locked, where nothing is overdue under it."""
    guarantee_behind_lock(work, deferment_id)
    row = Deferment.objects.select_for_update(of=("self",)).select_related("holder").filter(pk=deferment_id).first()
    if row is None:
        raise NotFound
    DEFERMENT.next_state("resume", DefermentState(row.state))
    if row.statements.filter(state=StatementState.OVERDUE.value).exists():
        sentence = "A statement under it is overdue."
        raise RuleViolated(sentence, violations=[Violation("RV-DEF-10", "/action", sentence, "It is paid first.")])
    return row


def _resume(work: Work, row: Deferment, actor: Actor, reason: str) -> None:
    """In force again with its whole limit set aside on the guarantee behind it; what waits for money is woken."""
    if row.grn:
        at = clock.now()
        guarantee_reserve(
            work,
            grn=row.grn,
            access_code=None,
            holder_ids=[row.holder_id],
            subject_id=row.pk,
            purpose=PURPOSE,
            amount_minor=row.limit_minor,
            currency=row.currency,
            on=country_day(at),
            actor=actor,
            at=at,
        )
    deferment_step(work, row.pk, "resume", actor=actor, reason=reason)
    queue(work, "AccountCredited", subject_id=str(row.holder_id), actor=actor)


def _digest(row: Deferment) -> str:
    """The digest of what is in force again, and of why it was not."""
    content: dict[str, JsonValue] = {
        "number": row.number,
        "limit": row.limit_minor,
        "state": row.state,
        "suspended": row.reason,
    }
    return sha256_hex(canonical_bytes(content))
