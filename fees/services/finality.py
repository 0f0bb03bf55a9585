"""The end of a debt: nothing about it is open any more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from psycopg2.extras import Json

from fees.services.debts import MOVE_SQL, Debt
from fees.states import COVERED, FISCAL, FiscalState
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.acting import Acting

FIX_SQL = """
UPDATE fees_fiscalstatus SET state = %s, missing_minor = 0, total_minor = %s, due = %s, changed_at = %s
WHERE declaration_id = %s
"""
STATES_SQL = """
SELECT declaration_id, state FROM fees_fiscalstatus WHERE declaration_id = ANY(%s::uuid[])
ORDER BY declaration_id FOR UPDATE
"""
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


def debts_lock(work: Work, declaration_ids: Iterable[UUID]) -> dict[UUID, FiscalState]:
    """The fiscal states of declarations, locked in the order of their ids."""
    rows = work.fetch(STATES_SQL, [[str(one) for one in declaration_ids]])
    return {declaration_id: FiscalState(state) for declaration_id, state in rows}


def deferred_finalise(work: Work, states: Mapping[UUID, FiscalState], *, actor: Acting, at: datetime) -> list[UUID]:
    """Make the deferred ones of locked debts final, for their statement is paid; returns which they are.

    Source: domain.md K1 (DEFERRED becomes FINAL), F53.
    """
    ended = [one for one, state in states.items() if state is FiscalState.DEFERRED]
    for declaration_id in ended:
        final = FISCAL.next_state("make_final", FiscalState.DEFERRED)
        work.execute(MOVE_SQL, [final.value, 0, at, declaration_id])
        event_record(
            work,
            actor=actor,
            verb=Verb.FISCAL_STATE_CHANGED,
            subject_type="declaration",
            subject_id=str(declaration_id),
            before=FiscalState.DEFERRED.value,
            after=final.value,
            at=at,
        )
    return ended


def debt_fix(work: Work, debt: Debt, due: Mapping[str, int]) -> None:
    """Write the final figures of a locked debt, and that they are final; who decides them moves the money.

    Source: domain.md F55.

    Raises:
        TransitionRefused: the debt is not covered, or was made final before.
    """
    final = FISCAL.next_state("make_final", debt.state)
    owed = {authority: minor for authority, minor in due.items() if minor}
    work.execute(FIX_SQL, [final.value, sum(owed.values()), Json(owed), debt.at, debt.declaration_id])
