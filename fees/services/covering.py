"""Covering a debt by more than the account: secured on guarantees, or paid in part with the rest secured."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fees.services.accounts import account_open, amount_text
from fees.services.debts import (
    Debt,
    Payer,
    accounts_lock,
    debt_fall_short,
    debt_lock,
    debt_settle,
    money_move,
)
from fees.services.deposits import deposit_set_aside
from fees.states import COVERED, FISCAL, FiscalState
from fees.types import DebitResult
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.selectors import guarantee_of_grn
from singlewindow.guarantees.services import guarantee_convert, guarantee_refusals, guarantees_draw
from singlewindow.guarantees.types import Drawing, GuaranteeType, Share
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Violation

SETTLED = COVERED | {FiscalState.FINAL}


def debt_secure_on(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    drawing: Drawing,
    purpose: str,
    extra: Mapping[str, int],
    at: datetime,
    actor: Actor,
) -> DebitResult:
    """Secure what a declaration owes on guarantees, in the transaction of its release; no money moves.

    Where a guarantee cannot bear it nothing is reserved, and the parties are told every reason.

    Locks: the fiscal status, then the guarantees, then, for a deposit, the account.

    Idempotent: what is covered stays covered.

    Source: docs/rules/guarantees.md, GU-REL-01.

    Args:
        extra: what is secured beside it, in minor units by purpose.
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in SETTLED:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("secure", debt.state)
    amounts = {name: minor for name, minor in {purpose: debt.total_minor, **extra}.items() if minor > 0}
    if not amounts:
        return debt_settle(work, debt, "close_as_nil")
    shares, found = guarantee_refusals(work, drawing, amounts, debt.currency, actor=actor, at=at)
    if found:
        return _refused(work, debt, found, sum(amounts.values()))
    _draw(work, debt, drawing, shares)
    return debt_settle(work, debt, "secure")


def debt_pay_and_secure(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    drawing: Drawing | None,
    extra: Mapping[str, int],
    at: datetime,
    actor: Actor,
) -> DebitResult:
    """Pay what is owed as declared, and secure what else may come to be owed: on guarantees, or in cash.

    Where either is missing nothing moves.

    Locks: the fiscal status, then the guarantees, then the account.

    Idempotent: what is covered stays covered.

    Source: GU-REL-02, GU-DIS-04 (domain.md F52; TFA 7.3.1 and 7.3.2).

    Args:
        drawing: none to secure it in cash.
        extra: what is secured, in minor units by purpose.
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in SETTLED:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("secure", debt.state)
    shares: list[Share] = []
    if drawing is not None:
        shares, found = guarantee_refusals(work, drawing, extra, debt.currency, actor=actor, at=at)
        if found:
            return _refused(work, debt, found, sum(extra.values()))
    cash = 0 if drawing is not None else sum(extra.values())
    payer, authorities = accounts_lock(work, debt)
    missing = debt.total_minor + cash - (payer.balance_minor if payer else 0)
    if missing > 0:
        return debt_fall_short(work, debt, missing)
    if payer is not None:
        _pay(work, debt, payer, authorities, cash)
    if drawing is not None:
        _draw(work, debt, drawing, shares)
    more: dict[str, JsonValue] = {"secured": amount_text(sum(extra.values()), debt.currency)}
    return debt_settle(work, debt, "secure", note=more)


def _pay(work: Work, debt: Debt, payer: Payer, authorities: Mapping[str, UUID], cash: int) -> None:
    if debt.total_minor:
        text = f"Duty, taxes and charges of {debt.mrn}"
        money_move(work, debt, f"debit:{debt.declaration_id}", text, {payer.id: -debt.total_minor}, authorities)
    if cash:
        moved = {payer.id: -cash, account_open(work, "security", currency=debt.currency): cash}
        money_move(work, debt, f"secure:{debt.declaration_id}", f"Security for {debt.mrn}", moved, None)


def _draw(work: Work, debt: Debt, drawing: Drawing, shares: list[Share]) -> None:
    """Reserve the shares; a deposit becomes money that is set aside for this declaration."""
    guarantees_draw(work, drawing, shares, debt.currency, actor=debt.actor, at=debt.at)
    for share in shares:
        guarantee = guarantee_of_grn(share.grn)
        if guarantee is not None and guarantee.type is GuaranteeType.CASH:
            guarantee_convert(
                work,
                subject_id=debt.declaration_id,
                purpose=share.purpose,
                amount_minor=share.amount_minor,
                actor=debt.actor,
                at=debt.at,
                reason="The deposit is set aside for the declaration.",
                grn=share.grn,
            )
            deposit_set_aside(work, debt, guarantee, share.amount_minor, purpose=share.purpose)


def _refused(work: Work, debt: Debt, found: list[Violation], missing: int) -> DebitResult:
    """Nothing is secured: say why, once for each amount."""
    if missing != debt.missing_minor:
        data: dict[str, JsonValue] = {
            "mrn": debt.mrn,
            "rules": [one.rule for one in found],
            "reasons": [one.message for one in found],
        }
        subject_id = str(debt.declaration_id)
        event_record(
            work,
            actor=debt.actor,
            verb=Verb.GUARANTEE_REFUSED,
            subject_type="declaration",
            subject_id=subject_id,
            data=data,
            at=debt.at,
        )
        party_event_publish(
            work,
            organisation_ids=debt.told,
            type=Verb.GUARANTEE_REFUSED.value,
            subject_id=subject_id,
            data=data,
            at=debt.at,
        )
    return debt_fall_short(work, debt, missing)
