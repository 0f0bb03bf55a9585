"""What clearance does when the day of a quota is settled: the money of the declaration follows its share."""

from uuid import UUID

from agencies.services import permits_lock
from clearance.models import Case
from clearance.services.cases import case_lock
from clearance.services.decision import release_again
from declarations.selectors import declaration_snapshot
from declarations.states import LegalState
from declarations.types import DeclarationSnapshot
from fees.services import assessment_make, debt_adjust, debt_reopen
from fees.types import AssessmentKind
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.quotas.selectors import quota_shares

CAUSE, TEXT = "quota", "Share of a tariff quota"
LAW = "Tariff Quotas Order 2026: what a quota does not grant is charged at the rate without it."
RELEASED = frozenset({LegalState.RELEASED, LegalState.CLEARED})


def quota_settle(work: Work, job: JobContext) -> None:
    """Assess a declaration again with what its quotas granted, and take the difference or free what was secured.

    Before release the debt is assessed anew and the predicate asked again. After release the difference comes from
    what was secured, then from the account; what neither holds is demanded.

    Locks: the declaration and its case, then permits, the fiscal status, what was secured, the account.

    Idempotent: the difference of a version moves once; asked again there is none.

    Source: docs/rules/quotas.md, QU-SET-01 to QU-SET-03.
    """
    actor, at = system_actor("clearance", conversation_id=job.conversation_id), clock.now()
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    if snapshot.legal_state is LegalState.ACCEPTED:
        _before_release(work, snapshot, actor)
    elif snapshot.legal_state in RELEASED:
        accepted_at = snapshot.accepted_at or at
        adjusted = debt_adjust(
            work, snapshot, assessed_at=accepted_at, at=at, actor=actor, cause=CAUSE, text=TEXT, law=LAW
        )
        Case.objects.filter(pk=snapshot.id).update(amount_minor=adjusted.total_minor)
    else:
        return
    _tell(work, snapshot, actor)


def _before_release(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    case = case_lock(snapshot.id)
    permits_lock(work, snapshot.id)
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
