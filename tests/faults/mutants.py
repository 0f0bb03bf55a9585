"""Guards of the ledgers, each as it would be without it: who takes one out sees its test fail (docs/rules/locks.md)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID


def permit_condition() -> None:
    """A permit is taken without asking in the same statement whether it bears it."""
    from agencies.services import reservation

    def take(work: Any, permit_id: UUID, quantity: Decimal, on: Any, value: Decimal) -> bool:
        rows = work.fetch("SELECT used + %s <= quantity FROM agencies_permit WHERE id = %s", [quantity, permit_id])
        if not rows[0][0]:
            return False
        taken = "UPDATE agencies_permit SET used = used + %s, value_used = value_used + %s WHERE id = %s"
        work.flush()
        return bool(work.execute(taken, [quantity, value, permit_id]))

    reservation._take = take


def permit_order() -> None:
    """Permits are taken as they are named, not in the order of their ids."""
    from agencies.services import reservation

    reservation.sorted = lambda found: list(found)  # type: ignore[attr-defined]


def quota_lock() -> None:
    """Quotas are read without a lock."""
    from singlewindow.quotas.services import book

    book.LOCK_SQL = " ORDER BY q.id"


def quota_order() -> None:
    """Quotas are locked in no order that is the same for all."""
    from singlewindow.quotas.services import book

    book.LOCK_SQL = " ORDER BY random() FOR NO KEY UPDATE OF q"


def guarantee_lock() -> None:
    """A guarantee is read without a lock."""
    from singlewindow.guarantees.models import Guarantee
    from singlewindow.guarantees.services import drawing

    drawing.guarantees_for_update = lambda: Guarantee.objects.all()


def guarantee_condition() -> None:
    """A guarantee is read without a lock, and drawn without asking in the same statement whether it bears it."""
    from singlewindow.guarantees.services import ledger

    guarantee_lock()
    ledger.DRAW_SQL = ledger.DRAW_SQL.replace("AND used_minor + %(by)s BETWEEN 0 AND limit_minor", "")


def account_lock() -> None:
    """The payer's account is read without a lock."""
    from fees.services import debts

    debts.ACCOUNTS_SQL = debts.ACCOUNTS_SQL.replace("FOR NO KEY UPDATE", "")


def status_lock() -> None:
    """What a declaration owes is read without a lock."""
    from fees.services import debts

    debts.STATUS_SQL = debts.STATUS_SQL.replace("FOR UPDATE", "")


MUTANTS: dict[str, Callable[[], None]] = {
    "permit_condition": permit_condition,
    "permit_order": permit_order,
    "quota_lock": quota_lock,
    "quota_order": quota_order,
    "guarantee_lock": guarantee_lock,
    "guarantee_condition": guarantee_condition,
    "account_lock": account_lock,
    "status_lock": status_lock,
}
