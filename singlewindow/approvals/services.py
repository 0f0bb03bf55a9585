"""Proposing that something goes live, and agreeing to it as another person: the one way for all that needs two."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.selectors import may_agree, proposal_view
from singlewindow.approvals.states import PROPOSAL, ProposalState
from singlewindow.approvals.types import Effect, ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

REASON_LENGTH = 500


def proposal_make(
    work: Work,
    *,
    actor: Actor,
    kind: str,
    subject_id: str,
    title: str,
    content_sha256: str,
    evidence: Mapping[str, Any] | None = None,
    address: str = "",
    authors: Iterable[str] = (),
) -> UUID:
    """Put something before a second person; an open proposal of the same subject is withdrawn, for it is outdated.

    Locks: the open proposal of the subject.

    Source: docs/rules/approvals.md, AP-001.

    Args:
        kind: a key of settings.PROPOSAL_KINDS.
        content_sha256: digest of exactly what goes live.
        evidence: what it was tried on; shown to who decides.
        authors: labels of further people who wrote it; none of them may agree.

    Raises:
        NotPermitted: AP-002, only a person proposes.
    """
    if actor.kind is not ActorKind.USER:
        raise NotPermitted("A person must propose this (AP-002).")
    open_now = Proposal.objects.select_for_update().filter(
        kind=kind, subject_id=subject_id, state=ProposalState.OPEN.value
    )
    for row in open_now:
        _withdraw(work, row, actor, "Newer content takes its place.")
    proposal_id, at = uuid7(), clock.now()
    row = Proposal.objects.create(
        id=proposal_id,
        kind=_known(kind),
        subject_id=subject_id,
        title=title[:200],
        content_sha256=content_sha256,
        evidence=dict(evidence or {}),
        address=address,
        state=ProposalState.OPEN.value,
        proposed_by=actor.label,
        proposed_at=at,
        authors=sorted({actor.label, *authors}),
    )
    _tell(work, row, actor, Verb.PROPOSAL_MADE)
    return proposal_id


def proposal_decide(*, proposal_id: UUID, actor: Actor, grant: bool, reason: str) -> ProposalView:
    """Agree, so that it takes effect at once, or refuse.

    Locks: the proposal, then what takes effect.

    Source: docs/rules/approvals.md, AP-002 to AP-004.

    Raises:
        NotFound: there is no such proposal.
        NotPermitted: AP-002 and AP-004, the actor is no person, lacks a permission, or wrote it.
        RuleViolated: AP-003, no reason is given.
        TransitionRefused: it was decided already.
    """
    deciders = {Permission.DECIDE_PROPOSAL, *map(Permission, settings.PROPOSAL_DECIDERS.values())}
    if not any(actor.may(permission) for permission in deciders):
        raise NotPermitted
    if actor.kind is not ActorKind.USER:
        raise NotPermitted("Only a person who signed in can agree (AP-002).")
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give a reason of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("AP-003", "/reason", sentence, "Say why.")])
    with unit_of_work() as work:
        row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
        if row is None:
            raise NotFound
        if not may_agree(actor, row.kind):
            raise NotPermitted
        state = PROPOSAL.next_state("grant" if grant else "refuse", row.state)
        if actor.label in row.authors:
            raise NotPermitted("You wrote this; another person must decide it (AP-002).")
        row.state, row.decided_by, row.decided_at, row.reason = state.value, actor.label, clock.now(), text
        row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        view = proposal_view(row)
        _tell(work, row, actor, Verb.PROPOSAL_GRANTED if grant else Verb.PROPOSAL_REFUSED, text)
        effects = settings.PROPOSAL_KINDS if grant else settings.PROPOSAL_DECLINED
        _take_effect(work, effects, view, actor)
        return view


def proposal_withdraw(*, proposal_id: UUID, actor: Actor, reason: str = "") -> None:
    """Take a proposal back, by someone who wrote it.

    Raises:
        NotFound: there is none that the actor wrote.
        TransitionRefused: it was decided already.
    """
    with unit_of_work() as work:
        row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
        if row is None or actor.label not in row.authors:
            raise NotFound
        _withdraw(work, row, actor, reason.strip()[:REASON_LENGTH])
        _take_effect(work, settings.PROPOSAL_DECLINED, proposal_view(row), actor)


def proposal_lock(kind: str, subject_id: str) -> ProposalView | None:
    """The open proposal of a subject, kept from being decided until the transaction ends; none where none is open.

    Who changes a subject locks its proposal first and the subject then, as granting does, so that neither waits
    for the other for ever.

    Locks: the open proposal.
    """
    open_now = Proposal.objects.select_for_update().filter(
        kind=kind, subject_id=subject_id, state=ProposalState.OPEN.value
    )
    row = open_now.first()
    return proposal_view(row) if row else None


def proposal_outdate(work: Work, *, proposal_id: UUID, actor: Actor, reason: str) -> None:
    """Withdraw an open proposal, for what it proposes was changed; who changes it need not have written it.

    Locks: the proposal.

    Raises:
        TransitionRefused: it was decided already.
    """
    _withdraw(work, Proposal.objects.select_for_update().get(pk=proposal_id), actor, reason)


def _take_effect(work: Work, effects: Mapping[str, str], proposal: ProposalView, actor: Actor) -> None:
    name = effects.get(proposal.kind)
    if name is not None:
        effect: Effect = import_string(name)
        effect(work, proposal, actor)


def _withdraw(work: Work, row: Proposal, actor: Actor, reason: str) -> None:
    row.state, row.reason = PROPOSAL.next_state("withdraw", row.state).value, reason
    row.save(update_fields=["state", "reason"])
    _tell(work, row, actor, Verb.PROPOSAL_WITHDRAWN, reason)


def _known(kind: str) -> str:
    if kind not in settings.PROPOSAL_KINDS:
        raise ValueError(f"{kind} is no key of settings.PROPOSAL_KINDS")
    return kind


def _tell(work: Work, row: Proposal, actor: Actor, verb: Verb, reason: str = "") -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="proposal",
        subject_id=str(row.id),
        data={"kind": row.kind, "subject": row.subject_id, "content": row.content_sha256},
        reason=reason,
    )
