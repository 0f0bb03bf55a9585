"""Moving money between accounts of the ledger, for apps that take it in and pay it out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fees.models import LedgerTransaction, Posting
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS, account_open
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.identifiers import uuid7

LOCK_SQL = """
SELECT id, balance_minor FROM fees_account WHERE organisation_id = ANY(%s::uuid[]) AND currency = %s AND kind = 'trader'
ORDER BY id FOR NO KEY UPDATE
"""
POSTED_SQL = "SELECT source_event FROM fees_ledgertransaction WHERE source_event = ANY(%s)"

AccountKey = tuple[str, UUID | None, str, str]
"""Kind, organisation, authority or code, currency."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a movement: whose account, and by how many minor units it grows or, negative, shrinks."""

    kind: str
    amount_minor: int
    organisation_id: UUID | None = None
    authority: str = ""
    """The authority, or the code of a clearing account."""


def money_post(
    work: Work,
    *,
    source: str,
    text: str,
    currency: str,
    sides: Sequence[Side],
    actor: Actor,
    at: datetime,
    declaration_id: UUID | None = None,
    mrn: str = "",
    opened: dict[AccountKey, UUID] | None = None,
) -> UUID:
    """Post one transaction; returns its id.

    Locks: the traders' accounts, when the rows are written.
    Idempotent: by the source; the database refuses the same one twice, and sides that do not sum to zero.

    Args:
        opened: accounts that this act has looked up before, and where further ones are noted.

    Raises:
        IntegrityError: when the rows are written, a trader's account would fall below zero, or the source was posted.
    """
    known = {} if opened is None else opened
    transaction_id = uuid7()
    row = (transaction_id, source, at, text[:200], declaration_id, mrn, actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    rows = [(transaction_id, _account(work, side, currency, known), side.amount_minor) for side in sides]
    work.insert(Posting, POSTING_COLUMNS, rows)
    return transaction_id


def _account(work: Work, side: Side, currency: str, opened: dict[AccountKey, UUID]) -> UUID:
    key = (side.kind, side.organisation_id, side.authority, currency)
    if key not in opened:
        opened[key] = account_open(
            work, side.kind, currency=currency, organisation_id=side.organisation_id, authority=side.authority
        )
    return opened[key]


def balance_lock(work: Work, organisation_id: UUID, currency: str) -> int:
    """What a trader's prepaid account holds, kept from changing until the act ends; 0 where there is none.

    Locks: the account, the last of all locks.
    """
    work.flush()
    rows = work.fetch(LOCK_SQL, [[str(organisation_id)], currency])
    return int(rows[0][1]) if rows else 0


def sources_posted(work: Work, sources: Iterable[str]) -> set[str]:
    """Those of the sources whose money was moved before."""
    return {source for (source,) in work.fetch(POSTED_SQL, [list(sources)])}


KEEP_SQL = """
SELECT 1 FROM fees_fiscalstatus WHERE declaration_id = ANY(%s::uuid[]) ORDER BY declaration_id FOR NO KEY UPDATE
"""


def debts_keep(work: Work, ids: Iterable[UUID]) -> None:
    """Keep the debts of declarations from changing until the act ends.

    Locks: their fiscal statuses, in the order of their ids.
    """
    work.fetch(KEEP_SQL, [[str(declaration_id) for declaration_id in sorted(set(ids))]])


def balances_lock(work: Work, organisation_ids: Iterable[UUID], currency: str) -> None:
    """Keep the prepaid accounts of several organisations from changing, in one order, before any of them moves.

    Locks: the accounts, in the order of their ids.
    """
    work.fetch(LOCK_SQL, [[str(holder) for holder in sorted(set(organisation_ids))], currency])
