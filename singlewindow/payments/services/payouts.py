"""Money that is paid out: ordered, collected into one file each, confirmed by the bank or come back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fees.services.accounts import credit_tell
from fees.services.movements import Side, balance_lock, money_post
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import BankAccount, PayoutFile, PayoutOrder
from singlewindow.payments.rules.pain import Order, Payer, orders_write
from singlewindow.payments.rules.references import iban_read
from singlewindow.payments.services.receiving import Money, money_to_suspense
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.states import PAYOUT, PayoutState
from singlewindow.payments.treasury import treasury
from singlewindow.payments.types import Held

OUT = "OUT"
"""The clearing account of money that was ordered to be paid and has not left the bank yet."""
FILE_MOST = 5_000
REST = timedelta(days=3)
"""How long a bank account that takes the place of another rests, so that who did not change it can speak (PY-PO-08)."""

ORDER_SQL = """
INSERT INTO payments_payoutorder (id, source, organisation_id, currency, amount_minor, end_to_end_id, text, creditor,
    iban, state, ordered_by, ordered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'ordered', %s, %s)
ON CONFLICT (source) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a payment goes when it is not the trader's own bank account."""

    creditor: str
    iban: str


def payout_order(
    work: Work,
    *,
    organisation_id: UUID,
    amount_minor: int,
    currency: str,
    source: str,
    text: str,
    actor: Actor,
    at: datetime | None = None,
) -> UUID:
    """Take money from a trader's prepaid account and order it to be paid to the bank account that the trader named.

    Until a bank account is named the order waits; the money has left the prepaid account.

    Locks: the account.
    Idempotent: by the source; asked again, the order that stands is the answer.

    Source: docs/rules/payments.md, PY-PO-01, PY-PO-02.

    Raises:
        RuleViolated: PY-PO-02, the amount is not positive or the account does not hold it.
    """
    moment = at or clock.now()
    order_id = _ordered(work, source, organisation_id, currency, amount_minor, text, None, actor, moment)
    if order_id is None:
        return PayoutOrder.objects.values_list("pk", flat=True).get(source=source)
    balance = balance_lock(work, organisation_id, currency)
    if balance < amount_minor:
        missing = amount_text(amount_minor - balance, currency)
        sentence = f"The prepaid account lacks {missing} {currency}."
        raise RuleViolated(sentence, violations=[Violation("PY-PO-02", "/amount", sentence, "Pay out less.", missing)])
    taken = Side("trader", -amount_minor, organisation_id=organisation_id)
    _post(
        work,
        f"payout:{order_id}",
        text,
        currency,
        [taken, Side("clearing", amount_minor, authority=OUT)],
        actor,
        moment,
    )
    return order_id


def payout_request(*, amount_minor: int, currency: str, key: UUID, actor: Actor) -> UUID:
    """Order money from the prepaid account of the actor's organisation to the bank account that it named.

    Locks: the account.
    Idempotent: by the key of the form: a second click is the first one again.

    Source: docs/rules/payments.md, PY-PO-07.

    Raises:
        NotPermitted: the actor may not.
        RuleViolated: PY-PO-02, PY-PO-03, no bank account is named.
    """
    actor.require(Permission.PAY)
    if actor.organisation_id is None:
        raise NotFound
    if not BankAccount.objects.filter(organisation_id=actor.organisation_id).exists():
        sentence = "Name your bank account first."
        raise RuleViolated(sentence, violations=[Violation("PY-PO-03", "/iban", sentence)])
    with unit_of_work() as work:
        return payout_order(
            work,
            organisation_id=actor.organisation_id,
            amount_minor=amount_minor,
            currency=currency,
            source=f"request:{actor.organisation_id}:{key}",
            text="From the prepaid account",
            actor=actor,
        )


def payout_from_suspense(
    work: Work,
    *,
    amount_minor: int,
    currency: str,
    source: str,
    text: str,
    target: Target,
    actor: Actor,
    at: datetime,
) -> UUID:
    """Order money of suspense back to where it came from; the caller has the item locked and ends it.

    Idempotent: by the source.
    """
    order_id = _ordered(work, source, None, currency, amount_minor, text, target, actor, at)
    if order_id is None:
        raise Conflict("It was sent back before.")
    sides = [Side("suspense", -amount_minor), Side("clearing", amount_minor, authority=OUT)]
    _post(work, f"payout:{order_id}", text, currency, sides, actor, at)
    return order_id


