"""Giving back what a declaration paid: the authorities return it to the prepaid account of whoever paid."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fees.services.accounts import amount_text
from fees.services.debts import debt_lock
from fees.services.movements import Side, money_post
from fees.services.remissions import Repaid, debt_remit
from fees.states import FiscalState
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.errors import RuleViolated, TransitionRefused, Violation

PAID = frozenset({FiscalState.PAID, FiscalState.FINAL})


def debt_repay(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    lines: Sequence[Repaid],
    interest: Mapping[str, int],
    source: str,
    text: str,
    lowers_debt: bool,
    waived: bool = False,
    actor: Actor,
    at: datetime,
) -> int:
    """Give back parts of what a declaration paid, with interest beside; returns the minor units.

    Locks: the fiscal status, then the account.

    Idempotent: by the source; the database refuses the same one twice.

    Source: docs/rules/revenue.md, RV-CLM-07, RV-CLM-10.

    Args:
        lines: minor units by tax.
        interest: minor units by authority, of what the administration pays for an error of its own.
        lowers_debt: whether the debt itself is less from now on (a repayment), or was right (a drawback).
        waived: the assessment was right, and is not asked for all the same (see `debt_remit`).

    Raises:
        TransitionRefused: the debt was not paid.
        RuleViolated: RV-CLM-05, an authority would give back more than it got.
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state not in PAID:
        raise TransitionRefused("Only what was paid is given back.")
    parts: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        parts[line.authority] += line.minor
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
        debt_remit(work, debt, lines, waived=waived, source=source)
    return total
