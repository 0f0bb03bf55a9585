"""What an amendment or an invalidation does to the money: assessed anew, and the difference posted in double entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from declarations.types import DeclarationHead, DeclarationSnapshot
from fees.models import LedgerTransaction, Posting
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS, account_open, amount_text
from fees.services.assessments import assessment_renew
from fees.services.debts import MOVE_SQL, Debt, Payer, accounts_lock, debt_lock, debt_tell
from fees.services.demands import demand_make
from fees.states import FISCAL, FiscalState
from fees.types import AssessmentSummary, DemandKind
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
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

    Every authority gets or returns its own part. The fiscal state stays as it is.

    Locks: the fiscal status, then the account.

    Idempotent: one transaction of the ledger for each version of the declaration and cause.

    Args:
        cause: what the difference comes from, and `text` its words in the ledger.
        law: on which money that the account does not hold is demanded; without it such a difference is refused.

    Source: docs/rules/changes.md, CH-MON-01 (domain.md K11, K13).

    Raises:
        RuleViolated: CH-MON-01, the account does not hold what is to be paid more.
    """
    payer_id = snapshot.trader_org or snapshot.lodged_by
    before = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    summary = assessment_renew(work, snapshot, at=assessed_at, actor=actor)
    after = debt_lock(work, declaration_id=snapshot.id, organisation_id=payer_id, at=at, actor=actor)
    _difference_move(
        work,
        before,
        after.due,
        source=f"{cause}:{snapshot.id}:{snapshot.version}",
        text=f"{text} of {snapshot.mrn}, version {snapshot.version}",
        law=law,
    )
    return summary


def debt_return(work: Work, head: DeclarationHead, *, at: datetime, actor: Actor) -> int:
    """Give back all that a declaration paid or set aside, because it is invalidated; returns the minor units.

    Locks: the fiscal status, then the account.

    Idempotent: once a declaration; asked again there is nothing left to give back.

    Source: docs/rules/changes.md, CH-MON-02 (domain.md F21).
    """
    payer_id = head.trader_org or head.lodged_by
    try:
        debt = debt_lock(work, declaration_id=head.id, organisation_id=payer_id, at=at, actor=actor)
    except NotFound:  # nothing was assessed yet
        return 0
    returned = 0
    if debt.state in TAKEN or debt.state is FiscalState.SECURED:
        returned = debt.total_minor
        source, text = f"invalidate:{head.id}", f"Invalidation of {head.mrn}"
        _difference_move(work, debt, {}, source=source, text=text)
    state = debt.state
    if state in {FiscalState.ASSESSED, FiscalState.INSUFFICIENT}:
        state = FISCAL.next_state("close_as_nil", state)
    work.execute(NOTHING_SQL, [at, state.value, head.id])
    return returned


def _difference_move(work: Work, debt: Debt, due: Mapping[str, int], *, source: str, text: str, law: str = "") -> None:
    """Post what each side gets or returns between two sums that were due; with a law, demand what cannot be paid."""
    parts = {name: due.get(name, 0) - debt.due.get(name, 0) for name in dict.fromkeys([*debt.due, *due])}
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
    own = payer.id if payer else account_open(work, "trader", organisation_id=debt.payer_id, currency=debt.currency)
    sides = {own: -delta}
    if debt.state is FiscalState.SECURED:
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
