"""Money that came in: for a basket, onto an account, or into suspense. Every way in goes through here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fees.selectors.payable import AWAITED, debts_owed
from fees.services.accounts import credit_tell
from fees.services.demands import Asked, demands_lock, demands_pay
from fees.services.movements import AccountKey, Side, balance_lock, money_post
from fees.states import DemandState
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import Basket, SuspenseItem
from singlewindow.payments.selectors.baskets import lines_of
from singlewindow.payments.services.baskets import basket_move, releases_ask
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.states import BasketState, SuspenseState
from singlewindow.payments.types import Held, Line, Outcome

SUSPENSE_COLUMNS = (
    "id",
    "source",
    "currency",
    "amount_minor",
    "at",
    "origin",
    "reason",
    "basket_id",
    "reference",
    "text",
    "party_name",
    "party_iban",
    "state",
    "plan",
    "cleared_by",
    "cleared_why",
)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum that moved outside, and what was said with it."""

    source: str
    """The event that moves it: the ledger takes the same one only once."""
    amount_minor: int
    currency: str
    came_from: Side
    """The account that it came through, with the opposite amount."""
    origin: str
    reference: str = ""
    text: str = ""
    party_name: str = ""
    party_iban: str = ""
    opened: dict[AccountKey, UUID] = field(default_factory=dict)


