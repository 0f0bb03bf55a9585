"""What revenue does when a demand is paid: interest on duty paid late, and a guarantee that is made whole."""

from uuid import UUID

from fees.selectors.lines import demand_view
from fees.services.demands import demand_make
from fees.types import DemandKind
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.guarantees.services.drawing import guarantee_replenish
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.money import to_minor
from singlewindow.revenue.services.paying import interest_of, statement_was_paid
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.services.statements import CUSTOMS


def demand_was_paid(work: Work, job: JobContext) -> None:
    """Settle a paid statement, ask for the interest of duty paid late, give the limit of a called guarantee back.

    Locks: what a statement locks, or the guarantees that were called.

    Idempotent: interest is demanded once for each demand; a guarantee takes back only what was taken.

    Source: docs/rules/revenue.md, RV-INT-05, RV-FIN-05, RV-STM-07.
    """
    if not job.payload.get("demand"):
        return
    demand = demand_view(UUID(str(job.payload["demand"])))
    if demand is None or demand.settled_at is None:
        return
    actor = system_actor("revenue", conversation_id=job.conversation_id)
    if demand.kind == DemandKind.STATEMENT:
        statement_was_paid(work, UUID(job.subject_id), actor=actor, at=demand.settled_at)
    if demand.kind == DemandKind.GUARANTEE_CALL and demand.subject_type == "determination":
        guarantee_replenish(
            work,
            subject_id=UUID(job.subject_id),
            amount_minor=demand.amount_minor,
            actor=actor,
            at=clock.now(),
            reason="What was called is paid",
        )
    if demand.kind not in {DemandKind.DUTY, DemandKind.GUARANTEE_CALL}:
        return
    paid_on = country_day(demand.settled_at)
    interest = interest_of(demand.amount_minor, demand.currency, demand.due_on, paid_on)
    if interest is None:
        return
    demand_make(
        work,
        source=f"interest:demand:{demand.id}",
        kind=DemandKind.INTEREST,
        organisation_id=demand.organisation_id,
        authority=CUSTOMS,
        amount_minor=to_minor(interest.amount, demand.currency),
        currency=demand.currency,
        text=f"Interest: {interest.formula}"[:200],
        law=scheme_required(paid_on).interest_law,
        subject_type="demand",
        subject_id=str(demand.id),
        event_on=paid_on,
        declaration_id=demand.declaration_id,
        actor=actor,
    )
