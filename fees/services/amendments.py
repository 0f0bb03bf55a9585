"""What an amendment or an invalidation does to the money: assessed anew, and the difference posted in double entry."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from declarations.types import DeclarationHead, DeclarationSnapshot
from fees.models import Demand, LedgerTransaction, Posting
from fees.selectors.lines import debt_drawn, debt_moved
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS, account_open, amount_text
from fees.services.assessments import assessment_renew
from fees.services.debts import MOVE_SQL, Debt, Payer, accounts_lock, debt_lock, debt_tell
from fees.services.demands import demand_end, demand_make, demands_lock
from fees.services.movements import Side, money_post
from fees.services.waiving import of_debt
from fees.states import FISCAL, DemandState, FiscalState
from fees.types import DEBT_DEMANDS, AssessmentSummary, DemandKind
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services import (
    guarantee_free,
    guarantee_free_on,
    guarantee_refusals,
    guarantees_draw,
    guarantees_lock,
)
from singlewindow.guarantees.services.drawing import guarantee_replenish
from singlewindow.guarantees.types import Drawing, Purpose
from singlewindow.jobs.services import queue
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

STATE_SQL = "SELECT state FROM fees_fiscalstatus WHERE declaration_id = %s FOR UPDATE"
NOTHING_SQL = """
UPDATE fees_fiscalstatus SET total_minor = 0, missing_minor = 0, due = '{}', waiting_for = '[]', changed_at = %s,
    state = %s
