"""The end of a debt: nothing about it is open any more."""

from datetime import datetime
from uuid import UUID

from fees.services.debts import MOVE_SQL
from fees.states import COVERED, FISCAL, FiscalState
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.acting import Acting

STATE_SQL = "SELECT state FROM fees_fiscalstatus WHERE declaration_id = %s FOR UPDATE"


def debt_finalise(work: Work, declaration_id: UUID, *, actor: Acting, at: datetime) -> bool:
    """Make a covered debt final; returns whether it is. A deferred or secured debt is final only when it is paid.

    Locks: the fiscal status.

    Idempotent: a final debt stays final.

    Source: domain.md K1: RELEASED becomes CLEARED when the final debt is fixed and paid.
    """
    rows = work.fetch(STATE_SQL, [declaration_id])
    if not rows:
        return False
    state = FiscalState(rows[0][0])
    if state not in COVERED - {FiscalState.DEFERRED, FiscalState.SECURED}:
        return state is FiscalState.FINAL
    final = FISCAL.next_state("make_final", state)
    work.execute(MOVE_SQL, [final.value, 0, at, declaration_id])
    event_record(
        work,
        actor=actor,
        verb=Verb.FISCAL_STATE_CHANGED,
        subject_type="declaration",
        subject_id=str(declaration_id),
        before=state.value,
        after=final.value,
        at=at,
    )
    return True
