"""The timers of a full declaration that is owed: reminders, the day it falls due, the debt on best information."""

from datetime import timedelta
from uuid import UUID

from clearance.models import SupplementaryObligation
from clearance.services.two_step.obligations import AWAITED, moved, obligation_locked, scheme_at, timer, told
from clearance.states import SupplementaryState
from declarations.selectors import declaration_head
from declarations.services import declaration_clear
from declarations.states import LegalState
from declarations.types import DeclarationHead
from fees.selectors import fiscal_state
from fees.services import security_convert
from fees.states import FiscalState
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock


def supplementary_deadline(work: Work, job: JobContext) -> None:
    """Do what a timer of the obligation is for.

    Locks: the simplified declaration, then its obligation.

    Idempotent: an obligation that has ended, or that is past the step, is left alone.

    Source: TS-03, TS-04.
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    obligation = obligation_locked(head.id)
    if obligation is None or obligation.state not in AWAITED:
        return
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    step = str(job.payload["step"])
    if step == "remind":
        _remind(work, obligation, actor)
    elif step == "fall_due":
        _fall_due(work, obligation, actor)
    else:
        _fix_debt(work, head, obligation, actor)


def _remind(work: Work, obligation: SupplementaryObligation, actor: Actor) -> None:
    obligation.reminded_at = clock.now()
    obligation.save(update_fields=["reminded_at"])
    told(work, obligation, Verb.SUPPLEMENTARY_REMINDED, "supplementary_reminder", actor=actor)


def _fall_due(work: Work, obligation: SupplementaryObligation, actor: Actor) -> None:
    if obligation.state != SupplementaryState.OWED.value:
        return
    moved(work, obligation, "fall_due", at=clock.now())
    told(work, obligation, Verb.SUPPLEMENTARY_OVERDUE, "supplementary_overdue", actor=actor)


def _fix_debt(work: Work, head: DeclarationHead, obligation: SupplementaryObligation, actor: Actor) -> None:
    """Take the security as the debt, unless a full declaration is in hand: then its own debt is awaited."""
    now = clock.now()
    if obligation.state == SupplementaryState.OWED.value:  # the earlier timer has not been served yet
        _fall_due(work, obligation, actor)
    if obligation.supplementary_id is not None and in_hand(obligation.supplementary_id):
        scheme = scheme_at(head.lodged_at)
        days = scheme.best_information_days if scheme else 1
        timer(work, head.id, "fix_debt", now + timedelta(days=days), actor)
        return
    taken = security_convert(work, declaration_id=head.id, organisation_id=obligation.organisation_id, actor=actor)
    moved(work, obligation, "fix_debt", at=now)
    if head.legal_state is LegalState.RELEASED and fiscal_state(head.id) is FiscalState.FINAL:
        declaration_clear(work, head.id, actor, locked=head)
    more = {"taken_minor": taken}
    told(work, obligation, Verb.SUPPLEMENTARY_DEBT_FIXED, "debt_on_best_information", actor=actor, more=dict(more))


def in_hand(supplementary_id: UUID) -> bool:
    """Whether a full declaration that was accepted is still on its way."""
    return declaration_head(supplementary_id).legal_state in {LegalState.REGISTERED, LegalState.ACCEPTED}