def _ordered(
    work: Work,
    source: str,
    organisation_id: UUID | None,
    currency: str,
    amount_minor: int,
    text: str,
    target: Target | None,
    actor: Actor,
    at: datetime,
) -> UUID | None:
    """The id of a new order; none where the source has ordered before."""
    if amount_minor <= 0:
        sentence = "The amount to be paid out must be positive."
        raise RuleViolated(sentence, violations=[Violation("PY-PO-02", "/amount", sentence)])
    work.flush()
    order_id = uuid7()
    to = (target.creditor[:70], target.iban) if target else ("", "")
    row = [order_id, source, organisation_id, currency, amount_minor, f"CSW{order_id.hex}"[:35], text[:140], *to]
    if not work.fetch(ORDER_SQL, [*row, actor.label, at]):
        return None
    tell(
        work,
        verb=Verb.PAYOUT_ORDERED,
        subject_type="payout",
        subject_id=order_id,
        data={"amount": amount_text(amount_minor, currency), "currency": currency, "text": text[:140]},
        actor=actor,
        at=at,
        organisation_id=organisation_id,
        feed="payout_ordered",
    )
    return order_id


def _post(work: Work, source: str, text: str, currency: str, sides: Sequence[Side], actor: Actor, at: datetime) -> None:
    money_post(work, source=source, text=text, currency=currency, sides=sides, actor=actor, at=at)


def bank_account_name(*, iban: str, holder: str, actor: Actor, at: datetime | None = None) -> None:
    """Name the bank account to which an organisation wants to be paid; the newest one counts for what is not filed yet.

    Raises:
        NotPermitted: the actor may not.
        RuleViolated: PY-PO-03, the number is not a valid IBAN.
    """
    actor.require(Permission.PAY)
    if actor.organisation_id is None:
        raise NotFound
    found, moment = iban_read(iban), at or clock.now()
    if not found or not holder.strip():
        sentence = "The check digits of this IBAN are wrong." if holder.strip() else "Name the holder of the account."
        pointer = "/holder" if found else "/iban"
        raise RuleViolated(sentence, violations=[Violation("PY-PO-03", pointer, sentence, "Copy it from your bank.")])
    with unit_of_work() as work:
        columns = ("id", "organisation_id", "iban", "holder", "named_by", "named_at")
        row = (uuid7(), actor.organisation_id, found, holder.strip()[:70], actor.label, moment)
        work.insert(BankAccount, columns, [row])
        tell(
            work,
            verb=Verb.BANK_ACCOUNT_NAMED,
            subject_type="organisation",
            subject_id=actor.organisation_id,
            data={"iban_ends": found[-4:]},
            actor=actor,
            at=moment,
            organisation_id=actor.organisation_id,
            feed="bank_account_named",
        )


