"""What clearance does when the day of a quota is settled: the money of the declaration follows its share."""

from datetime import datetime
from uuid import UUID

from agencies.services import permits_lock
from clearance.services.cases import case_lock
from clearance.services.decision import release_again
from clearance.services.disputes.standing import dispute_secured
from clearance.services.two_step.obligations import is_simplified
from clearance.services.two_step.payment import completed_keep, completed_lock, settled_by_full
from declarations.selectors import declaration_snapshot
from declarations.states import LegalState
from declarations.types import DeclarationSnapshot
from fees.selectors.lines import debt_moved
from fees.services import assessment_make, debt_adjust, debt_reopen
from fees.services.assessments import assessment_renew
from fees.services.debts import debt_lock
from fees.states import FiscalState
from fees.types import AssessmentKind
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import RuleViolated
from singlewindow.quotas.selectors import quota_shares
from singlewindow.revenue.services import claims_follow, claims_hold, debt_determine
from singlewindow.revenue.types import FinalDebt

CAUSE, TEXT = "quota", "Share of a tariff quota"
LAW = "Tariff Quotas Order 2026: what a quota does not grant is charged at the rate without it."
REASON = "The day of the tariff quota was settled."
UNBORNE = ("GU-G", "CH-MON-01")
"""Refusals of a guarantee and of the account: neither bears the difference, and the goods have left."""
RELEASED = frozenset({LegalState.RELEASED, LegalState.CLEARED})


def quota_settle(work: Work, job: JobContext) -> None:
    """Assess a declaration again with what its quotas granted, and take the difference or free what was secured.

    Before release the debt is assessed anew and the predicate asked again. After release the difference comes from
    what was secured, then from the account; what neither holds is demanded.

    Locks: the declaration and its case, then permits, the claims on it, the fiscal status, what was secured, the
    account.

    Idempotent: the difference of a version moves once; asked again there is none.

    Source: docs/rules/quotas.md, QU-SET-01 to QU-SET-03.
    """
    actor, at = system_actor("clearance", conversation_id=job.conversation_id), clock.now()
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    if snapshot.legal_state is LegalState.ACCEPTED:
        _before_release(work, snapshot, actor)
    elif snapshot.legal_state in RELEASED and not settled_by_full(snapshot.id):
        case = case_lock(snapshot.id)
        case.amount_minor = _after_release(work, snapshot, actor, at)
        case.save(update_fields=["amount_minor"])
    else:
        return
    _tell(work, snapshot, actor)


def _after_release(work: Work, snapshot: DeclarationSnapshot, actor: Actor, at: datetime) -> int:
    """Move the difference of a debt that was paid; determine one that waited for the quota alone; returns the total.

    A debt that is secured for another reason too is determined when that reason is over: until then what stands
    behind it follows the new amount. Where the guarantee does not bear that, the debt is determined at once, unless a
    full declaration or a dispute will do so.
    """
    payer_id = snapshot.trader_org or snapshot.lodged_by
    claims = claims_hold(work, snapshot.id)
    before = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    secured = before.state is FiscalState.SECURED
    alone = secured and not is_simplified(snapshot) and dispute_secured(snapshot) is None
    assessed_at = snapshot.accepted_at or at
    if alone and sum(debt_moved(snapshot.id).authorities.values()) == before.total_minor:
        assessment_renew(work, snapshot, at=assessed_at, actor=actor)
        return _determined(work, snapshot, payer_id, actor, at)
    law = "" if secured else LAW
    try:
        adjusted = debt_adjust(
            work, snapshot, assessed_at=assessed_at, at=at, actor=actor, cause=CAUSE, text=TEXT, law=law
        )
    except RuleViolated as refused:
        if not secured or not all(one.rule.startswith(UNBORNE) for one in refused.violations):
            raise
        if alone:
            return _determined(work, snapshot, payer_id, actor, at)
        return debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor).total_minor
    claims_follow(work, claims, reason=REASON, actor=actor, at=at)
    return adjusted.total_minor


def _determined(work: Work, snapshot: DeclarationSnapshot, payer_id: UUID, actor: Actor, at: datetime) -> int:
    """Fix the debt at what was assessed anew; what nothing bears is demanded."""
    after = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    final = FinalDebt(due=after.due, reason=REASON, law=LAW, charge_interest=False)
    debt_determine(work, declaration_id=snapshot.id, final=final, actor=actor, at=at)
    return after.total_minor


def _before_release(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    case = case_lock(snapshot.id)
    completed_lock(snapshot)
    permits_lock(work, snapshot.id)
    completed_keep(work, snapshot)
    debt_reopen(work, snapshot.id, at=clock.now())
    accepted_at = snapshot.accepted_at or clock.now()
    assessed = assessment_make(work, snapshot, at=accepted_at, kind=AssessmentKind.ASSESSMENT, actor=actor)
    case.amount_minor, case.currency = assessed.total_minor, assessed.currency
    case.save(update_fields=["amount_minor", "currency"])
    work.flush()
    release_again(work, snapshot, actor)


def _tell(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    shares = quota_shares(snapshot.id)
    data: dict[str, JsonValue] = {
        "mrn": snapshot.mrn,
        "shares": {str(item): format(share.normalize(), "f") for item, share in sorted(shares.items())},
    }
    event_record(
        work,
        actor=actor,
        verb=Verb.QUOTA_SETTLED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data=data,
    )
    party_event_publish(
        work,
        organisation_ids=snapshot.parties,
        type="quota_settled",
        subject_id=str(snapshot.id),
        data=data,
    )
