"""Writing in the ledger for acts above fees: one transaction, the accounts named, sums to zero by the database."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fees.models import LedgerTransaction, Posting
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS
from fees.services.debts import Payer
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.identifiers import uuid7

PAYER_SQL = """
SELECT id, balance_minor FROM fees_account WHERE organisation_id = %s AND currency = %s AND kind = 'trader'
FOR NO KEY UPDATE
"""


def payer_lock(work: Work, organisation_id: UUID, currency: str) -> Payer | None:
    """The prepaid account of an organisation, locked; none before its first money came in.

    Locks: the account, after everything else in LOCK_ORDER.
    """
    rows = work.fetch(PAYER_SQL, [organisation_id, currency])
    return Payer(*rows[0]) if rows else None


def ledger_post(
    work: Work,
    *,
    source: str,
    text: str,
    sides: Mapping[UUID, int],
    actor: Actor,
    at: datetime,
    declaration_id: UUID | None = None,
    mrn: str = "",
) -> UUID:
    """Post one transaction; sides of nothing are left out.

    Idempotent: by the source; the database refuses the same one twice, and postings that do not sum to zero.
    """
    transaction_id = uuid7()
    row = (transaction_id, source, at, text, declaration_id, mrn, actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    postings = [(transaction_id, account, minor) for account, minor in sides.items() if minor]
    work.insert(Posting, POSTING_COLUMNS, postings)
    return transaction_id
