"""Baskets: put together, taken to a provider or to the bank, paid from the account, given up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fees.selectors.payable import Payable, debts_payable, demands_payable
from fees.services.demands import demands_lock, demands_pay, refusal_no_money
from fees.services.movements import balance_lock, debts_keep
from fees.states import DemandState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import Basket, BasketLine
from singlewindow.payments.rules.references import reference_make
from singlewindow.payments.selectors.baskets import busy_elsewhere, lines_of
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.states import BASKET, BasketState
from singlewindow.payments.types import Line, LineKind, Method

OPEN_FOR = timedelta(days=14)
"""How long money is waited for; what comes later is taken all the same (PY-BAS-08)."""
LINES_MOST = 100
TOP_UP_MOST = 10**14

BASKET_COLUMNS = (
    "id",
    "organisation_id",
    "currency",
    "total_minor",
    "reference",
    "state",
    "made_by",
    "made_at",
    "expires_at",
)
LINE_COLUMNS = ("basket_id", "kind", "demand_id", "declaration_id", "authority", "text", "amount_minor")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a trader wants to pay."""

    demands: Collection[UUID] = ()
    debts: Collection[UUID] = ()
    top_up_minor: int = 0
    top_up_currency: str = ""


def baskets_make(work: Work, *, chosen: Chosen, actor: Actor, at: datetime | None = None) -> list[UUID]:
    """Put together what an organisation pays at once: one basket for each currency.

    Source: docs/rules/payments.md, PY-BAS-01 to PY-BAS-04.

    Raises:
        NotPermitted: the actor may not pay.
        RuleViolated: PY-BAS-01 nothing or too much is chosen, PY-BAS-02 what is chosen cannot be paid by the
            organisation, PY-BAS-03 the amount of a top-up, PY-BAS-04 another basket pays it already.
    """
    actor.require(Permission.PAY)
    if actor.organisation_id is None:
        raise NotFound
    moment = at or clock.now()
    demands = demands_payable(actor.organisation_id, ids=chosen.demands) if chosen.demands else []
    debts = debts_payable(actor.organisation_id, ids=chosen.debts) if chosen.debts else []
    payable = [*demands, *debts]
    lines = [(one.currency, _line(one)) for one in payable]
    if chosen.top_up_minor:
        top_up = Line(LineKind.TOP_UP, chosen.top_up_minor, "Onto the prepaid account")
        lines.append((chosen.top_up_currency, top_up))
    findings = [*_missing(chosen, payable), *_unfit(chosen, lines)]
    findings += _taken(busy_elsewhere(None, [line for _, line in lines]))
    if findings:
        raise RuleViolated("The basket cannot be put together.", violations=findings)
    return [
        _make(work, currency, [line for own, line in lines if own == currency], actor, moment)
        for currency in sorted({currency for currency, _ in lines})
    ]


def _line(one: Payable) -> Line:
    if one.is_demand:
        return Line(LineKind.DEMAND, one.amount_minor, one.text, demand_id=one.id, authority=one.authority)
    return Line(LineKind.DEBT, one.amount_minor, f"Duty, taxes and charges of {one.mrn}", declaration_id=one.id)


def _missing(chosen: Chosen, payable: Iterable[Payable]) -> list[Violation]:
    found = {one.id for one in payable}
    return [
        Violation(
            "PY-BAS-02",
            f"/{name}/{place}",
            "There is nothing to be paid under this id.",
            "It may be paid or withdrawn; load the list again.",
            str(wanted),
        )
        for name, ids in (("demands", chosen.demands), ("declarations", chosen.debts))
        for place, wanted in enumerate(ids)
        if wanted not in found
    ]


