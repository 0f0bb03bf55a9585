"""The trader gives security: the hold of customs lifts and the goods leave, in one transaction."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from agencies.services import permits_lock
from clearance.models import Case
from clearance.services.cases import case_lock, control_take
from clearance.services.decision import release_again
from clearance.services.desk.common import case_still_open, customs_holds_lift
from clearance.services.disputes.standing import dispute_locked, dispute_secured
from clearance.services.disputes.telling import dispute_tell
from clearance.states import DISPUTE, WORK, ControlState
from clearance.types import Term, Verdict
from declarations.selectors import declaration_snapshot
from declarations.services.authority import acting_for_required
from declarations.types import DeclarationSnapshot
from fees.selectors import fiscal_status
from fees.services.movements import debts_keep
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.services import citation_prove, guarantee_refusals
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation


def dispute_accept(*, actor: Actor, declaration_id: UUID, grn: str = "", access_code: str | None = None) -> Verdict:
    """Give security for the disputed part, on a guarantee or in cash; the goods leave when nothing else holds them.

    The undisputed part is paid, the disputed part is secured and the goods are released in this transaction. Where the
    guarantee or the account cannot bear it nothing is done. Where another body still holds the goods, its decision is
    awaited, and the money moves with the release.

    Locks: the declaration, its case, its dispute, its holds, then the money as every release does.

    Source: docs/rules/guarantees.md, GU-DIS-04, GU-TFA-03 (domain.md F52; TFA 7.3.2).

    Args:
        grn: empty for cash from the prepaid account: the form of the security is the trader's choice.

    Raises:
        NotFound: there is no such declaration of the actor, or no dispute is open.
        Conflict: code `dispute_outdated`, the declaration was amended since.
        TransitionRefused: the goods are detained.
        RuleViolated: GU-G01 to GU-G13, or GU-DIS-05 the account does not hold the money.
    """
    actor.require(Permission.LODGE_DECLARATION)
    with unit_of_work() as work:
        snapshot = declaration_snapshot(declaration_id, lock=True)
        acting_for_required(snapshot, actor, clock.now())
        case = case_lock(snapshot.id)
        row = dispute_locked(snapshot.id)
        if row is None:
            raise NotFound
        case_still_open(case)
        if row.version != snapshot.version:
            raise Conflict(
                "The declaration was amended since; the dispute is about another one.", code="dispute_outdated"
            )
        row.state = DISPUTE.next_state("accept", row.state).value
        row.grn, row.accepted_by, row.accepted_at = grn, actor.label, clock.now()
        row.save(update_fields=["state", "grn", "accepted_by", "accepted_at"])
        if grn:
            citation_prove(work, grn=grn, access_code=access_code, subject_id=snapshot.id, actor=actor, at=clock.now())
        dispute_tell(work, snapshot, row, Verb.DISPUTE_ACCEPTED, actor=actor)
        window = system_actor("clearance", conversation_id=actor.conversation_id)
        _control_end(work, snapshot, case, window)
        customs_holds_lift(work, snapshot, window, "Released against security for the disputed part.", clock.now())
        work.flush()
        _borne(work, snapshot, clock.now(), window)
        verdict = release_again(work, snapshot, window, reason="security given")
        if set(verdict.blocking) == {Term.MONEY}:
            text = "The prepaid account does not hold what is to be paid and set aside."
            remedy = "Pay in what is missing, or secure the disputed part on a guarantee."
            raise RuleViolated(violations=[Violation("GU-DIS-05", "", text, remedy)])
        return verdict


def _control_end(work: Work, snapshot: DeclarationSnapshot, case: Case, window: Actor) -> None:
    """End the check that the dispute takes the place of."""
    state = ControlState(case.control_state)
    if state is ControlState.DETAINED:
        raise TransitionRefused("The goods are detained: security does not free them.")
    steps = ("resume_documents", "conclude") if state is ControlState.QUERY else ("conclude",)
    for action in steps if state in WORK else ():
        state = control_take(
            work, declaration_id=snapshot.id, mrn=snapshot.mrn, current=state, action=action, actor=window
        )
    case.control_state = state.value
    case.save(update_fields=["control_state"])


def _borne(work: Work, snapshot: DeclarationSnapshot, at: datetime, window: Actor) -> None:
    """Ask the guarantee before anything is done, so that every reason against it is told. Raises RuleViolated."""
    disputed = dispute_secured(snapshot)
    if disputed is None or disputed.drawing is None:
        return
    permits_lock(work, snapshot.id)  # these stand above the guarantee in the order of locks, and release asks for them
    debts_keep(work, [snapshot.id])
    drawing = replace(disputed.drawing, on=at.date())
    currency = fiscal_status(snapshot.id).currency
    _, found = guarantee_refusals(work, drawing, disputed.amounts, currency, actor=window, at=at)
    if found:
        raise RuleViolated(violations=[replace(one, pointer="/grn") for one in found])
