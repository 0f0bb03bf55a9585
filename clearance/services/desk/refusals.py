"""Goods that are not admitted, or kept."""

from uuid import UUID

from agencies.services import holds_withdraw, permits_free
from clearance.services.cases import control_take
from clearance.services.desk.common import case_mine, text_required
from clearance.services.release import TIMER
from clearance.types import Holder
from declarations.services import declaration_refuse
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import timers_cancel
from singlewindow.kernel import clock
from singlewindow.quotas.services import quota_return


def case_refuse(*, declaration_id: UUID, actor: Actor, reason: str) -> None:
    """Refuse release: the goods are not admitted; every reservation is given back in the same transaction.

    Locks: the declaration, its case, its holds, its permits, its quotas.

    Raises:
        RuleViolated: CL-REF-01, no reason is given.
        TransitionRefused: the declaration is not accepted any more.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        text_required("CL-REF-01", "/reason", reason, "Say why, and under which law.")
        now = clock.now()
        declaration_refuse(work, head.id, actor, reason=reason.strip(), locked=head)
        holds_withdraw(work, head.id, actor=actor, reason="Release was refused.", at=now)
        permits_free(work, head.id, actor=actor, at=now)
        quota_return(work, head.id, actor=actor, at=now)
        timers_cancel(work, subject_id=str(head.id), kind=TIMER)
        case.closed_at, case.holder, case.blocking, case.agency = now, Holder.NOBODY.value, "", ""
        case.save(update_fields=["closed_at", "holder", "blocking", "agency"])


def case_detain(*, declaration_id: UUID, actor: Actor, reason: str) -> None:
    """Keep the goods; the parties are told the ground at once.

    Raises:
        RuleViolated: CL-DET-01, no ground is given.
        TransitionRefused: the case is not under check.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        text_required("CL-DET-01", "/reason", reason, "Give the legal ground and the remedy.")
        state = control_take(
            work,
            declaration_id=head.id,
            mrn=head.mrn,
            current=case.control_state,
            action="detain",
            actor=actor,
            parties=head.parties,
            reason=reason.strip(),
            more={"reason": reason.strip()},
        )
        case.control_state = state.value
        case.save(update_fields=["control_state"])