WHERE declaration_id = %s
"""
TAKEN = frozenset({FiscalState.PAID, FiscalState.FINAL, FiscalState.NIL, FiscalState.DEFERRED})
"""States in which what was assessed has gone to the authorities."""


def debt_reopen(work: Work, declaration_id: UUID, *, at: datetime) -> None:
    """Take back an assessment that was not paid yet, because what is declared has changed.

    Locks: the fiscal status.
    """
    rows = work.fetch(STATE_SQL, [declaration_id])
    if rows and FiscalState(rows[0][0]) in {FiscalState.ASSESSED, FiscalState.INSUFFICIENT}:
        state = FISCAL.next_state("reopen", rows[0][0])
        work.execute(MOVE_SQL, [state.value, 0, at, declaration_id])


def debt_adjust(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    assessed_at: datetime,
    at: datetime,
    actor: Actor,
    cause: str = "amend",
    text: str = "Amendment",
    law: str = "",
) -> AssessmentSummary:
    """Assess the new version at the rates of acceptance, and take or give back the difference at once.

    Every authority gets or returns its own part; what is secured on a guarantee is secured in the new amount. The
    fiscal state stays as it is.

    Locks: the fiscal status, then the guarantees, then the account.

    Idempotent: one transaction of the ledger for each assessment; where nothing changed there is no difference. A
    version may be assessed more than once: each of its quotas is settled on a day of its own.

    Args:
        cause: what the difference comes from, and `text` its words in the ledger.
        law: on which money that the account does not hold is demanded; without it such a difference is refused.

    Source: docs/rules/changes.md, CH-MON-01 (domain.md K11, K13).

    Raises:
        RuleViolated: CH-MON-01, the account does not hold what is to be paid more; GU-G01 to GU-G13, the guarantee
            does not bear it.
    """
    payer_id = snapshot.trader_org or snapshot.lodged_by
    before = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    summary = assessment_renew(work, snapshot, at=assessed_at, actor=actor)
    after = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    extra = {Purpose.SECURITY: summary.security_minor}
    if _reservations_adapt(work, before, extra, after.total_minor, snapshot, debt_itself=True):
        return summary
    _difference_move(
        work,
        before,
        after.due,
        source=f"{cause}:{snapshot.id}:{snapshot.version}:{summary.version}",
        text=f"{text} of {snapshot.mrn}, version {snapshot.version}",
        law=law,
    )
    # Only now: where the account does not bear the difference, what law asks for beside the debt stays secured.
    _reservations_adapt(work, before, extra, 0, snapshot, debt_itself=False)
    return summary


def debt_return(work: Work, head: DeclarationHead, *, at: datetime, actor: Actor) -> int:
    """Give back all that a declaration paid, set aside or reserved, because it is invalidated; returns the minor units.

    What was demanded of it and not paid is cancelled, and no part of what comes back.

    Locks: the fiscal status, then its demands, the guarantees, the account.

    Idempotent: once a declaration; asked again there is nothing left to give back.

    Source: docs/rules/changes.md, CH-MON-02 (domain.md F21).
    """
    payer_id = head.trader_org or head.lodged_by
    try:
        debt = debt_lock(work, declaration_id=head.id, organisation_id=payer_id, at=at, actor=actor)
    except NotFound:  # nothing was assessed yet
        return 0
    returned = 0
    if debt.state is FiscalState.SECURED:
        returned = _secured_return(work, debt)
    elif debt.state in TAKEN:
        debt = _demands_ended(work, debt)
        returned = debt.total_minor
        source, text = f"invalidate:{head.id}", f"Invalidation of {head.mrn}"
        freed = guarantee_free(work, subject_id=head.id, actor=actor, at=at, reason=text, undone=True)
        debt = _less(debt, freed)
        _difference_move(work, debt, {}, source=source, text=text)
    state = debt.state
    if state in {FiscalState.ASSESSED, FiscalState.INSUFFICIENT}:
        state = FISCAL.next_state("close_as_nil", state)
    work.execute(NOTHING_SQL, [at, state.value, head.id])
    return returned


def _demands_ended(work: Work, debt: Debt) -> Debt:
    """Cancel what is still demanded of a debt; answers with the part of the debt that was really paid."""
    ids = Demand.objects.filter(declaration_id=debt.declaration_id, kind__in=DEBT_DEMANDS).values_list("pk", flat=True)
    due, reason = dict(debt.due), f"Invalidation of {debt.mrn}"
    for demand in demands_lock(work, ids):
        called_back = demand.state is DemandState.CANCELLED and demand.kind is DemandKind.GUARANTEE_CALL
        if called_back or demand.state in {DemandState.PAID, DemandState.REMITTED}:
            continue  # it stands reserved, was paid, or the debt is less by it already
        if of_debt(demand):
            due[demand.authority] = due.get(demand.authority, 0) - demand.amount_minor
        if demand.state is not DemandState.OPEN:
            continue
        demand_end(work, demand, "cancel", reason=reason, actor=debt.actor, at=debt.at)
        if demand.kind is DemandKind.GUARANTEE_CALL:
            guarantee_replenish(
                work,
                subject_id=debt.declaration_id,
                amount_minor=demand.amount_minor,
                actor=debt.actor,
                at=debt.at,
                reason=reason,
            )
    return replace(debt, due=due, total_minor=sum(due.values()))


def _reservations_adapt(
    work: Work,
    debt: Debt,
    extra: Mapping[Purpose, int],
    total_minor: int,
    snapshot: DeclarationSnapshot,
    *,
    debt_itself: bool,
) -> bool:
    """Bring what guarantees hold to the new amounts; whether they were adapted.

    Where a guarantee refuses, nothing is written. The guarantees are locked in any case: the account comes after them.

    Args:
        extra: what is to be secured beside the debt; it is adapted where guarantees hold it.
        debt_itself: only where they hold the debt itself, or only where they do not.
    """
    reserved = reserved_for(debt.declaration_id)
    main = next((one.purpose for one in reserved if one.purpose in {Purpose.DEBT, Purpose.TWO_STEP}), None)
    amounts: dict[str, int] = {
        name: minor for name, minor in extra.items() if name in {one.purpose for one in reserved}
    }
    if main is not None:
        aside = debt_moved(debt.declaration_id).security_minor  # what a deposit bears, stays set aside
        amounts[main] = max(total_minor - aside, 0)
    if debt.state is not FiscalState.SECURED or not amounts:
        return False
    if (main is not None) is not debt_itself:
        guarantees_lock(work, [one.grn for one in reserved])
        return False
    held = [one for one in reserved if one.purpose in amounts]
    drawing = Drawing(
        grns=tuple(dict.fromkeys(one.grn for one in held)),
        holder_ids=frozenset({*snapshot.parties, *(one.holder_id for one in held)}),
        subject_id=debt.declaration_id,
        on=debt.at.date(),
    )
    shares, found = guarantee_refusals(work, drawing, amounts, debt.currency, actor=debt.actor, at=debt.at)
    if found:
        raise RuleViolated(violations=found)
    now = {(one.grn, one.purpose): one.open_minor for one in held}
    named = {(share.grn, share.purpose) for share in shares}
    for one in held:
        if (one.grn, one.purpose) not in named:
            guarantee_free_on(work, one, actor=debt.actor, at=debt.at)
    # What becomes less first: it makes the room for what becomes more.
    shares.sort(key=lambda share: share.amount_minor - now.get((share.grn, share.purpose), 0))
    guarantees_draw(work, drawing, shares, debt.currency, actor=debt.actor, at=debt.at)
    return True


def _secured_return(work: Work, debt: Debt) -> int:
    """Free what guarantees hold, and give back to the payer whatever was paid or set aside."""
    freed = guarantee_free(
        work,
        subject_id=debt.declaration_id,
        actor=debt.actor,
        at=debt.at,
        reason=f"Invalidation of {debt.mrn}",
        undone=True,
    )
    moved = debt_moved(debt.declaration_id)
    paid = sum(moved.authorities.values()) + moved.security_minor
    sides = [Side("authority", -minor, authority=name) for name, minor in moved.authorities.items() if minor]
    if moved.security_minor:
        sides.append(Side("security", -moved.security_minor))
    if paid:
        accounts_lock(work, debt)
        money_post(
            work,
            source=f"invalidate:{debt.declaration_id}",
            text=f"Invalidation of {debt.mrn}",
            currency=debt.currency,
            sides=[*sides, Side("trader", paid, debt.payer_id)],
            actor=debt.actor,
            at=debt.at,
            declaration_id=debt.declaration_id,
            mrn=debt.mrn,
        )
    return paid + freed


def _difference_move(work: Work, debt: Debt, due: Mapping[str, int], *, source: str, text: str, law: str = "") -> None:
    """Post what each side gets or returns between two sums that were due; with a law, demand what cannot be paid."""
    parts = {name: due.get(name, 0) - debt.due.get(name, 0) for name in dict.fromkeys([*debt.due, *due])}
    delta = sum(parts.values())
    if not any(parts.values()):
        return
    parts = _reserved_less(work, debt, parts)
    delta = sum(parts.values())
    if not any(parts.values()):
        return
    payer, authorities = accounts_lock(work, debt)
    if law and delta > (payer.balance_minor if payer else 0):
        _difference_demand(work, debt, parts, source=source, text=text, law=law)
        parts = {name: minor for name, minor in parts.items() if minor < 0}
        delta = sum(parts.values())
        if not parts:
            return
    _covered(debt, payer, delta)
    _drawn_stays(debt, due)
    own = payer.id if payer else account_open(work, "trader", organisation_id=debt.payer_id, currency=debt.currency)
    sides = {own: -delta} | _deferred_less(work, debt, own, delta, source)
    if debt.state is FiscalState.SECURED and not debt_moved(debt.declaration_id).authorities:
        sides[account_open(work, "security", currency=debt.currency)] = delta
    else:
        for name, minor in parts.items():
            account = authorities.get(name) or account_open(work, "authority", authority=name, currency=debt.currency)
            sides[account] = minor
    transaction_id = uuid7()
    row = (transaction_id, source, debt.at, text, debt.declaration_id, debt.mrn, debt.actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    work.insert(
        Posting, POSTING_COLUMNS, [(transaction_id, account, minor) for account, minor in sides.items() if minor]
    )
    told = {"delta": amount_text(delta, debt.currency), "state": debt.state.value}
    debt_tell(work, debt, Verb.DEBT_ADJUSTED, "debt_adjusted", dict(told))


def _reserved_less(work: Work, debt: Debt, parts: Mapping[str, int]) -> dict[str, int]:
    """What is owed less of a debt that stands reserved again was never paid: it is freed, not given back (GU-CAL-05).

    Locks: the guarantees, which stand above the account.
    """
    delta = sum(parts.values())
    if debt.state is not FiscalState.FINAL or delta >= 0 or not reserved_for(debt.declaration_id):
        return dict(parts)
    text = f"{debt.mrn} was changed"
    freed = guarantee_free(
        work, subject_id=debt.declaration_id, amount_minor=-delta, actor=debt.actor, at=debt.at, reason=text
    )
    left = dict(parts)
    for name in _unpaid_first(debt, parts):
        own = min(freed, max(-left[name], 0))
        left[name], freed = left[name] + own, freed - own
    return left


def _unpaid_first(debt: Debt, names: Iterable[str]) -> list[str]:
    """The authorities in whose name a guarantee was called, and the call taken back, before the others."""
    calls = Demand.objects.filter(
        declaration_id=debt.declaration_id, kind=DemandKind.GUARANTEE_CALL.value, state=DemandState.CANCELLED.value
    )
    called: Counter[str] = Counter()
    for name, minor in calls.values_list("authority", "amount_minor"):
        called[name] += minor
    return sorted(names, key=lambda name: (-called[name], name))


def _less(debt: Debt, minor: int) -> Debt:
    """The debt without what was never paid of it."""
    due = dict(debt.due)
    for name in _unpaid_first(debt, due):
        own = min(minor, due[name])
        due[name], minor = due[name] - own, minor - own
    return replace(debt, due=due, total_minor=sum(due.values()))


def _drawn_stays(debt: Debt, due: Mapping[str, int]) -> None:
    """What was drawn back for goods that left again is not given back a second time (RV-CLM-09)."""
    over = [name for name, minor in debt_drawn(debt.declaration_id).items() if due.get(name, 0) < minor]
    if over:
        sentence = "Duty of this declaration was drawn back; the debt cannot fall below that."
        raise RuleViolated(violations=[Violation("RV-CLM-09", "", sentence, value=", ".join(sorted(over)))])


def _deferred_less(work: Work, debt: Debt, own: UUID, delta: int, source: str) -> dict[UUID, int]:
    """What is owed less of a deferred debt was not paid yet: it lowers what is still to be paid (RV-STM-06)."""
    if debt.state is not FiscalState.DEFERRED or delta >= 0:
        return {}
    less = min(-delta, -debt_moved(debt.declaration_id).receivable_minor)
    queue(
        work,
        "DeferredDebtChanged",
        subject_id=str(debt.declaration_id),
        payload={"delta": -less, "source": source},
        actor=debt.actor,
    )
    receivable = account_open(work, "receivable", organisation_id=debt.payer_id, currency=debt.currency)
    return {receivable: less, own: -delta - less}


def _difference_demand(work: Work, debt: Debt, parts: Mapping[str, int], *, source: str, text: str, law: str) -> None:
    """Ask the payer for what each authority is owed more, because the account does not hold it."""
    for name, minor in sorted(parts.items()):
        if minor > 0:
            demand_make(
                work,
                source=f"{source}:{name}",
                kind=DemandKind.DUTY,
                organisation_id=debt.payer_id,
                authority=name,
                amount_minor=minor,
                currency=debt.currency,
                text=text,
                law=law,
                subject_type="declaration",
                subject_id=str(debt.declaration_id),
                event_on=debt.at.date(),
                declaration_id=debt.declaration_id,
                actor=debt.actor,
                at=debt.at,
            )


def _covered(debt: Debt, payer: Payer | None, delta: int) -> None:
    balance = payer.balance_minor if payer else 0
    if delta <= balance:
        return
    missing = amount_text(delta - balance, debt.currency)
    raise RuleViolated(
        violations=[
            Violation(
                "CH-MON-01",
                "",
                f"The prepaid account of the payer lacks {missing} {debt.currency} of what is to be paid more.",
                "Grant it when the money was paid in.",
                missing,
            )
        ]
    )
