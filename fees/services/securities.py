"""Money that covers a debt which is not fixed yet: taken aside at release, settled when the debt is known.

A simplified declaration is released against it. What is set aside stands on the security account, one for each
currency; which declaration it belongs to is said by the transaction, and how much by that declaration's assessment.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fees.selectors.lines import debt_moved
from fees.services.accounts import account_open
from fees.services.debts import (
    MOVE_SQL,
    Debt,
    accounts_lock,
    debt_fall_short,
    debt_lock,
    debt_settle,
    debt_tell,
    money_move,
)
from fees.services.demands import demand_make
from fees.services.finality import debt_fix
from fees.services.movements import Side, money_post
from fees.states import COVERED, FISCAL, FiscalState
from fees.types import DebitResult, DemandKind
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services import guarantee_convert, guarantee_free
from singlewindow.guarantees.services.drawing import guarantees_lock_for

SETTLED = COVERED | {FiscalState.FINAL}


def debt_secure(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    at: datetime | None = None,
    actor: Actor | None = None,
) -> DebitResult:
    """Set aside what a declaration owes as far as is known, from a prepaid account, in the transaction of its release.

    Where money is missing nothing is set aside and the payer is told how much is missing.

    Locks: the fiscal status, then the account.

    Idempotent: what is covered stays covered.

    Source: FE-SEC-01 (domain.md F14; TFA 7.3: release before the final determination, against security).
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in SETTLED:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("secure", debt.state)
    if debt.total_minor == 0:
        return debt_settle(work, debt, "close_as_nil")
    payer, _ = accounts_lock(work, debt)
    if payer is None or payer.balance_minor < debt.total_minor:
        return debt_fall_short(work, debt, debt.total_minor - (payer.balance_minor if payer else 0))
    security = account_open(work, "security", currency=debt.currency)
    moved = {payer.id: -debt.total_minor, security: debt.total_minor}
    money_move(work, debt, f"secure:{declaration_id}", f"Security for {debt.mrn}", moved, None)
    return debt_settle(work, debt, "secure")


def security_settle(
    work: Work,
    *,
    declaration_id: UUID,
    secured_by: UUID,
    organisation_id: UUID,
    at: datetime | None = None,
    actor: Actor | None = None,
) -> DebitResult:
    """Pay what a supplementary declaration owes out of what its simplified one set aside; the account bears the rest.

    More set aside than owed comes back, and what a guarantee held for the simplified one is freed. Where the account
    cannot bear the rest nothing moves, the security stays.

    Locks: the fiscal status of the simplified declaration, of the supplementary one, the guarantees, the account.

    Idempotent: a debt that is covered stays covered.

    Source: FE-SEC-02.
    """
    security = debt_lock(work, declaration_id=secured_by, organisation_id=organisation_id, at=at, actor=actor)
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in SETTLED:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("pay", debt.state)
    aside = 0
    if security.state is FiscalState.SECURED:
        guarantees_lock_for(work, secured_by)
        aside = debt_moved(secured_by).security_minor
    payer, authorities = accounts_lock(work, debt)
    own = debt.total_minor - aside
    balance = payer.balance_minor if payer else 0
    if own > balance:
        return debt_fall_short(work, debt, own - balance)
    moved: dict[UUID, int] = {}
    if own:
        moved[
            payer.id if payer else account_open(work, "trader", organisation_id=organisation_id, currency=debt.currency)
        ] = -own
    if aside:
        moved[account_open(work, "security", currency=debt.currency)] = -aside
    if moved:
        text = f"Duty, taxes and charges of {debt.mrn}"
        money_move(work, debt, f"debit:{declaration_id}", text, moved, authorities)
    if security.state in COVERED:
        guarantee_free(work, subject_id=secured_by, actor=debt.actor, at=debt.at, reason=f"Settled by {debt.mrn}")
        debt_fix(work, security, {})  # from now on the full declaration owes it, and gives it back
        debt_tell(work, security, Verb.FISCAL_STATE_CHANGED, "debt_final", {"state": FiscalState.FINAL.value})
    return debt_settle(work, debt, "pay" if debt.total_minor else "close_as_nil")


def security_convert(
    work: Work, *, declaration_id: UUID, organisation_id: UUID, at: datetime | None = None, actor: Actor | None = None
) -> int:
    """Take what was set aside as the debt itself: the declaration was never completed. Returns the minor units taken.

    What a guarantee holds is taken from it, and demanded of the payer.

    Locks: the fiscal status, then the guarantees, then the account.

    Idempotent: only what is secured is taken.

    Source: FE-SEC-03 (UCC article 191: assessment on the information at hand).
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state not in {FiscalState.SECURED, FiscalState.NIL}:
        return 0
    taken = _taken(work, debt) if debt.state is FiscalState.SECURED else 0
    _finish(work, debt)
    return taken


def _taken(work: Work, debt: Debt) -> int:
    """Take what is set aside in money, and out of the guarantees what it lacks of the debt; the rest comes back."""
    aside = left = debt_moved(debt.declaration_id).security_minor
    paid: dict[str, int] = {}
    for authority, minor in debt.due.items():
        paid[authority] = min(minor, left)
        left -= paid[authority]
    _call(work, debt, {name: minor - paid[name] for name, minor in debt.due.items()})
    if aside:
        accounts_lock(work, debt)
        sides = [Side("security", -aside), Side("trader", left, debt.payer_id)]
        sides += [Side("authority", minor, authority=name) for name, minor in paid.items()]
        money_post(
            work,
            source=f"convert:{debt.declaration_id}",
            text=f"Security of {debt.mrn} taken",
            currency=debt.currency,
            sides=[side for side in sides if side.amount_minor],
            actor=debt.actor,
            at=debt.at,
            declaration_id=debt.declaration_id,
            mrn=debt.mrn,
        )
    return debt.total_minor


def _call(work: Work, debt: Debt, parts: Mapping[str, int]) -> None:
    """Take parts of the debt out of the guarantees and demand them of the payer; free what is held beyond."""
    left, reason = sum(parts.values()), f"{debt.mrn} was not completed"
    for purpose in dict.fromkeys(one.purpose for one in reserved_for(debt.declaration_id)):
        if left:
            left -= guarantee_convert(
                work,
                subject_id=debt.declaration_id,
                purpose=purpose,
                amount_minor=left,
                actor=debt.actor,
                at=debt.at,
                reason=reason,
            )
    guarantee_free(work, subject_id=debt.declaration_id, actor=debt.actor, at=debt.at, reason=reason)
    for authority, minor in parts.items():
        if minor:
            demand_make(
                work,
                source=f"convert:{debt.declaration_id}:{authority}",
                kind=DemandKind.GUARANTEE_CALL,
                organisation_id=debt.payer_id,
                authority=authority,
                amount_minor=minor,
                currency=debt.currency,
                text=f"Debt of {debt.mrn}, secured on a guarantee",
                law="Union Customs Code, article 191",
                subject_type="determination",
                subject_id=str(debt.declaration_id),
                event_on=debt.at.date(),
                declaration_id=debt.declaration_id,
                actor=debt.actor,
                at=debt.at,
            )


def _finish(work: Work, debt: Debt) -> None:
    state = FISCAL.next_state("make_final", debt.state)
    work.execute(MOVE_SQL, [state.value, 0, debt.at, debt.declaration_id])
    debt_tell(work, debt, Verb.FISCAL_STATE_CHANGED, "debt_final", {"state": state.value})
