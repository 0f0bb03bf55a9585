"""Giving back what a declaration paid: the authorities return it to the prepaid account of whoever paid."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg2.extras import Json

from fees.services.accounts import amount_text
from fees.services.debts import debt_lock
from fees.services.movements import Side, money_post
from fees.states import FiscalState
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.errors import RuleViolated, TransitionRefused, Violation

PAID = frozenset({FiscalState.PAID, FiscalState.FINAL})
DUE_SQL = "UPDATE fees_fiscalstatus SET due = %s, total_minor = %s, changed_at = %s WHERE declaration_id = %s"


def debt_repay(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    parts: Mapping[str, int],
    interest: Mapping[str, int],
    source: str,
    text: str,
    lowers_debt: bool,
    actor: Actor,
    at: datetime,
) -> int:
    """Give back parts of what a declaration paid, with interest beside; returns the minor units.

    Locks: the fiscal status, then the account.

    Idempotent: by the source; the database refuses the same one twice.

    Source: docs/rules/revenue.md, RV-CLM-07.

    Args:
        parts: minor units by authority.
        interest: the same, of what the administration pays for an error of its own.
        lowers_debt: whether the debt itself is less from now on (a repayment), or was right (a drawback).

    Raises:
        TransitionRefused: the debt was not paid.
        RuleViolated: RV-CLM-05, an authority would give back more than it got.
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state not in PAID:
        raise TransitionRefused("Only what was paid is given back.")
    over = [name for name, minor in parts.items() if minor > debt.due.get(name, 0)]
    if over:
        raise RuleViolated(
            violations=[
                Violation(
                    "RV-CLM-05",
                    "/lines",
                    f"{name} got no more than {amount_text(debt.due.get(name, 0), debt.currency)} {debt.currency}.",
                    "Claim less.",
                    amount_text(parts[name], debt.currency),
                )
                for name in over
            ]
        )
    sides = [Side("authority", -minor, authority=name) for name, minor in parts.items() if minor]
    sides += [Side("authority", -minor, authority=name) for name, minor in interest.items() if minor]
    total = sum(parts.values()) + sum(interest.values())
    money_post(
        work,
        source=source,
        text=text,
        currency=debt.currency,
        sides=[*sides, Side("trader", total, organisation_id)],
        actor=actor,
        at=at,
        declaration_id=declaration_id,
        mrn=debt.mrn,
    )
    if lowers_debt:
        due = {name: minor - parts.get(name, 0) for name, minor in debt.due.items()}
        work.execute(DUE_SQL, [Json(due), sum(due.values()), at, declaration_id])
    return total
