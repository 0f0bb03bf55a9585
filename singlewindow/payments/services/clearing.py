"""Saying whose money it is that stands in suspense: by one officer, above a limit by two."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from fees.services.accounts import credit_tell
from fees.services.demands import demands_lock
from fees.services.movements import Side, balance_lock, debts_keep, money_post
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_found
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_make
from singlewindow.approvals.types import ProposalView
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.payments.models import Basket, SuspenseItem
from singlewindow.payments.selectors.baskets import lines_of
from singlewindow.payments.services.baskets import basket_lock, basket_move
from singlewindow.payments.services.payouts import Target, payout_from_suspense
from singlewindow.payments.services.receiving import basket_lines_pay
from singlewindow.payments.services.telling import amount_text, tell
from singlewindow.payments.states import SUSPENSE, BasketState, SuspenseState

KIND = "payments.clear"
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of money in suspense: onto an organisation's account, for a basket, or back."""

    act: str
    """clear or return."""
    organisation_id: UUID | None = None
    basket_id: UUID | None = None
    iban: str = ""
    """Where it goes back to."""
    creditor: str = ""

    def stored(self, suspense_id: UUID) -> dict[str, str]:
        """As it is kept and agreed to."""
        return {
            "suspense": str(suspense_id),
            "act": self.act,
            "organisation": str(self.organisation_id or ""),
            "basket": str(self.basket_id or ""),
            "iban": self.iban,
            "creditor": self.creditor,
        }


def plan_read(stored: Mapping[str, Any]) -> Plan:
    """The plan that was kept."""
    organisation, basket = stored["organisation"], stored["basket"]
    return Plan(
        act=stored["act"],
        organisation_id=UUID(organisation) if organisation else None,
        basket_id=UUID(basket) if basket else None,
        iban=stored["iban"],
        creditor=stored["creditor"],
    )


