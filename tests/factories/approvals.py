"""Proposals for tests of approvals: of a kind whose effect only notes that it was called."""

from typing import Any
from uuid import UUID

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import Conflict
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts

KIND = "tests.thing"
KINDS = {KIND: "tests.factories.approvals.effect"}
NEEDS = {KIND: "risk.simulate"}
DECLINED = {KIND: "tests.factories.approvals.declined"}
done: list[tuple[str, str, str]] = []
"""What took effect: act, subject and who caused it; emptied by the tests that look."""


def effect(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Note it, or refuse where the subject says so."""
    if proposal.subject_id.startswith("refuses"):
        raise Conflict("It does not fit any more.")
    done.append(("effect", proposal.subject_id, actor.label))


def declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Note it."""
    done.append(("declined", proposal.subject_id, actor.label))


def propose(actor: Actor | None = None, **changes: Any) -> UUID:
    """Something that waits for a second person."""
    values: dict[str, Any] = {
        "kind": KIND,
        "subject_id": str(uuid7()),
        "title": "A thing that decides",
        "content_sha256": sha256_hex(b"content"),
        "evidence": {"declarations": 12_000, "live": {"hit_rate": "0.13"}, "digest": "d" * 64},
        "address": "/risk/rules",
    }
    with unit_of_work() as work:
        return proposal_make(work, actor=actor or accounts.actor(Role.RISK_ANALYST), **values | changes)