def payouts_file(*, currency: str, actor: Actor, at: datetime | None = None) -> UUID:
    """Collect every order of a currency that waits and has a bank account into one file for the bank.

    Locks: the orders, in the order of their ids: an order is in exactly one file ever.

    Source: docs/rules/payments.md, PY-PO-04 to PY-PO-06, PY-PO-08.

    Raises:
        NotPermitted: the actor may not.
        Conflict: nothing waits.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    moment, payer = at or clock.now(), treasury().get(currency)
    if payer is None:
        raise NotFound
    with unit_of_work() as work:
        waiting = PayoutOrder.objects.select_for_update(no_key=True).filter(
            state=PayoutState.ORDERED.value, currency=currency
        )
        ready = _addressed(list(waiting.order_by("pk")[:FILE_MOST]), moment)
        if not ready:
            raise Conflict("No payment order waits that has a bank account.")
        file_id = uuid7()
        message_id = f"CSW{file_id.hex}"[:35]
        orders = [Order(one.end_to_end_id, one.amount_minor, one.creditor, one.iban, one.text) for one in ready]
        body = orders_write(
            message_id=message_id,
            at=moment,
            payer=Payer(payer.holder, payer.iban, payer.bic),
            currency=currency,
            orders=orders,
        )
        total = sum(one.amount_minor for one in ready)
        file = PayoutFile.objects.create(
            id=file_id,
            message_id=message_id,
            currency=currency,
            count=len(ready),
            total_minor=total,
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
            made_by=actor.label,
            made_at=moment,
        )
        for one in ready:
            one.file = file
            _move(work, one, "file", Verb.PAYOUT_FILED, actor, moment)
    return file_id


def _addressed(orders: Sequence[PayoutOrder], at: datetime) -> list[PayoutOrder]:
    """The orders that have a bank account, with the newest one that their trader named, unless it rests still."""
    holders = {one.organisation_id for one in orders if one.organisation_id and not one.iban}
    named: dict[UUID | None, tuple[BankAccount, bool]] = {}
    for row in BankAccount.objects.filter(organisation_id__in=holders).order_by("pk"):
        before, rested = named.get(row.organisation_id, (row, True))
        same = before.iban == row.iban and rested
        named[row.organisation_id] = row, same or row.named_at + REST <= at
    for one in orders:
        account, rested = named.get(one.organisation_id, (None, False)) if not one.iban else (None, False)
        if account is not None and rested:
            one.iban, one.creditor = account.iban, account.holder
    return [one for one in orders if one.iban]


def _move(
    work: Work, order: PayoutOrder, action: str, verb: Verb, actor: Actor, at: datetime, reason: str = ""
) -> None:
    state = PAYOUT.next_state(action, PayoutState(order.state))
    order.state, order.reason = state.value, reason[:140]
    order.settled_at = None if state is PayoutState.FILED else at
    order.save(update_fields=["state", "file", "iban", "creditor", "settled_at", "reason"])
    tell(
        work,
        verb=verb,
        subject_type="payout",
        subject_id=order.pk,
        data={
            "amount": amount_text(order.amount_minor, order.currency),
            "currency": order.currency,
            "state": state.value,
            "reason": reason[:140],
            "file": order.file.message_id if order.file else "",
        },
        actor=actor,
        at=at,
        reason=reason[:140],
        organisation_id=order.organisation_id,
        feed=f"payout_{state.value}",
    )


def payouts_confirm(work: Work, ids: Sequence[UUID], *, source: str, actor: Actor, at: datetime) -> bool:
    """Take note that the bank has paid orders; whether all of them were on their way.

    Locks: the orders, in the order of their ids.
    """
    work.flush()
    orders = list(PayoutOrder.objects.select_for_update(no_key=True).filter(pk__in=sorted(ids)).order_by("pk"))
    if not orders or any(PayoutState(one.state) is not PayoutState.FILED for one in orders):
        return False
    total, currency = sum(one.amount_minor for one in orders), orders[0].currency
    sides = [Side("clearing", -total, authority=OUT), Side("cash", total)]
    _post(work, source, "Paid out by the bank", currency, sides, actor, at)
    for one in orders:
        _move(work, one, "confirm", Verb.PAYOUT_CONFIRMED, actor, at)
    return True


def payout_bounce(work: Work, order_id: UUID, *, source: str, reason: str, actor: Actor, at: datetime) -> bool:
    """Put the money of an order back that the bank returned after it had paid; whether it had.

    Locks: the order, then the account.
    """
    work.flush()
    order = PayoutOrder.objects.select_for_update(no_key=True).get(pk=order_id)
    if PayoutState(order.state) is not PayoutState.CONFIRMED:
        return False
    _back(work, order, Side("cash", -order.amount_minor), source, reason, actor, at)
    return True


def payout_refuse(*, end_to_end_id: str, reason: str, actor: Actor, at: datetime | None = None) -> bool:
    """Put the money of an order back that the bank refused before paying (pain.002); whether it was on its way.

    Locks: the order, then the account.
    Idempotent: an order that came back stays so.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    moment = at or clock.now()
    with unit_of_work() as work:
        order = PayoutOrder.objects.select_for_update(no_key=True).filter(end_to_end_id=end_to_end_id).first()
        if order is None or PayoutState(order.state) is not PayoutState.FILED:
            return False
        refused = Side("clearing", -order.amount_minor, authority=OUT)
        _back(work, order, refused, f"payout-refused:{order.pk}", reason, actor, moment)
    return True


def _back(
    work: Work, order: PayoutOrder, came_from: Side, source: str, reason: str, actor: Actor, at: datetime
) -> None:
    """The money returns to the trader, who is told why, or to suspense where it came from there.

    A claim needs no word of it: what it grants goes to the prepaid account, and is there again.
    """
    _move(work, order, "bounce", Verb.PAYOUT_BOUNCED, actor, at, reason)
    text = f"Came back from the bank: {order.text}"
    if order.organisation_id is None:
        money = Money(
            source=source,
            amount_minor=order.amount_minor,
            currency=order.currency,
            came_from=came_from,
            origin="bank",
            reference=order.end_to_end_id,
            text=text,
            party_name=order.creditor,
            party_iban=order.iban,
        )
        money_to_suspense(work, money, Held.BOUNCED, actor=actor, at=at)
    else:
        trader = Side("trader", order.amount_minor, organisation_id=order.organisation_id)
        _post(work, source, text, order.currency, [trader, came_from], actor, at)
        credit_tell(work, order.organisation_id, order.amount_minor, order.currency, order.end_to_end_id, actor)
        queue(work, "AccountCredited", subject_id=str(order.organisation_id), actor=actor)
