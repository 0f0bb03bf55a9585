"""Prepaid accounts: balance and movements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from fees.models import Account
from singlewindow.kernel.paging import Page, cursor_decode, page_of

MOVEMENTS_SQL = """
SELECT p.id, t.at, t.text, t.declaration_id, t.mrn, p.amount_minor
FROM fees_posting p JOIN fees_ledgertransaction t ON t.id = p.transaction_id
WHERE p.account_id = %s AND p.id < %s ORDER BY p.id DESC LIMIT %s
"""
LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class AccountView:
    """A prepaid account and what is on it."""

    id: UUID
    organisation_id: UUID
    currency: str
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of an account; a debit names the declaration it paid for."""

    id: int
    at: datetime
    text: str
    declaration_id: UUID | None
    mrn: str
    amount_minor: int


def account_of(organisation_id: UUID, *, currency: str) -> AccountView | None:
    """The prepaid account of an organisation; none before its first money came in."""
    row = Account.objects.filter(organisation_id=organisation_id, kind="trader", currency=currency).first()
    return None if row is None else AccountView(row.pk, organisation_id, row.currency, row.balance_minor)


def account_movements(account_id: UUID, *, cursor: str = "", size: int = 50) -> Page[Movement]:
    """The movements of an account, newest first. Raises FormatRefused for a cursor of another list."""
    (before,) = cursor_decode(cursor, int) if cursor else [LAST]
    with connection.cursor() as db:
        db.execute(MOVEMENTS_SQL, [account_id, before, size + 1])
        rows: list[tuple[Any, ...]] = db.fetchall()
    return page_of([Movement(*row) for row in rows], size, lambda movement: (movement.id,))


def ledger_total() -> int:
    """The sum of every posting ever made, in minor units: always 0."""
    with connection.cursor() as db:
        db.execute("SELECT coalesce(sum(amount_minor), 0) FROM fees_posting")
        (total,) = db.fetchone() or (0,)
    return int(total)
