"""Deciding a claim: taken up, verified by one officer, approved by another, and paid in the same act."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from declarations.selectors import declaration_head
from fees.services.remissions import Repaid
from fees.services.repayments import debt_repay
from fees.services.waiving import demand_waive
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated, Violation
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.revenue.models import Claim, ClaimLine
from singlewindow.revenue.rules.interest import interest_on
from singlewindow.revenue.services.filing import claim_tell
from singlewindow.revenue.services.holding import claim_free, taxes_free
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.states import CLAIM
from singlewindow.revenue.types import ClaimKind, Interest

CUSTOMS = "CUS"
REASON_LENGTH = 1000


def claim_accept(*, claim_id: UUID, actor: Actor) -> None:
    """Take up a claim that is complete. Locks: the claim. Raises NotPermitted, NotFound, TransitionRefused."""
    actor.require(Permission.DECIDE_REPAYMENT)
    with unit_of_work() as work:
        row = claim_lock(claim_id)
        _another(actor, row.filed_by)
        row.accepted_by = actor.label
        _step(work, row, "accept", Verb.CLAIM_ACCEPTED, actor, "accepted_by")


def claim_verify(*, claim_id: UUID, amounts: Mapping[int, int] | None, reason: str, actor: Actor) -> None:
    """Say what a claim is worth after looking at it: everything, or less of some lines; the rest is free again.

    Locks: the claim, then the balances of its taxes.

    Source: docs/rules/revenue.md, RV-CLM-06.

    Args:
        amounts: minor units by the id of the line; lines that are not named are granted whole.

    Raises:
        NotPermitted: the actor may not decide claims, or filed this one.
        RuleViolated: RV-CLM-06, an amount is more than claimed, or all of them are nothing, or reasons are missing.
    """
    actor.require(Permission.DECIDE_REPAYMENT)
    text = _reason(reason)
    with unit_of_work() as work:
        row = claim_lock(claim_id)
        _another(actor, row.filed_by)
        CLAIM.transition("verify", row.state)
        lines = list(ClaimLine.objects.filter(claim=row).order_by("pk"))
        granted = _granted(lines, amounts or {})
        row.approved_minor = sum(granted.values()) if lines else row.claimed_minor
        freed: dict[tuple[UUID, int, str], int] = {}
        for line in lines:
            asked = line.asked_minor
            line.approved_minor = granted[line.pk]
            line.save(update_fields=["approved_minor"])
            freed[line.declaration_id, line.item, line.tax_type] = asked - granted[line.pk]
        row.verified_by, row.decision = actor.label, text
        _step(work, row, "verify", Verb.CLAIM_VERIFIED, actor, "verified_by", "decision", "approved_minor", reason=text)
        taxes_free(work, freed)


def claim_approve(*, claim_id: UUID, actor: Actor, at: datetime | None = None) -> None:
    """Approve, as a second officer, what another verified; the money moves in the same transaction.

    A repayment or drawback goes to the prepaid account of who paid, with interest where the administration erred; a
    remission ends the demand.

    Locks: the claim, then the fiscal status or the demand, then the account.

    Idempotent: a claim is paid once; the ledger refuses its source a second time.

    Source: RV-CLM-06, RV-CLM-07, RV-INT-06 (domain.md K18; reliability A7).

    Raises:
        NotPermitted: the actor may not approve, or filed or verified it, or set the yields that it rests on.
        TransitionRefused: it was not verified, or is decided.
    """
    actor.require(Permission.APPROVE_REPAYMENT)
    moment = at or clock.now()
    with unit_of_work() as work:
        row = claim_lock(claim_id)
        _another(actor, row.filed_by, row.verified_by, row.yield_set.set_by if row.yield_set else "")
        CLAIM.transition("approve", row.state)
        row.approved_by = actor.label
        _step(work, row, "approve", Verb.CLAIM_APPROVED, actor, "approved_by")
        more = (
            _remit(work, row, actor, moment)
            if row.kind == ClaimKind.REMISSION.value
            else _pay(work, row, actor, moment)
        )
        _step(work, row, "pay", Verb.CLAIM_PAID, actor, "interest_minor", more=more)
        queue(work, "AccountCredited", subject_id=str(row.claimant_id), actor=actor)


def claim_refuse(*, claim_id: UUID, reason: str, actor: Actor) -> None:
    """Refuse a claim with reasons; what it held can be claimed again. Locks: the claim, then what it holds.

    Raises:
        NotPermitted: the actor may not decide claims, or filed this one.
        RuleViolated: RV-CLM-06, reasons are missing.
        TransitionRefused: it is decided.
    """
    actor.require(Permission.DECIDE_REPAYMENT)
    text = _reason(reason)
    with unit_of_work() as work:
        row = claim_lock(claim_id)
        _another(actor, row.filed_by)
        row.decision = text
        _step(work, row, "refuse", Verb.CLAIM_REFUSED, actor, "decision", reason=text, more={"reason": text})
        claim_free(work, row)


def claim_withdraw(*, claim_id: UUID, actor: Actor) -> None:
    """Take a claim back that was not verified yet. Locks: the claim, then what it holds.

    Raises:
        NotFound: it is none of an organisation that the actor may file for.
        TransitionRefused: it was verified or decided.
    """
    actor.require(Permission.CLAIM_REPAYMENT)
    with unit_of_work() as work:
        row = claim_lock(claim_id)
        if not organisations_actor_may_file_for(actor).filter(pk=row.claimant_id).exists():
            raise NotFound
        _step(work, row, "withdraw", Verb.CLAIM_WITHDRAWN, actor)
        claim_free(work, row)


def claim_lock(claim_id: UUID) -> Claim:
    """A claim, locked. Raises NotFound."""
    row = Claim.objects.select_for_update().filter(pk=claim_id).first()
    if row is None:
        raise NotFound
    return row


def _pay(work: Work, row: Claim, actor: Actor, at: datetime) -> dict[str, JsonValue]:
    lines = ClaimLine.objects.filter(claim=row, approved_minor__gt=0).order_by("item", "tax_type")
    interest = _interest(row, at)
    row.interest_minor = to_minor(interest.amount, row.currency) if interest else 0
    debt_repay(
        work,
        declaration_id=_declared(row),
        organisation_id=row.claimant_id,
        lines=[Repaid(one.item, one.tax_type, one.authority, one.approved_minor or 0) for one in lines],
        interest={CUSTOMS: row.interest_minor},
        source=f"{'drawback' if row.kind == ClaimKind.DRAWBACK.value else 'claim'}:{row.pk}",
        text=f"{row.kind.capitalize()} {row.number} on {row.mrn}, version {row.declaration_version}",
        lowers_debt=row.kind == ClaimKind.REPAYMENT.value,
        waived=_waived(row, at),
        actor=actor,
        at=at,
    )
    return {"interest": str(interest.amount), "formula": interest.formula} if interest else {}


def _interest(row: Claim, at: datetime) -> Interest | None:
    """What the administration pays on money that it took by its own error, from the day after release (RV-INT-06)."""
    today = country_day(at)
    scheme = scheme_required(today)
    reason = scheme.reason(row.reason_code)
    if not scheme.refund_interest or reason is None or not reason.administration_error:
        return None
    paid_at = declaration_head(_declared(row)).released_at or at
    return interest_on(
        from_minor(row.approved_minor or 0, row.currency),
        row.currency,
        first=country_day(paid_at) + timedelta(days=1),
        last=today,
        rates=scheme.interest_rates,
        day_count=scheme.interest_day_count,
    )


def _remit(work: Work, row: Claim, actor: Actor, at: datetime) -> dict[str, JsonValue]:
    if row.demand_id is None:
        raise NotFound
    reason = f"Claim {row.number}: {row.decision}"[:500]
    demand_waive(work, row.demand_id, reason=reason, waived=_waived(row, at), actor=actor, at=at)
    return {"demand": str(row.demand_id)}


def _waived(row: Claim, at: datetime) -> bool:
    """Whether the assessment was right and is not asked for all the same (RV-CLM-10)."""
    reason = scheme_required(country_day(at)).reason(row.reason_code)
    return reason is not None and reason.waived


def _declared(row: Claim) -> UUID:
    if row.declaration_id is None:
        raise NotFound
    return row.declaration_id


def _granted(lines: list[ClaimLine], amounts: Mapping[int, int]) -> dict[int, int]:
    granted = {line.pk: amounts.get(line.pk, line.asked_minor) for line in lines}
    over = [line for line in lines if not 0 <= granted[line.pk] <= line.asked_minor]
    if over or set(amounts) - set(granted):
        sentence = "No more is granted than is claimed, and nothing that is not."
        raise RuleViolated(violations=[Violation("RV-CLM-06", "/amounts", sentence, "Correct the amounts.")])
    if lines and not sum(granted.values()):
        sentence = "Nothing is granted: refuse the claim instead."
        raise RuleViolated(violations=[Violation("RV-CLM-06", "/amounts", sentence, "Refuse it with reasons.")])
    return granted


def _another(actor: Actor, *labels: str) -> None:
    """Nobody decides what they filed or verified themselves (RV-CLM-06)."""
    if actor.label in labels:
        raise NotPermitted("Another person must decide this (RV-CLM-06).")


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > REASON_LENGTH:
        sentence = f"Give reasons of 1 to {REASON_LENGTH} characters."
        raise RuleViolated(sentence, violations=[Violation("RV-CLM-06", "/reason", sentence, "Say why.")])
    return text


def _step(
    work: Work,
    row: Claim,
    action: str,
    verb: Verb,
    actor: Actor,
    *fields: str,
    reason: str = "",
    more: dict[str, JsonValue] | None = None,
) -> None:
    row.state, row.changed_at = CLAIM.next_state(action, row.state).value, clock.now()
    row.save(update_fields=["state", "changed_at", *fields])
    claim_tell(work, row, verb, actor=actor, reason=reason, more=more)