def _unfit(chosen: Chosen, lines: Sequence[tuple[str, Line]]) -> list[Violation]:
    if chosen.top_up_minor and not 0 < chosen.top_up_minor < TOP_UP_MOST:
        return [Violation("PY-BAS-03", "/top_up/amount", "The amount must be positive.", "Correct the amount.")]
    asked = len(chosen.demands) + len(chosen.debts) + len(lines)
    if not asked:
        return [Violation("PY-BAS-01", "", "Nothing is chosen.", "Choose what to pay, or an amount to pay in.")]
    if asked > 2 * LINES_MOST:
        return [Violation("PY-BAS-01", "", f"At most {LINES_MOST} things are paid at once.", "Make two baskets.")]
    return []


def _taken(busy: Iterable[tuple[str, str]]) -> list[Violation]:
    return [
        Violation("PY-BAS-04", "", f"Another basket is paying this already: {text}.", "Open that one.", reference)
        for text, reference in busy
    ]


def _make(work: Work, currency: str, lines: Sequence[Line], actor: Actor, at: datetime) -> UUID:
    basket_id, total = uuid7(), sum(line.amount_minor for line in lines)
    reference, expires_at = reference_make(), at + OPEN_FOR
    state = BasketState.OPEN.value
    row = (basket_id, actor.organisation_id, currency, total, reference, state, actor.label, at, expires_at)
    work.insert(Basket, BASKET_COLUMNS, [row])
    rows = [
        (basket_id, line.kind.value, line.demand_id, line.declaration_id, line.authority, line.text, line.amount_minor)
        for line in lines
    ]
    work.insert(BasketLine, LINE_COLUMNS, rows)
    tell(
        work,
        verb=Verb.BASKET_MADE,
        subject_type="basket",
        subject_id=basket_id,
        data={"reference": reference, "amount": amount_text(total, currency), "currency": currency, "lines": len(rows)},
        actor=actor,
        at=at,
    )
    queue(work, "BasketExpiryDue", subject_id=str(basket_id), not_before=expires_at, actor=actor)
    return basket_id


def basket_lock(work: Work, basket_id: UUID, *, actor: Actor | None = None) -> Basket:
    """The basket, locked; with an actor only one of that actor's organisation. Raises NotFound."""
    work.flush()
    rows = Basket.objects.select_for_update(no_key=True).filter(pk=basket_id)
    row = rows.first()
    if row is None or (actor is not None and row.organisation_id != actor.organisation_id):
        raise NotFound
    return row


def basket_move(
    work: Work,
    basket: Basket,
    action: str,
    verb: Verb,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    **columns: str | int,
) -> None:
    """Take a step of a locked basket's life cycle, record it and tell the trader.

    Raises:
        TransitionRefused: there is no such step from where it is.
    """
    state = BASKET.next_state(action, BasketState(basket.state))
    basket.state, basket.reason = state.value, reason
    for name, value in columns.items():
        setattr(basket, name, value)
    if state not in (BasketState.PENDING, BasketState.PARTLY, BasketState.REVIEW):
        basket.settled_at = at
    basket.save(update_fields=["state", "reason", "settled_at", "method", "received_minor"])
    tell(
        work,
        verb=verb,
        subject_type="basket",
        subject_id=basket.pk,
        data={
            "reference": basket.reference,
            "state": state.value,
            "amount": amount_text(basket.total_minor, basket.currency),
            "received": amount_text(basket.received_minor, basket.currency),
            "currency": basket.currency,
            "reason": reason,
        },
        actor=actor,
        at=at,
        organisation_id=basket.organisation_id,
        feed=f"basket_{state.value}",
    )


