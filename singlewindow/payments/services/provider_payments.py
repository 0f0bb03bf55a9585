"""Payments through a provider: begun here, told from there, applied once whatever is told how often."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fees.services.movements import Side, sources_posted
from singlewindow.accounts.types import VISITOR, Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes
from singlewindow.kernel.errors import Conflict, SignatureInvalid
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.models import Basket, ProviderCallback, ProviderPayment
from singlewindow.payments.providers.interface import Begun, ProviderEvent, provider_of
from singlewindow.payments.services.baskets import basket_lock, basket_move, basket_send
from singlewindow.payments.services.receiving import Money, basket_hold, basket_receive_exact, money_to_suspense
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.states import PROVIDER_PAYMENT, BasketState, ProviderState
from singlewindow.payments.types import Held, Method

P = ProviderState
STEPS = {P.AUTHORISED: "authorise", P.CAPTURED: "capture", P.FAILED: "fail", P.REFUNDED: "refund"}
TOLD_BEFORE = {P.CAPTURED: (P.CAPTURED, P.REFUNDED), P.REFUNDED: (P.REFUNDED,)}
"""In which states of a payment its money was moved for a message of a kind before."""

KEEP_SQL = """
INSERT INTO payments_providercallback (id, provider, provider_txn_id, kind, reference, amount_minor, currency,
    content_sha256, body, sent_at, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (provider, provider_txn_id, kind, content_sha256) DO NOTHING RETURNING id
"""


def provider_payment_begin(*, basket_id: UUID, provider: str, actor: Actor, at: datetime | None = None) -> Begun:
    """Take a basket to a provider; the payer goes on there.

    Locks: the basket, its debts and demands.

    Raises:
        NotFound: no such basket of the actor's organisation, or no such provider here.
        Conflict: PY-BAS-04, another basket pays a part of it.
        TransitionRefused: it is paid or ended.
    """
    moment, adapter = at or clock.now(), provider_of(provider)
    with unit_of_work() as work:
        basket = basket_send(work, basket_id=basket_id, method=Method.PROVIDER, actor=actor, at=moment)
        payment_id = uuid7()
        begun = adapter.begin(
            payment_id=payment_id,
            reference=basket.reference,
            amount_minor=basket.total_minor,
            currency=basket.currency,
        )
        ProviderPayment.objects.create(
            id=payment_id,
            basket=basket,
            provider=provider,
            provider_txn_id=begun.provider_txn_id,
            state=P.CREATED.value,
            begun_at=moment,
            changed_at=moment,
        )
        tell(
            work,
            verb=Verb.PAYMENT_BEGUN,
            subject_type="basket",
            subject_id=basket.pk,
            data={"provider": provider, "transaction": begun.provider_txn_id, "reference": basket.reference},
            actor=actor,
            at=moment,
        )
    return begun


def callback_take(*, provider: str, headers: Mapping[str, str], body: bytes, ip: str = "") -> bool:
    """Keep a provider's message and queue what follows from it; whether it was new.

    Nothing else is done here: a provider that waits for an answer sends its message again.

    Idempotent: the same message is kept once, whatever time its signature bears.

    Source: docs/rules/payments.md, PY-PRV-01 to PY-PRV-03.

    Raises:
        NotFound: no such provider here.
        SignatureInvalid: somebody else sent it; that is recorded.
        FormatRefused: it cannot be read.
    """
    now = clock.now()
    try:
        event = provider_of(provider).callback_read(headers, body, at=now)
    except SignatureInvalid as refusal:
        _record_forgery(provider, body, refusal, ip, now)
        raise
    actor = system_actor("payments")
    with unit_of_work() as work:
        callback_id = uuid7()
        kept = work.fetch(
            KEEP_SQL,
            [
                *(callback_id, provider, event.provider_txn_id, event.kind.value, event.reference),
                *(event.amount_minor, event.currency, _content(event), body, event.sent_at, now),
            ],
        )
        if not kept:
            return False
        tell(
            work,
            verb=Verb.PAYMENT_TOLD,
            subject_type="payment",
            subject_id=event.provider_txn_id,
            data={
                "provider": provider,
                "kind": event.kind.value,
                "amount": amount_text(event.amount_minor, event.currency),
                "currency": event.currency,
            },
            actor=actor,
            at=now,
        )
        queue(work, "ProviderTold", subject_id=str(callback_id), dedup=str(callback_id), actor=actor)
    return True


def _content(event: ProviderEvent) -> str:
    """Digest of what is told, without the time of telling."""
    told = [event.provider_txn_id, event.kind.value, event.reference, str(event.amount_minor), event.currency]
    return hashlib.sha256(canonical_bytes(list(told))).hexdigest()


def _record_forgery(provider: str, body: bytes, refusal: SignatureInvalid, ip: str, at: datetime) -> None:
    with unit_of_work() as work:
        tell(
            work,
            verb=Verb.PAYMENT_FORGED,
            subject_type="provider",
            subject_id=provider[:64],
            data={"code": refusal.code, "body_sha256": hashlib.sha256(body).hexdigest(), "from": ip},
            actor=VISITOR,
            at=at,
        )


def callback_apply(work: Work, job: JobContext) -> None:
    """Do what follows from a provider's message, once for each payment, in whatever order messages come.

    Locks: the payment, its basket, the basket's demands, then the account.

    Idempotent: by the state of the payment and by the source of the money.

    Source: docs/rules/payments.md, PY-PRV-03 to PY-PRV-07.
    """
    told = ProviderCallback.objects.get(pk=UUID(job.subject_id))
    actor, now = system_actor("payments", conversation_id=job.conversation_id), clock.now()
    kind = P(told.kind)
    payment = (
        ProviderPayment.objects.select_for_update(no_key=True)
        .filter(provider=told.provider, provider_txn_id=told.provider_txn_id)
        .first()
    )
    if payment is None:
        _unknown(work, told, actor, now)
        return
    state = P(payment.state)
    basket = basket_lock(work, payment.basket_id)
    if state in TOLD_BEFORE.get(kind, ()):
        # The first telling of this payment has moved the money; a second one with another content is a question.
        basket_hold(work, basket, Held.DIFFERS, actor=actor, at=now)
        return
    if kind is P.REFUNDED and state is not P.CAPTURED:
        raise Conflict("A refund was told before its payment; it is looked at again when that has come.")
    step = STEPS.get(kind)
    if step is None or step not in PROVIDER_PAYMENT.allowed(state):
        return  # overtaken: what is told here happened before what is known already
    payment.state, payment.changed_at = PROVIDER_PAYMENT.next_state(step, state).value, now
    payment.save(update_fields=["state", "changed_at"])
    _follow(work, told, basket, kind, actor, now)


def _follow(work: Work, told: ProviderCallback, basket: Basket, kind: P, actor: Actor, at: datetime) -> None:
    if kind in (P.CAPTURED, P.REFUNDED) and not told.amount_minor:
        basket_hold(work, basket, Held.SHORT, actor=actor, at=at)
    elif kind is P.CAPTURED:
        basket_receive_exact(work, basket, _money(told, told.amount_minor), actor=actor, at=at)
    elif kind is P.REFUNDED:
        money_to_suspense(work, _money(told, -told.amount_minor), Held.REFUNDED, actor=actor, at=at, basket=basket)
    elif kind is P.FAILED and basket.state == BasketState.PENDING:
        others = ProviderPayment.objects.filter(basket=basket, state__in=[P.CREATED.value, P.AUTHORISED.value])
        if not others.exists():
            basket_move(work, basket, "fail", Verb.BASKET_ENDED, actor=actor, at=at)


def _unknown(work: Work, told: ProviderCallback, actor: Actor, at: datetime) -> None:
    """Money for a payment that was never begun here is kept; any other news of it means nothing."""
    money = _money(told, told.amount_minor)
    if P(told.kind) is P.CAPTURED and told.amount_minor and not sources_posted(work, [money.source]):
        money_to_suspense(work, money, Held.UNKNOWN, actor=actor, at=at)


def _money(told: ProviderCallback, amount_minor: int) -> Money:
    adapter = provider_of(told.provider)
    act = "refund" if amount_minor < 0 else "take"
    digest = hashlib.sha256(f"{told.provider}|{told.provider_txn_id}".encode()).hexdigest()[:48]
    return Money(
        source=f"provider:{act}:{digest}",
        amount_minor=amount_minor,
        currency=told.currency,
        came_from=Side("clearing", -amount_minor, authority=adapter.clearing),
        origin=told.provider,
        reference=told.reference,
        text=told.provider_txn_id,
    )
