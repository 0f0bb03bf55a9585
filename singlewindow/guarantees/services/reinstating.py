"""A guarantee that was suspended may be drawn on again: above the limit of one officer when a second one agrees."""

from uuid import UUID

from django.urls import reverse

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.limits import alone
from singlewindow.approvals.services import proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.services.changing import guarantee_locked_by_id, reason_checked, step_take
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.errors import TransitionRefused
from singlewindow.kernel.money import from_minor

KIND = "guarantees.reinstate"
"""Kind of proposal; a key of settings.PROPOSAL_KINDS."""


def guarantee_reinstate(*, actor: Actor, guarantee_id: UUID, reason: str) -> UUID | None:
    """Let a suspended guarantee be drawn on again, or propose it to a second person where its limit is large.

    Locks: its open proposal, then the guarantee, as granting does.

    Source: docs/rules/guarantees.md, GU-LIF-05.

    Returns:
        The proposal that waits; none where it is reinstated.

    Raises:
        NotFound: there is none. TransitionRefused: it is not suspended. RuleViolated: GU-LIF-04, no reason.
    """
    actor.require(Permission.MANAGE_GUARANTEE)
    with unit_of_work() as work:
        proposal_lock(KIND, str(guarantee_id))
        row = guarantee_locked_by_id(guarantee_id)
        GUARANTEE.next_state("reinstate", row.state)
        text = reason_checked(reason)
        if alone(row.limit_minor, row.currency):
            step_take(work, row, "reinstate", actor=actor, reason=text)
            return None
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(row.pk),
            title=f"{row.grn} {row.holder.name}",
            content_sha256=_digest(row),
            evidence={
                "limit": f"{from_minor(row.limit_minor, row.currency):f} {row.currency}",
                "live": {"reason": row.reason},
                "candidate": {"reason": text},
            },
            address=reverse("guarantees:officer-one", args=[row.pk]),
        )


def guarantee_reinstated(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Reinstate a guarantee as a second person agreed to.

    Locks: the guarantee; the caller holds the proposal.

    Raises:
        TransitionRefused: it is not suspended any more, or was changed since.
    """
    row = guarantee_locked_by_id(UUID(proposal.subject_id))
    if _digest(row) != proposal.content_sha256:
        raise TransitionRefused("The guarantee was changed since it was proposed; propose it again.")
    step_take(work, row, "reinstate", actor=actor, reason=str(proposal.evidence["candidate"]["reason"]))


def _digest(row: Guarantee) -> str:
    """The digest of what is drawn on again, and of why it was not."""
    content: dict[str, JsonValue] = {
        "grn": row.grn,
        "limit": row.limit_minor,
        "state": row.state,
        "suspended": row.reason,
    }
    return sha256_hex(canonical_bytes(content))
