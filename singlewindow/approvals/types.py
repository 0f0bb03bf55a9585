"""Values of approvals that other apps may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.approvals.states import ProposalState
from singlewindow.db.work import Work


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal: what is to go live, who wrote it, and who agreed."""

    id: UUID
    kind: str
    """A key of settings.PROPOSAL_KINDS, such as `risk.profile`."""
    subject_id: str
    title: str
    content_sha256: str
    """Digest of exactly what goes live; other content needs another proposal."""
    evidence: Mapping[str, Any]
    """What it was tried on, such as the id and the digest of a simulation."""
    address: str
    """Path of the page that shows it; empty where there is none."""
    state: ProposalState
    proposed_by: str
    proposed_at: datetime
    authors: tuple[str, ...]
    """Everyone who wrote it; none of them may agree."""
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""


class Effect(Protocol):
    """What a kind of proposal does when it is granted, in the same transaction."""

    def __call__(self, work: Work, proposal: ProposalView, actor: Actor) -> None:
        """Put it in force, or raise a refusal, which leaves the proposal open."""