def money_to_account(work: Work, money: Money, organisation_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Book a sum on a trader's prepaid account, and wake what waits for it.

    Idempotent: by the source of the money.
    """
    _credit(work, money, organisation_id, actor, at)
    queue(work, "AccountCredited", subject_id=str(organisation_id), actor=actor)


def _credit(work: Work, money: Money, organisation_id: UUID, actor: Actor, at: datetime) -> None:
    trader = Side("trader", money.amount_minor, organisation_id=organisation_id)
    reference = money.reference or money.source
    money_post(
        work,
        source=money.source,
        text=f"Payment received, reference {reference}",
        currency=money.currency,
        sides=[trader, money.came_from],
        actor=actor,
        at=at,
        opened=money.opened,
    )
    credit_tell(work, organisation_id, money.amount_minor, money.currency, reference, actor)


def money_to_suspense(
    work: Work, money: Money, why: Held, *, actor: Actor, at: datetime, basket: Basket | None = None
) -> UUID:
    """Keep a sum that nobody can place; a negative one is money that was taken back outside.

    Idempotent: by the source of the money.

    Source: docs/rules/payments.md, PY-SU-01.
    """
    suspense_id = uuid7()
    reference, text, name = money.reference[:35], money.text[:500], money.party_name[:140]
    row: tuple[object, ...] = (
        *(suspense_id, money.source, money.currency, money.amount_minor, at, money.origin, why.value),
        *(basket.pk if basket else None, reference, text, name, money.party_iban[:34]),
        *(SuspenseState.OPEN.value, {}, "", ""),
    )
    work.insert(SuspenseItem, SUSPENSE_COLUMNS, [row])
    money_post(
        work,
        source=money.source,
        text=f"Into suspense: {why.value}",
        currency=money.currency,
        sides=[Side("suspense", money.amount_minor), money.came_from],
        actor=actor,
        at=at,
        opened=money.opened,
    )
    tell(
        work,
        verb=Verb.SUSPENSE_HELD,
        subject_type="suspense",
        subject_id=suspense_id,
        data={
            "amount": amount_text(money.amount_minor, money.currency),
            "currency": money.currency,
            "origin": money.origin,
            "reason": why.value,
            "basket": str(basket.pk) if basket else "",
        },
        actor=actor,
        at=at,
    )
    return suspense_id


def basket_receive_exact(work: Work, basket: Basket, money: Money, *, actor: Actor, at: datetime) -> Held | None:
    """Take what a provider says that it took for a locked basket; anything that does not fit is held for review.

    Nothing is believed: amount, currency, state of the basket and what it pays for are compared with what stands here.

    Locks: the demands of the basket, then the account.

    Source: docs/rules/payments.md, PY-PRV-04, PY-PRV-05.
    """
    lines = lines_of(basket.pk)
    demands = demands_lock(work, [line.demand_id for line in lines if line.demand_id])
    why = _misfit(basket, money, lines, demands)
    if why is None:
        _take(work, basket, money, lines, demands, actor, at)
        return None
    money_to_suspense(work, money, why, actor=actor, at=at, basket=basket)
    basket_hold(work, basket, why, actor=actor, at=at)
    return why


def basket_hold(work: Work, basket: Basket, why: Held, *, actor: Actor, at: datetime) -> None:
    """Hold a locked basket for review and tell its trader why; one that is paid stays paid."""
    if BasketState(basket.state) not in (BasketState.PAID, BasketState.REVIEW):
        basket_move(work, basket, "hold", Verb.BASKET_HELD, actor=actor, at=at, reason=why.value)
        return
    tell(
        work,
        verb=Verb.BASKET_HELD,
        subject_type="basket",
        subject_id=basket.pk,
        data={"reference": basket.reference, "state": basket.state, "reason": why.value},
        actor=actor,
        at=at,
        organisation_id=basket.organisation_id,
        feed="basket_review",
    )


def _misfit(basket: Basket, money: Money, lines: Sequence[Line], demands: Sequence[Asked]) -> Held | None:
    state = BasketState(basket.state)
    if state in (BasketState.PAID, BasketState.REVIEW):
        return Held.TWICE
    if state is BasketState.CANCELLED:
        return Held.CANCELLED
    if money.currency != basket.currency:
        return Held.CURRENCY
    missing = basket.total_minor - basket.received_minor
    if money.amount_minor != missing:
        return Held.SHORT if money.amount_minor < missing else Held.OVER
    return Held.GONE if _gone(lines, demands) else None


def _gone(lines: Sequence[Line], demands: Sequence[Asked]) -> bool:
    """Whether something that the basket pays for was withdrawn or ended since."""
    if any(demand.state in (DemandState.CANCELLED, DemandState.REMITTED) for demand in demands):
        return True
    debts = [line.declaration_id for line in lines if line.declaration_id]
    return len(debts_owed(debts)) < len(debts)


def basket_receive_any(
    work: Work,
    basket: Basket,
    money: Money,
    *,
    actor: Actor,
    at: datetime,
) -> Outcome:
    """Take a bank transfer that bears a locked basket's reference: whose it is, is known, so all of it is booked.

    A part stays on the account until the rest comes; what is too much, late or in another currency stays there.

    Locks: the demands of the basket, then the account.

    Source: docs/rules/payments.md, PY-ST-10, PY-ST-11.
    """
    state, lines = BasketState(basket.state), lines_of(basket.pk)
    waiting = state in (BasketState.OPEN, BasketState.PENDING, BasketState.PARTLY, BasketState.EXPIRED)
    if not waiting or money.currency != basket.currency:
        money_to_account(work, money, basket.organisation_id, actor=actor, at=at)
        return Outcome.ACCOUNT
    demands = demands_lock(work, [line.demand_id for line in lines if line.demand_id])
    if basket.received_minor + money.amount_minor >= basket.total_minor:
        over = basket.received_minor + money.amount_minor > basket.total_minor
        _take(work, basket, money, lines, demands, actor, at)
        if over:  # what is left is for whatever else waits
            queue(work, "AccountCredited", subject_id=str(basket.organisation_id), actor=actor)
        return Outcome.BASKET
    _credit(work, money, basket.organisation_id, actor, at)
    received = basket.received_minor + money.amount_minor
    if state is BasketState.PARTLY:
        basket.received_minor = received
        basket.save(update_fields=["received_minor"])
    else:
        basket_move(work, basket, "pay_in_part", Verb.BASKET_PARTLY_PAID, actor=actor, at=at, received_minor=received)
    return Outcome.BASKET


def _take(
    work: Work,
    basket: Basket,
    money: Money,
    lines: Sequence[Line],
    demands: Sequence[Asked],
    actor: Actor,
    at: datetime,
) -> None:
    """Book the money on the trader's account and pay from there what the basket is for, in this order.

    Where an earlier part was used for something else meanwhile, the basket is not paid and says so (PY-BAS-09).
    """
    _credit(work, money, basket.organisation_id, actor, at)
    work.flush()  # what came in must stand on the account before the demands are taken from it
    received = basket.received_minor + money.amount_minor
    if basket_lines_pay(work, basket, lines, demands, actor=actor, at=at):
        basket_move(work, basket, "pay", Verb.BASKET_PAID, actor=actor, at=at, received_minor=received)
    elif basket.state == BasketState.PARTLY:
        _used(work, basket, received, actor, at)
    else:
        why, verb = Held.USED.value, Verb.BASKET_PARTLY_PAID
        basket_move(work, basket, "pay_in_part", verb, actor=actor, at=at, reason=why, received_minor=received)


def _used(work: Work, basket: Basket, received: int, actor: Actor, at: datetime) -> None:
    basket.received_minor, basket.reason = received, Held.USED.value
    basket.save(update_fields=["received_minor", "reason"])
    tell(
        work,
        verb=Verb.BASKET_PARTLY_PAID,
        subject_type="basket",
        subject_id=basket.pk,
        data={"reference": basket.reference, "state": basket.state, "reason": basket.reason},
        actor=actor,
        at=at,
        organisation_id=basket.organisation_id,
        feed="basket_partly",
    )


def baskets_resume(work: Work, job: JobContext) -> None:
    """Pay what waits in baskets whose money was used for something else, now that the account may hold enough.

    Locks: the baskets, their demands, then the account.

    Idempotent: a basket is paid once; one that the account does not bear is left as it is.

    Source: docs/rules/payments.md, PY-BAS-09.
    """
    waiting = Basket.objects.filter(organisation_id=job.subject_id, state=BasketState.PARTLY, reason=Held.USED)
    baskets = list(waiting.select_for_update(no_key=True).order_by("pk"))
    lines = {basket.pk: lines_of(basket.pk) for basket in baskets}
    asked = demands_lock(work, [line.demand_id for own in lines.values() for line in own if line.demand_id])
    actor, now = system_actor("payments", conversation_id=job.conversation_id), clock.now()
    for basket in baskets:
        ids = {line.demand_id for line in lines[basket.pk]}
        own = [demand for demand in asked if demand.id in ids]
        if basket_lines_pay(work, basket, lines[basket.pk], own, actor=actor, at=now):
            basket_move(work, basket, "pay", Verb.BASKET_PAID, actor=actor, at=now)
        work.flush()


def basket_lines_pay(
    work: Work,
    basket: Basket,
    lines: Sequence[Line],
    demands: Sequence[Asked],
    *,
    actor: Actor,
    at: datetime,
) -> bool:
    """Pay the demands of a basket that are still open and ask for the releases that waited for it; whether it bore all.

    Where the account does not hold all of it, because another act took a part meanwhile, nothing is paid.

    Locks: the account, after the demands.
    """
    open_ = [demand for demand in demands if demand.state is DemandState.OPEN]
    debts = [line.declaration_id for line in lines if line.declaration_id]
    owed = sum(total for state, total in debts_owed(debts).values() if state in AWAITED) if debts else 0
    needed = owed + sum(demand.amount_minor for demand in open_)
    if balance_lock(work, basket.organisation_id, basket.currency) < needed:
        return False
    demands_pay(work, open_, payer_id=basket.organisation_id, actor=actor, at=at)
    releases_ask(work, debts, actor)
    if len(debts) < len(lines) - len(demands):  # a top-up is for whatever waits
        queue(work, "AccountCredited", subject_id=str(basket.organisation_id), actor=actor)
    return True