def suspense_clear(
    *, suspense_id: UUID, plan: Plan, reason: str, actor: Actor, at: datetime | None = None
) -> UUID | None:
    """Say whose money it is; it is booked at once, or put before a second officer when it is above the limit.

    Locks: the item, then its basket, the basket's demands, and the account.
    Idempotent: an item is cleared once; who comes second is told so.

    Source: docs/rules/payments.md, PY-SU-02 to PY-SU-05.

    Returns:
        The proposal that waits for a second officer; none where the money is booked.

    Raises:
        NotPermitted: the actor may not book money.
        NotFound: no such item, organisation or basket.
        RuleViolated: PY-SU-02 no reason, PY-SU-03 the account does not bear a reversal, PY-SU-04 nowhere to send back.
        TransitionRefused: it was cleared, or waits for a second officer.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    moment, text = at or clock.now(), reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give a reason of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("PY-SU-02", "/reason", sentence, "Say why.")])
    with unit_of_work() as work:
        item = _locked(suspense_id)
        if not _alone(item):
            return _propose(work, item, plan, text, actor)
        SUSPENSE.transition("propose", SuspenseState(item.state))  # one that is proposed is decided by who agrees
        _apply(work, item, plan, text, actor, moment)
    return None


def _locked(suspense_id: UUID) -> SuspenseItem:
    item = SuspenseItem.objects.select_for_update(no_key=True).filter(pk=suspense_id).first()
    if item is None:
        raise NotFound
    return item


def _alone(item: SuspenseItem) -> bool:
    """Whether one officer may clear it. A currency without a limit of its own always needs two."""
    return abs(item.amount_minor) <= settings.SUSPENSE_ALONE_MOST.get(item.currency, 0)


def _propose(work: Work, item: SuspenseItem, plan: Plan, reason: str, actor: Actor) -> UUID:
    item.state = SUSPENSE.next_state("propose", SuspenseState(item.state)).value
    stored = plan.stored(item.pk)
    item.plan = stored | {"reason": reason}
    item.save(update_fields=["state", "plan"])
    amount = f"{amount_text(item.amount_minor, item.currency)} {item.currency}"
    target = organisation_found(plan.organisation_id) if plan.organisation_id else None
    return proposal_make(
        work,
        actor=actor,
        kind=KIND,
        subject_id=str(item.pk),
        title=f"{amount} in suspense",
        content_sha256=sha256_hex(canonical_bytes(dict(stored))),
        evidence={
            "what": plan.act,
            "value": amount,
            "owner": f"{target.identifier} {target.name}" if target else plan.iban,
            "reason": reason,
        },
        address=f"/payments/suspense/{item.pk}",
    )


def clearing_agreed(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Book what a second officer agreed to; that officer must be one who may book money.

    Raises:
        NotPermitted: the actor may not book money.
        Conflict: what was agreed to is not what stands here.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    item = _locked(UUID(proposal.subject_id))
    plan = plan_read(item.plan) if item.plan else None
    if plan is None or sha256_hex(canonical_bytes(dict(plan.stored(item.pk)))) != proposal.content_sha256:
        raise Conflict("What was proposed has changed since.")
    _apply(work, item, plan, str(item.plan["reason"]), actor, clock.now())


def clearing_declined(work: Work, proposal: ProposalView, actor: Actor) -> None:
    """Open an item again whose plan was refused or taken back."""
    item = _locked(UUID(proposal.subject_id))
    item.state, item.plan = SUSPENSE.next_state("reopen", SuspenseState(item.state)).value, {}
    item.save(update_fields=["state", "plan"])


def _apply(work: Work, item: SuspenseItem, plan: Plan, reason: str, actor: Actor, at: datetime) -> None:
    action = "return" if plan.act == "return" else "clear"
    state = SUSPENSE.next_state(action, SuspenseState(item.state))
    named = sorted({one for one in (plan.basket_id, item.basket_id) if one})
    baskets = {one: basket_lock(work, one) for one in named}  # before the account that the money goes to
    basket = baskets[plan.basket_id] if plan.basket_id else None
    if action == "return":
        _return(work, item, plan, actor, at)
    else:
        _credit(work, item, plan, basket, actor, at)
    item.state, item.cleared_by, item.cleared_at, item.cleared_why = state.value, actor.label, at, reason
    item.organisation_id = basket.organisation_id if basket else plan.organisation_id
    item.save(update_fields=["state", "cleared_by", "cleared_at", "cleared_why", "organisation_id"])
    tell(
        work,
        verb=Verb.SUSPENSE_RETURNED if action == "return" else Verb.SUSPENSE_CLEARED,
        subject_type="suspense",
        subject_id=item.pk,
        data={
            "amount": amount_text(item.amount_minor, item.currency),
            "currency": item.currency,
            "organisation": str(item.organisation_id or ""),
            "basket": str(plan.basket_id or ""),
        },
        actor=actor,
        at=at,
        reason=reason,
    )
    if item.basket_id is not None:
        _review_end(work, item, baskets[item.basket_id], actor, at)


def _return(work: Work, item: SuspenseItem, plan: Plan, actor: Actor, at: datetime) -> None:
    iban = plan.iban or item.party_iban
    if not iban or item.amount_minor <= 0:
        sentence = "It is not known to which bank account it goes back."
        raise RuleViolated(sentence, violations=[Violation("PY-SU-04", "/iban", sentence, "Give the IBAN.")])
    payout_from_suspense(
        work,
        amount_minor=item.amount_minor,
        currency=item.currency,
        source=f"suspense:{item.pk}",
        text=f"Returned: {item.reference or item.text}"[:140],
        target=Target(plan.creditor or item.party_name or "Unknown", iban),
        actor=actor,
        at=at,
    )


def _credit(work: Work, item: SuspenseItem, plan: Plan, basket: Basket | None, actor: Actor, at: datetime) -> None:
    organisation_id = basket.organisation_id if basket else plan.organisation_id
    if organisation_id is None or organisation_found(organisation_id) is None:
        raise NotFound
    lines = lines_of(basket.pk) if basket else []
    debts_keep(work, [line.declaration_id for line in lines if line.declaration_id])
    demands = demands_lock(work, [line.demand_id for line in lines if line.demand_id])
    balance = balance_lock(work, organisation_id, item.currency)
    if balance + item.amount_minor < 0:
        sentence = "The prepaid account does not hold what was taken back."
        raise RuleViolated(sentence, violations=[Violation("PY-SU-03", "", sentence, "Ask the trader to pay in.")])
    reference = item.reference or f"suspense {item.pk}"
    money_post(
        work,
        source=f"clear:{item.pk}",
        text=f"Cleared from suspense, reference {reference}",
        currency=item.currency,
        sides=[
            Side("suspense", -item.amount_minor),
            Side("trader", item.amount_minor, organisation_id=organisation_id),
        ],
        actor=actor,
        at=at,
    )
    work.flush()
    credit_tell(work, organisation_id, item.amount_minor, item.currency, reference, actor)
    if basket is not None and BasketState(basket.state) is BasketState.REVIEW:
        if item.currency == basket.currency:
            basket.received_minor += max(item.amount_minor, 0)
            basket.save(update_fields=["received_minor"])
        whole = basket.received_minor >= basket.total_minor
        # Where an earlier part was used meanwhile, the review ends with the demands open and the money there.
        if whole and basket_lines_pay(work, basket, lines, demands, actor=actor, at=at):
            basket_move(work, basket, "settle", Verb.BASKET_PAID, actor=actor, at=at)
            return
    if item.amount_minor > 0:
        queue(work, "AccountCredited", subject_id=str(organisation_id), actor=actor)


def _review_end(work: Work, item: SuspenseItem, basket: Basket, actor: Actor, at: datetime) -> None:
    """End the review of the basket for which the money came, when none of it stands in suspense any more."""
    waiting = SuspenseItem.objects.filter(basket_id=basket.pk, cleared_at=None)
    if waiting.exclude(pk=item.pk).exists():
        return
    if BasketState(basket.state) is BasketState.REVIEW:
        basket_move(work, basket, "close", Verb.BASKET_ENDED, actor=actor, at=at)
