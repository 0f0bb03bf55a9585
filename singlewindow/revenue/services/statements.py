"""The statement of a month: it closes and is told, falls overdue, or changes with a declaration on it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from fees.selectors.lines import demands_of
from fees.services.accounts import amount_text
from fees.services.demands import Asked, demand_end, demand_make, demands_lock
from fees.services.movements import Side, money_post, sources_posted
from fees.states import DemandState
from fees.types import DemandKind
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.services.drawing import guarantee_convert, guarantees_lock
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound
from singlewindow.revenue.models import Deferment, Statement, StatementLine
from singlewindow.revenue.rules.months import day_begins
from singlewindow.revenue.services.deferments import PURPOSE, deferment_step
from singlewindow.revenue.services.deferral import LINE_COLUMNS
from singlewindow.revenue.services.scheme import scheme_required, zone_of
from singlewindow.revenue.states import STATEMENT, DefermentState, StatementState

OVERDUE = "A statement is overdue."
"""Why a deferment is suspended by the window itself; paid, it is in force again."""

TOTAL_SQL = "SELECT coalesce(sum(amount_minor), 0) FROM revenue_statementline WHERE statement_id = %s"
CUSTOMS = "CUS"
"""The authority that a statement and its interest are paid to."""
USED_SQL = "UPDATE revenue_deferment SET used_minor = used_minor - %s, changed_at = %s WHERE id = %s"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Locked:
    """A statement, its deferment and the demand for it, all locked, and what stands on it."""

    deferment: Deferment
    statement: Statement
    total_minor: int
    asked: Asked | None = None
    """The demand for its sum, from its closing on."""

    @property
    def paid_for(self) -> bool:
        """Whether its money came, also where the statement does not say so yet."""
        return self.asked is not None and self.asked.state is DemandState.PAID

    @property
    def month(self) -> str:
        """Its month, as it is told."""
        return f"{self.statement.month:%Y-%m}"


def statement_lock(work: Work, statement_id: UUID) -> Locked:
    """A statement with its deferment and its sum.

    Locks: the demands for it, the guarantee that stands behind the deferment, the deferment, the statement.

    Raises:
        NotFound: there is none.
        Conflict: it was asked for anew while this waited for its locks; a job is tried again.
    """
    known = Deferment.objects.filter(statements__pk=statement_id).values_list("pk", "grn").first()
    if known is None:
        raise NotFound
    deferment_id, grn = known
    ids = demands_of(DemandKind.STATEMENT, str(statement_id))
    demands = demands_lock(work, ids)
    if grn:
        guarantees_lock(work, [grn])
    deferment = Deferment.objects.select_for_update().get(pk=deferment_id)
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    if demands_of(DemandKind.STATEMENT, str(statement_id)) != ids:
        raise Conflict("The statement was changed at the same time.")
    ((total,),) = work.fetch(TOTAL_SQL, [statement_id])
    asked = next((one for one in demands if one.state in (DemandState.OPEN, DemandState.PAID)), None)
    return Locked(deferment, statement, int(total), asked)


def statement_close(work: Work, job: JobContext) -> None:
    """Close the statement of a month that is over, tell its sum and its day, and set the timer of that day.

    A debt that is being deferred at the same time is on it or on the next: both take the deferment's lock.

    Locks: the guarantee, the deferment, the statement.

    Idempotent: a statement closes once.

    Source: docs/rules/revenue.md, RV-STM-01, RV-STM-02.
    """
    locked = statement_lock(work, UUID(job.subject_id))
    row, now = locked.statement, clock.now()
    if row.state != StatementState.OPEN.value:
        return
    row.state = STATEMENT.next_state("close", row.state).value
    row.closed_at, row.closed_minor = now, locked.total_minor
    row.save(update_fields=["state", "closed_at", "closed_minor"])
    actor = system_actor("revenue", conversation_id=job.conversation_id)
    statement_tell(work, locked, Verb.MONTH_CLOSED, "statement.closed", actor=actor, at=now)
    _ask(work, locked, actor, now)
    _timer(work, locked, "overdue", row.due_on + DAY, actor)


def _ask(work: Work, locked: Locked, actor: Actor, at: datetime) -> None:
    """Demand what is to be paid for a month: paid in whatever way, the money goes to the receivable once (RV-STM-07).

    Idempotent: by the statement and what was asked for it before.
    """
    if locked.total_minor <= 0:
        return
    row, number = locked.statement, len(demands_of(DemandKind.STATEMENT, str(locked.statement.pk)))
    demand_make(
        work,
        source=f"statement:{row.pk}:{number}",
        kind=DemandKind.STATEMENT,
        organisation_id=locked.deferment.holder_id,
        authority=CUSTOMS,
        amount_minor=locked.total_minor,
        currency=locked.deferment.currency,
        text=f"Statement {locked.month} of {locked.deferment.number}",
        law=scheme_required(row.due_on).determination_law,
        subject_type="statement",
        subject_id=str(row.pk),
        event_on=row.due_on,
        due_on=row.due_on,
        actor=actor,
        at=at,
    )


def statement_due(work: Work, job: JobContext) -> None:
    """Do what the day asks of a statement that is not paid: overdue, reminded, called from its guarantee.

    Overdue, its interest runs and nothing more is deferred until it is paid.

    Locks: the guarantee, the deferment, the statement.

    Idempotent: it is one job for each step, and a paid statement is left alone.

    Source: RV-STM-04 (overdue), RV-STM-05 (called from the guarantee).
    """
    locked = statement_lock(work, UUID(job.subject_id))
    actor = system_actor("revenue", conversation_id=job.conversation_id)
    row, step = locked.statement, str(job.payload["step"])
    if locked.paid_for or row.state not in {StatementState.DUE.value, StatementState.OVERDUE.value}:
        return
    if step == "overdue" and row.state == StatementState.DUE.value:
        _fall_overdue(work, locked, actor)
    elif step == "remind":
        _remind(work, locked)
    elif step == "call":
        _call(work, locked, actor)


def _fall_overdue(work: Work, locked: Locked, actor: Actor) -> None:
    row, scheme = locked.statement, scheme_required(locked.statement.due_on)
    row.state = STATEMENT.next_state("fall_overdue", row.state).value
    row.save(update_fields=["state"])
    statement_tell(work, locked, Verb.MONTH_OVERDUE, "statement.overdue", actor=actor, at=clock.now())
    if locked.deferment.state == DefermentState.ACTIVE.value:
        deferment_step(work, locked.deferment.pk, "suspend", actor=actor, reason=OVERDUE)
    for days in scheme.statement_reminder_days:
        _timer(work, locked, "remind", row.due_on + timedelta(days=days + 1), actor)
    if locked.deferment.grn:
        _timer(work, locked, "call", row.due_on + timedelta(days=scheme.guarantee_call_days), actor)


def _remind(work: Work, locked: Locked) -> None:
    party_event_publish(
        work,
        organisation_ids=[locked.deferment.holder_id],
        type="statement.reminder",
        subject_id=str(locked.statement.pk),
        data=_data(locked),
    )


def _call(work: Work, locked: Locked, actor: Actor) -> None:
    """Take the sum from what the guarantee holds for the deferment; the guarantor pays it as the holder would."""
    row, now = locked.statement, clock.now()
    wanted = locked.total_minor - row.called_minor
    if wanted <= 0:
        return
    reason = f"Statement {locked.month} of {locked.deferment.number} is overdue"
    taken = guarantee_convert(
        work,
        subject_id=locked.deferment.pk,
        purpose=PURPOSE,
        amount_minor=wanted,
        actor=actor,
        at=now,
        reason=reason,
    )
    row.called_minor += taken
    row.save(update_fields=["called_minor"])
    called: dict[str, JsonValue] = {
        "called": amount_text(taken, locked.deferment.currency),
        "guarantee": locked.deferment.grn,
    }
    statement_tell(work, locked, Verb.MONTH_OVERDUE, "statement.called", actor=actor, at=now, more=called)


def statement_correct(work: Work, job: JobContext) -> None:
    """Write on its statement what a change took back of a deferred debt; once it is paid, the holder gets it back.

    A demand that is open is taken back and made anew with what is left to be paid.

    Locks: the demand, the guarantee, the deferment, the statement, then the account.

    Idempotent: by the source of the change, on the statement and in the ledger.

    Source: RV-STM-06 (domain.md K11).
    """
    declaration_id, source = UUID(job.subject_id), str(job.payload["source"])
    back = -int(job.payload["delta"])
    line = StatementLine.objects.filter(source=f"defer:{declaration_id}").first()
    if line is None or back <= 0 or StatementLine.objects.filter(source=source).exists():
        return
    locked = statement_lock(work, line.statement_id)
    if sources_posted(work, [_source(source)]):
        return
    actor = system_actor("revenue", conversation_id=job.conversation_id)
    now = clock.now()
    if locked.paid_for or locked.statement.state == StatementState.PAID.value:
        _give_back(work, locked, line, back, source, actor, now)
    else:
        parts = job.payload.get("parts", [])
        row = (locked.statement.pk, declaration_id, line.mrn, now, -back, parts, source)
        work.insert(StatementLine, LINE_COLUMNS, [row])
        work.execute(USED_SQL, [back, now, locked.deferment.pk])
        if locked.asked is not None:
            demand_end(work, locked.asked, "cancel", reason=f"{line.mrn} was changed", actor=actor, at=now)
            _ask(work, replace(locked, total_minor=locked.total_minor - back), actor, now)
    event_record(
        work,
        actor=actor,
        verb=Verb.DEFERRED_CHANGED,
        subject_type="declaration",
        subject_id=str(declaration_id),
        data={"mrn": line.mrn, "back": amount_text(back, locked.deferment.currency), "statement": locked.month},
        at=now,
    )


def _give_back(
    work: Work, locked: Locked, line: StatementLine, back: int, source: str, actor: Actor, at: datetime
) -> None:
    """The statement was paid before the change was written on it: what was too much goes to the prepaid account."""
    holder, currency = locked.deferment.holder_id, locked.deferment.currency
    money_post(
        work,
        source=_source(source),
        text=f"Change of {line.mrn} after its statement was paid",
        currency=currency,
        sides=[Side("trader", back, holder), Side("receivable", -back, holder)],
        actor=actor,
        at=at,
        declaration_id=line.declaration_id,
        mrn=line.mrn,
    )


def _source(source: str) -> str:
    return f"correct:{source}"[:100]


def statement_tell(
    work: Work,
    locked: Locked,
    verb: Verb,
    type_: str,
    *,
    actor: Actor,
    at: datetime,
    more: dict[str, JsonValue] | None = None,
) -> None:
    """One event, and one line in the feed of the holder."""
    data = _data(locked) | (more or {})
    subject_id = str(locked.statement.pk)
    event_record(work, actor=actor, verb=verb, subject_type="statement", subject_id=subject_id, data=data, at=at)
    party_event_publish(
        work, organisation_ids=[locked.deferment.holder_id], type=type_, subject_id=subject_id, data=data, at=at
    )


def _data(locked: Locked) -> dict[str, JsonValue]:
    return {
        "deferment": locked.deferment.number,
        "month": locked.month,
        "state": locked.statement.state,
        "total": amount_text(locked.total_minor, locked.deferment.currency),
        "currency": locked.deferment.currency,
        "due_on": locked.statement.due_on.isoformat(),
    }


def _timer(work: Work, locked: Locked, step: str, on: date, actor: Actor) -> None:
    statement_id = str(locked.statement.pk)
    queue(
        work,
        "StatementDue",
        subject_id=statement_id,
        payload={"step": step},
        dedup=f"{statement_id}:{step}:{on.isoformat()}",
        not_before=day_begins(on, zone_of(on)),
        actor=actor,
    )
