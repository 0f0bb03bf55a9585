"""Paying the statement of a month as one sum, with the interest that ran."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from fees.services.demands import demand_make, demands_pay, refusal_no_money
from fees.services.finality import debts_lock, deferred_finalise
from fees.states import DemandState, FiscalState
from fees.types import DemandKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.guarantees.services.drawing import guarantee_replenish, guarantee_reserve
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.revenue.models import Deferment, Statement, StatementLine
from singlewindow.revenue.rules.interest import interest_on
from singlewindow.revenue.services.deferments import PURPOSE, deferment_step
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.services.statements import (
    CUSTOMS,
    DAY,
    OVERDUE,
    USED_SQL,
    Locked,
    statement_lock,
    statement_tell,
)
from singlewindow.revenue.states import STATEMENT, DefermentState, StatementState
from singlewindow.revenue.types import Interest


def statement_pay(*, statement_id: UUID, actor: Actor, at: datetime | None = None) -> int:
    """Pay a closed statement from the prepaid account of its holder; returns the minor units paid.

    Its demand is paid as by any basket: one transaction of the ledger settles the receivable. Then the limit is free
    again and every deferred debt on it is final. Paid late, the interest is demanded, and a deferment that was
    suspended for it is in force again.

    Locks: the fiscal statuses of its declarations, its demand, the guarantee, the deferment, the statement, then the
    account.

    Idempotent: a paid statement is left as it is and answers with what was paid.

    Source: docs/rules/revenue.md, RV-STM-03, RV-INT-04, RV-DEF-09.

    Raises:
        NotPermitted: the actor may not pay.
        NotFound: it is none of the actor's organisation.
        TransitionRefused: it is still open.
        RuleViolated: FE-DEM-03, the account does not hold it.
    """
    actor.require(Permission.PAY)
    moment = at or clock.now()
    with unit_of_work() as work:
        if not Statement.objects.filter(pk=statement_id, deferment__holder_id=actor.organisation_id).exists():
            raise NotFound
        states, locked = _locked(work, statement_id)
        row = locked.statement
        if row.state == StatementState.PAID.value:
            return row.paid_minor or 0
        STATEMENT.transition("pay", row.state)
        if locked.total_minor:
            _pay_demand(work, locked, actor, moment)
        _settle(work, locked, states, actor, moment)
    return locked.total_minor


def statement_was_paid(work: Work, statement_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Settle a statement whose demand was paid in a basket; the money moved there, once and for good.

    Locks: the fiscal statuses of its declarations, its demand, the guarantee, the deferment, the statement.

    Idempotent: a paid statement is left as it is.

    Source: RV-STM-07 (domain.md F51, F53).
    """
    states, locked = _locked(work, statement_id)
    if locked.paid_for and locked.statement.state != StatementState.PAID.value:
        _settle(work, locked, states, actor, at)


def _locked(work: Work, statement_id: UUID) -> tuple[dict[UUID, FiscalState], Locked]:
    ids = StatementLine.objects.filter(statement_id=statement_id).values_list("declaration_id", flat=True)
    states = debts_lock(work, set(ids))
    return states, statement_lock(work, statement_id)


def _pay_demand(work: Work, locked: Locked, actor: Actor, at: datetime) -> None:
    if locked.asked is None:
        raise Conflict("Nothing was asked for this statement.")
    if locked.asked.state is DemandState.OPEN:
        missing = demands_pay(work, [locked.asked], payer_id=locked.deferment.holder_id, actor=actor, at=at)
        if missing:
            raise refusal_no_money(missing, locked.deferment.currency)


def _settle(work: Work, locked: Locked, states: dict[UUID, FiscalState], actor: Actor, at: datetime) -> None:
    """The limit is free, what was deferred is final, and what was late has its interest."""
    row = locked.statement
    row.state = STATEMENT.next_state("pay", row.state).value
    row.paid_at, row.paid_minor = at, locked.total_minor
    row.save(update_fields=["state", "paid_at", "paid_minor"])
    work.execute(USED_SQL, [locked.total_minor, at, locked.deferment.pk])
    final = deferred_finalise(work, states, actor=actor, at=at)
    for declaration_id in sorted(final):
        queue(work, "DebtsFinal", subject_id=str(declaration_id), actor=actor)
    statement_tell(work, locked, Verb.MONTH_PAID, "statement.paid", actor=actor, at=at)
    _late(work, locked, actor, at)
    queue(work, "AccountCredited", subject_id=str(locked.deferment.holder_id), actor=actor)  # the limit is free


def _late(work: Work, locked: Locked, actor: Actor, at: datetime) -> None:
    """Interest of the days it was late, the guarantee made whole, the deferment in force again."""
    paid_on = country_day(at)
    interest = interest_so_far(locked, paid_on)
    if interest is not None:
        _demand(work, locked, interest, actor, at)
    row, deferment = locked.statement, locked.deferment
    if row.called_minor:
        reason = f"Statement {locked.month} was paid"
        guarantee_replenish(
            work, subject_id=deferment.pk, amount_minor=row.called_minor, actor=actor, at=at, reason=reason
        )
        if not _reserved_again(work, deferment, paid_on, actor, at):
            return
    overdue = deferment.statements.filter(state=StatementState.OVERDUE.value).exclude(pk=row.pk)
    suspended = deferment.state == DefermentState.SUSPENDED.value and deferment.reason == OVERDUE
    if suspended and not overdue.exists():
        deferment_step(work, deferment.pk, "resume", actor=actor, reason="What was overdue is paid.")


def _reserved_again(work: Work, deferment: Deferment, on: date, actor: Actor, at: datetime) -> bool:
    """Set the whole limit aside on the guarantee again; whether it bears it. If not, the deferment stays suspended."""
    try:
        guarantee_reserve(
            work,
            grn=deferment.grn,
            access_code=None,
            holder_ids=[deferment.holder_id],
            subject_id=deferment.pk,
            purpose=PURPOSE,
            amount_minor=deferment.limit_minor,
            currency=deferment.currency,
            on=on,
            actor=actor,
            at=at,
        )
    except RuleViolated:
        return False
    return True


def interest_so_far(locked: Locked, on: date) -> Interest | None:
    """Interest on a statement for the days after it was due up to one; none below what is asked for (RV-INT-04)."""
    return interest_of(locked.total_minor, locked.deferment.currency, locked.statement.due_on, on)


def interest_of(minor: int, currency: str, due_on: date, on: date) -> Interest | None:
    """Interest on a sum for the days after it was due up to one; none below what is asked for (RV-INT-04)."""
    scheme = scheme_required(on)
    interest = interest_on(
        from_minor(minor, currency),
        currency,
        first=due_on + DAY,
        last=on,
        rates=scheme.interest_rates,
        day_count=scheme.interest_day_count,
    )
    return interest if interest.amount > 0 and interest.amount >= Decimal(scheme.interest_minimum) else None


def _demand(work: Work, locked: Locked, interest: Interest, actor: Actor, at: datetime) -> None:
    scheme, currency = scheme_required(country_day(at)), locked.deferment.currency
    demand_make(
        work,
        source=f"interest:statement:{locked.statement.pk}",
        kind=DemandKind.INTEREST,
        organisation_id=locked.deferment.holder_id,
        authority=CUSTOMS,
        amount_minor=to_minor(interest.amount, currency),
        currency=currency,
        text=f"Interest on statement {locked.month}: {interest.formula}"[:200],
        law=scheme.interest_law,
        subject_type="statement",
        subject_id=str(locked.statement.pk),
        event_on=country_day(at),
        actor=actor,
        at=at,
    )
