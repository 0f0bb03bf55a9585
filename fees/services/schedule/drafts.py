"""An authority drafts a charge, puts it out for comment, or takes it back."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fees.models import ChargeDraft
from fees.rules.schedule import ChargeTerms, opening_findings, terms_findings, terms_sha256
from fees.selectors.drafts import draft_authority, draft_terms
from fees.services.quotes import profile_and_day
from fees.states import CHARGE_DRAFT, DraftState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_lock, proposal_outdate
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7

KIND = "fees.charge"
"""The kind of proposal; a key of settings.PROPOSAL_KINDS."""
REASON_LONGEST = 500


def charge_draft_make(*, terms: ChargeTerms, actor: Actor) -> UUID:
    """Write a draft of a charge that nobody else sees yet.

    Source: docs/rules/fees.md, FE-SCH-01, FE-SCH-02, FE-SCH-04 and FE-SCH-09.

    Raises:
        NotPermitted: FE-SCH-01, the charge is not one of the actor's own authority.
        RuleViolated: the terms are not whole, or above the cost of the service; every finding is listed.
    """
    _own(terms.authority, actor)
    _refuse_if(terms_findings(terms))
    draft_id = uuid7()
    with unit_of_work() as work:
        ChargeDraft.objects.create(
            id=draft_id, **_columns(terms), created_by=actor.label, created_at=clock.now(), state=DraftState.DRAFT.value
        )
        _tell(work, draft_id, terms, actor, Verb.CHARGE_DRAFTED)
    return draft_id


def charge_draft_change(*, draft_id: UUID, terms: ChargeTerms, actor: Actor) -> None:
    """Write a draft anew, while nobody else has seen it.

    Locks: the draft.

    Raises:
        NotFound: the actor's authority has no such draft.
        TransitionRefused: it is open already; withdraw it and draft another.
        RuleViolated: as `charge_draft_make`.
    """
    _own(terms.authority, actor)
    _refuse_if(terms_findings(terms))
    with unit_of_work() as work:
        draft = draft_lock(draft_id, actor)
        if draft.state != DraftState.DRAFT.value:
            raise TransitionRefused("What was put out for comment stays as it is; withdraw it and draft another.")
        ChargeDraft.objects.filter(pk=draft.pk).update(**_columns(terms))
        _tell(work, draft_id, terms, actor, Verb.CHARGE_DRAFTED)


def charge_draft_open(*, draft_id: UUID, comments_until: date, actor: Actor) -> None:
    """Put a draft out for comment: from now on everybody reads it, and it stays as it is.

    Locks: the draft.

    Source: docs/rules/fees.md, FE-SCH-03 (domain.md F03).

    Args:
        comments_until: the last day for comments, in the country's own time.

    Raises:
        NotFound: the actor's authority has no such draft.
        TransitionRefused: it is open already, or withdrawn.
        RuleViolated: FE-SCH-03, under thirty days; FE-SCH-05, it would be in force before comments end.
    """
    at = clock.now()
    profile, on = profile_and_day(at)
    with unit_of_work() as work:
        draft = draft_lock(draft_id, actor)
        state = CHARGE_DRAFT.next_state("open", draft.state)
        _refuse_if(opening_findings(comments_until=comments_until, on=on))
        draft.state, draft.opened_at, draft.opened_on = state.value, at, on
        draft.comments_until = comments_until
        draft.save(update_fields=["state", "opened_at", "opened_on", "comments_until"])
        _tell(work, draft_id, draft_terms(draft), actor, Verb.CHARGE_OPENED, until=comments_until.isoformat())
        over = datetime.combine(comments_until + timedelta(days=1), time(), ZoneInfo(profile.time_zone))
        queue(work, "ChargeCommentsEnd", subject_id=str(draft_id), not_before=over, dedup=str(draft_id))


def charge_draft_withdraw(*, draft_id: UUID, reason: str, actor: Actor) -> None:
    """Take a draft back; where the public read it, the reason stands on its page.

    Locks: its open proposal, then the draft.

    Raises:
        NotFound: the actor's authority has no such draft.
        TransitionRefused: it is published or withdrawn already.
        RuleViolated: FE-SCH-02, no reason is given.
    """
    text = reason_of(reason)
    with unit_of_work() as work:
        proposal = proposal_lock(KIND, str(draft_id))
        draft = draft_lock(draft_id, actor)
        draft.state = CHARGE_DRAFT.next_state("withdraw", draft.state).value
        draft.ended_at, draft.withdrawn_reason = clock.now(), text
        draft.save(update_fields=["state", "ended_at", "withdrawn_reason"])
        if proposal is not None:
            proposal_outdate(work, proposal_id=proposal.id, actor=actor, reason="The draft was withdrawn.")
        _tell(work, draft_id, draft_terms(draft), actor, Verb.CHARGE_WITHDRAWN, reason=text)


def draft_lock(draft_id: UUID, actor: Actor) -> ChargeDraft:
    """A draft of the actor's own authority, its row locked.

    Raises:
        NotPermitted: the actor drafts no charges.
        NotFound: the authority has none such.
    """
    actor.require(Permission.DRAFT_CHARGE)
    row = ChargeDraft.objects.select_for_update().filter(pk=draft_id, authority=draft_authority(actor)).first()
    if row is None:
        raise NotFound
    return row


def reason_of(text: str, *, pointer: str = "/reason", rule: str = "FE-SCH-02") -> str:
    """A reason as it is stored. Raises RuleViolated where none is given, or a novel is."""
    text = text.strip()
    if not text or len(text) > REASON_LONGEST:
        sentence = f"Give a reason of 1 to {REASON_LONGEST} characters."
        raise RuleViolated(sentence, violations=[Violation(rule, pointer, sentence, "Say why.")])
    return text


def _own(authority: str, actor: Actor) -> None:
    actor.require(Permission.DRAFT_CHARGE)
    if not authority or authority != draft_authority(actor):
        raise NotPermitted("An authority drafts its own charges only (FE-SCH-01).")


def _refuse_if(findings: list[Violation]) -> None:
    if findings:
        raise RuleViolated("The charge cannot be drafted so.", violations=findings)


def _columns(terms: ChargeTerms) -> Mapping[str, Any]:
    names = set(ChargeTerms.__slots__) - {"cost_parts", "prefixes", "event"}
    parts = [{"label": part.label, "amount": f"{part.amount:f}"} for part in terms.cost_parts]
    return {name: getattr(terms, name) for name in names} | {
        "event": terms.event.value,
        "prefixes": list(terms.prefixes),
        "cost_components": parts,
        "cost_total": terms.cost_total,
        "content_sha256": terms_sha256(terms),
    }


def _tell(work: Work, draft_id: UUID, terms: ChargeTerms, actor: Actor, verb: Verb, **data: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="charge_draft",
        subject_id=str(draft_id),
        data={"code": terms.code, "valid_from": terms.valid_from.isoformat(), **data},
        after=terms_sha256(terms),
    )