def basket_send(work: Work, *, basket_id: UUID, method: Method, actor: Actor, at: datetime | None = None) -> Basket:
    """Take a basket to the bank or to a provider: from now on money for it is expected; returns it locked.

    Locks: the basket, the debts and the demands in it.
    Idempotent: one that is on its way already may be sent another way; nothing else changes.

    Raises:
        NotFound: the actor's organisation has none of this id.
        Conflict: PY-BAS-04, another basket pays a part of it already.
        TransitionRefused: it is paid or ended.
    """
    actor.require(Permission.PAY)
    moment = at or clock.now()
    basket = basket_lock(work, basket_id, actor=actor)
    if basket.state == BasketState.PENDING:
        basket.method = method.value
        basket.save(update_fields=["method"])
        return basket
    BASKET.transition("send", BasketState(basket.state))
    lines = lines_of(basket.pk)
    # Whoever sends another basket with the same debt or demand waits here, and then finds this one.
    debts_keep(work, [line.declaration_id for line in lines if line.declaration_id])
    demands_lock(work, [line.demand_id for line in lines if line.demand_id])
    busy = busy_elsewhere(basket.pk, lines)
    if busy:
        raise Conflict("Another basket is paying a part of this already.", violations=_taken(busy))
    basket_move(work, basket, "send", Verb.BASKET_SENT, actor=actor, at=moment, method=method.value)
    return basket


def basket_pay_from_account(*, basket_id: UUID, actor: Actor, at: datetime | None = None) -> None:
    """Pay a basket from the prepaid account at once, all of it or nothing.

    Demands are paid here; the debt of a declaration is taken by its release, which is asked for at once.

    Locks: the basket, its debts, its demands, then the account.

    Source: docs/rules/payments.md, PY-BAS-05, PY-BAS-06.

    Raises:
        NotFound: the actor's organisation has none of this id.
        RuleViolated: FE-DEM-03 the account does not cover it, PY-BAS-06 a top-up cannot come from the account itself.
        TransitionRefused: it is paid, on its way or ended, or a demand in it was withdrawn.
    """
    actor.require(Permission.PAY)
    moment = at or clock.now()
    with unit_of_work() as work:
        basket = basket_lock(work, basket_id, actor=actor)
        BASKET.transition("pay", BasketState(basket.state))
        lines = lines_of(basket.pk)
        if any(line.kind is LineKind.TOP_UP for line in lines):
            sentence = "The prepaid account cannot be filled from itself."
            raise RuleViolated(sentence, violations=[Violation("PY-BAS-06", "", sentence, "Pay by bank or card.")])
        debts = [line.declaration_id for line in lines if line.declaration_id]
        debts_keep(work, debts)
        demands = demands_lock(work, [line.demand_id for line in lines if line.demand_id])
        balance = balance_lock(work, basket.organisation_id, basket.currency)
        paid = {demand.id for demand in demands if demand.state is DemandState.PAID}
        needed = sum(line.amount_minor for line in lines if line.demand_id not in paid)
        if balance < needed:
            raise refusal_no_money(needed - balance, basket.currency)
        demands_pay(work, demands, payer_id=basket.organisation_id, actor=actor, at=moment)
        releases_ask(work, debts, actor)
        basket_move(work, basket, "pay", Verb.BASKET_PAID, actor=actor, at=moment, method=Method.ACCOUNT.value)


def releases_ask(work: Work, debts: Iterable[UUID], actor: Actor) -> None:
    """Have declarations looked at again whose money is there, before any other that waits for it."""
    for declaration_id in sorted(debts):
        queue(work, "MoneyAvailable", subject_id=str(declaration_id), actor=actor, priority=4)


def basket_cancel(*, basket_id: UUID, actor: Actor) -> None:
    """Give a basket up. Money that comes for it later is not lost: see PY-PRV-05 and PY-ST-11.

    Raises:
        NotFound: the actor's organisation has none of this id.
        TransitionRefused: it is paid or ended.
    """
    actor.require(Permission.PAY)
    with unit_of_work() as work:
        basket = basket_lock(work, basket_id, actor=actor)
        basket_move(work, basket, "cancel", Verb.BASKET_ENDED, actor=actor, at=clock.now())


def basket_expire(work: Work, job: JobContext) -> None:
    """End a basket for which nothing came in time. Idempotent: one that went on is left as it is."""
    basket = basket_lock(work, UUID(job.subject_id))
    if BasketState(basket.state) in (BasketState.OPEN, BasketState.PENDING):
        actor = system_actor("payments", conversation_id=job.conversation_id)
        basket_move(work, basket, "expire", Verb.BASKET_ENDED, actor=actor, at=clock.now())
