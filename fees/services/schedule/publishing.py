"""A draft becomes a charge of the schedule when a second person agrees, before the first day of its force."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from fees.models import Charge, ChargeComment, ChargeDraft, TariffVersion
from fees.rules.charges import rate_text
from fees.rules.schedule import ChargeTerms, publishing_findings, terms_sha256
from fees.selectors.drafts import draft_terms
from fees.selectors.schedule import scheduled
from fees.services.quotes import profile_and_day
from fees.services.schedule.drafts import KIND, REASON_LONGEST, draft_lock
from fees.services.tariff import charges_publish
from fees.services.tariff.sheets import CHARGES
from fees.services.tariff.versions import version_lock
from fees.states import CHARGE_DRAFT
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_lock, proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation


def charge_propose(*, draft_id: UUID, actor: Actor, urgent_reason: str = "") -> UUID:
    """Put a draft before a second person, who publishes it.

    Locks: its open proposal, then the draft.

    Source: docs/rules/fees.md, FE-SCH-03, FE-SCH-05, FE-SCH-07 and FE-SCH-08.

    Args:
        urgent_reason: why it cannot wait for the end of the comments; published with the charge.

    Raises:
        NotFound: the actor's authority has no such draft.
        TransitionRefused: it was never put out for comment, or it is decided.
        RuleViolated: something stands against publishing it today; every finding is listed.
    """
    with unit_of_work() as work:
        proposal_lock(KIND, str(draft_id))
        draft = draft_lock(draft_id, actor)
        CHARGE_DRAFT.next_state("publish", draft.state)
        draft.urgent_reason = urgent_reason.strip()[:REASON_LONGEST]
        _refuse_if(_findings(draft))
        draft.save(update_fields=["urgent_reason"])
        return proposal_make(
            work,
            actor=actor,
            kind=KIND,
            subject_id=str(draft.pk),
            title=f"{draft.code} {draft.title}",
            content_sha256=draft.content_sha256,
            evidence=_evidence(draft),
            address=reverse("fees:draft", args=[draft.pk]),
            authors=[draft.created_by],
        )


def charge_goes_live(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Publish a draft, because another person agreed; it is in force from its own day on.

    Called by approvals when a proposal is granted, in its transaction.

    Locks: the draft, then the tariff as a whole.

    Source: docs/rules/fees.md, FE-SCH-03 to FE-SCH-09.

    Raises:
        NotFound: there is no such draft.
        NotPermitted: the actor publishes no charges.
        TransitionRefused: it is decided already.
        RuleViolated: something stands against publishing it today, or it is not what was proposed.
    """
    actor.require(Permission.PUBLISH_CHARGE)
    draft = ChargeDraft.objects.select_for_update().filter(pk=proposal.subject_id).first()
    if draft is None:
        raise NotFound
    state = CHARGE_DRAFT.next_state("publish", draft.state)
    terms, at = draft_terms(draft), clock.now()
    found = _findings(draft)
    if terms_sha256(terms) != proposal.content_sha256:
        found.append(
            Violation("FE-SCH-08", "/content_sha256", "What is stored of this draft is not what was proposed.")
        )
    _refuse_if(found)
    on = profile_and_day(at)[1]
    version = charge_publish(work, terms, published_on=on, actor=actor)
    draft.state, draft.ended_at, draft.published_on, draft.version = state.value, at, on, version
    draft.save(update_fields=["state", "ended_at", "published_on", "version"])
    event_record(
        work,
        actor=actor,
        verb=Verb.CHARGE_PUBLISHED,
        subject_type="charge_draft",
        subject_id=str(draft.pk),
        data={"code": draft.code, "valid_from": draft.valid_from.isoformat(), "tariff": str(version)},
        reason=draft.urgent_reason,
        after=draft.content_sha256,
    )


def charge_publish(work: Work, terms: ChargeTerms, *, published_on: date, actor: Actor) -> TariffVersion:
    """Put a charge into the schedule as a new version of the data; the one before ends the day before it begins.

    Locks: the tariff as a whole.

    Source: docs/rules/fees.md, FE-SCH-05 and FE-SCH-09.

    Raises:
        RuleViolated: FE-SCH-09, a later version of the charge stands already, or another authority has the code.
    """
    version_lock(work)
    standing = list(Charge.objects.filter(code=terms.code, version_to=None).order_by("valid_from"))
    later = [row for row in standing if row.valid_from >= terms.valid_from or row.authority != terms.authority]
    if later:
        sentence = f"{terms.code} has a version from {later[-1].valid_from} already."
        raise RuleViolated(sentence, violations=[Violation("FE-SCH-09", "/valid_from", sentence)])
    ended = [row for row in standing if row.valid_to is None or row.valid_to >= terms.valid_from]
    shortened = [_values(row) | {"valid_to": terms.valid_from - timedelta(days=1)} for row in ended]
    fresh = {name: getattr(terms, name, None) for name in CHARGES.columns}
    fresh |= {"event": terms.event.value, "prefixes": list(terms.prefixes), "published_on": published_on}
    return charges_publish(work, rows=[*shortened, fresh], ended=[row.pk for row in ended], actor=actor)


def _values(row: Charge) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CHARGES.columns}


def _findings(draft: ChargeDraft) -> list[Violation]:
    if draft.comments_until is None:
        return [Violation("FE-SCH-03", "/comments_until", "It was never put out for comment.")]
    return publishing_findings(
        draft_terms(draft),
        comments_until=draft.comments_until,
        urgent_reason=draft.urgent_reason,
        unanswered=ChargeComment.objects.filter(draft=draft, answered_at=None).count(),
        on=profile_and_day(clock.now())[1],
    )


def _evidence(draft: ChargeDraft) -> dict[str, Any]:
    """What the second person reads: the charge, why, and how it stands beside the one in force."""
    profile, on = profile_and_day(clock.now())
    before = Charge.objects.filter(code=draft.code, version_to=None, valid_from__lt=draft.valid_from)
    last = before.order_by("-valid_from").first()
    then = rate_text(scheduled(draft, published_on=on), profile.currency)
    evidence: dict[str, Any] = {
        "what": f"{draft.title} ({draft.authority_name})",
        "basis": draft.law,
        "reason": draft.urgent_reason or draft.reason,
        "since": draft.valid_from.isoformat(),
        "until": draft.valid_to.isoformat() if draft.valid_to else "",
        "value": then,
    }
    if last is not None:
        now = rate_text(scheduled(last, published_on=last.published_on), profile.currency)
        evidence |= {"live": {"value": now, "basis": last.law}, "candidate": {"value": then, "basis": draft.law}}
    return evidence


def _refuse_if(findings: list[Violation]) -> None:
    if findings:
        raise RuleViolated("The charge cannot be published now.", violations=findings)
