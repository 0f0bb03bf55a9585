"""Money that is owed: the one debit of each declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from fees.models import LedgerTransaction, Posting
from fees.services.accounts import POSTING_COLUMNS, TRANSACTION_COLUMNS, account_open, amount_text
from fees.services.reminders import reminder_queue
from fees.states import COVERED, FISCAL, FiscalState
from fees.types import DebitResult
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.identifiers import uuid7

# The status is locked before the account, here and nowhere the other way round, so that no two debits deadlock.
STATUS_SQL = """
SELECT state, currency, total_minor, missing_minor, due, mrn, parties FROM fees_fiscalstatus
WHERE declaration_id = %s FOR UPDATE
"""
ACCOUNTS_SQL = """
WITH payer AS (
    SELECT id, balance_minor FROM fees_account
    WHERE organisation_id = %s AND currency = %s AND kind = 'trader' FOR NO KEY UPDATE
)
SELECT '', id, balance_minor FROM payer
UNION ALL SELECT authority, id, 0 FROM fees_account WHERE kind = 'authority' AND currency = %s
"""
AUTHORITIES_SQL = "SELECT authority, id FROM fees_account WHERE kind = 'authority' AND currency = %s"
SHORT_SQL = """
UPDATE fees_fiscalstatus SET state = %s, missing_minor = %s, changed_at = %s, organisation_id = %s
WHERE declaration_id = %s
"""
MOVE_SQL = "UPDATE fees_fiscalstatus SET state = %s, missing_minor = %s, changed_at = %s WHERE declaration_id = %s"


@dataclass(frozen=True, slots=True)
class Debt:
    """What a declaration owes, read under its lock, and who is asked to pay it when."""

    declaration_id: UUID
    payer_id: UUID
    at: datetime
    actor: Actor
    state: FiscalState
    currency: str
    total_minor: int
    missing_minor: int
    due: Mapping[str, int]
    mrn: str
    told: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Payer:
    """A prepaid account and what it holds."""

    id: UUID
    balance_minor: int


def debt_lock(
    work: Work, *, declaration_id: UUID, organisation_id: UUID, at: datetime | None, actor: Actor | None
) -> Debt:
    """What a declaration owes, its fiscal status locked.

    Raises:
        NotFound: nothing was assessed.
    """
    work.flush()  # the assessment may have been made in this same act
    rows = work.fetch(STATUS_SQL, [declaration_id])
    if not rows:
        raise NotFound("Nothing was assessed for this declaration.")
    state, currency, total, missing, due, mrn, parties = rows[0]
    return Debt(
        declaration_id=declaration_id,
        payer_id=organisation_id,
        at=at or clock.now(),
        actor=actor or system_actor("fees"),
        state=FiscalState(state),
        currency=currency,
        total_minor=total,
        missing_minor=missing,
        due=stored_read(due),
        mrn=mrn,
        told=(organisation_id, *(UUID(party) for party in stored_read(parties))),
    )


def account_debit(
    work: Work,
    *,
    declaration_id: UUID,
    organisation_id: UUID,
    at: datetime | None = None,
    actor: Actor | None = None,
) -> DebitResult:
    """Take what a declaration owes from a prepaid account, within the transaction that releases the goods.

    Where money is missing nothing is taken: the state becomes INSUFFICIENT and the payer is told how much is missing,
    once for each amount. A debt of nothing becomes NIL.

    Locks: the fiscal status, then the account.
    Idempotent: a declaration is debited once for ever; asked again, the answer is what stands.

    Raises:
        NotFound: nothing was assessed.
        TransitionRefused: there is no assessment yet (state NOT_ASSESSED).
    """
    debt = debt_lock(work, declaration_id=declaration_id, organisation_id=organisation_id, at=at, actor=actor)
    if debt.state in COVERED or debt.state is FiscalState.FINAL:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("pay", debt.state)  # NOT_ASSESSED has no way from here to paid
    if debt.total_minor == 0:
        return debt_settle(work, debt, "close_as_nil")
    payer, authorities = accounts_lock(work, debt)
    if payer is None or payer.balance_minor < debt.total_minor:
        return debt_fall_short(work, debt, debt.total_minor - (payer.balance_minor if payer else 0))
    _post(work, debt, payer.id, authorities)
    return debt_settle(work, debt, "pay")


def accounts_lock(work: Work, debt: Debt) -> tuple[Payer | None, dict[str, UUID]]:
    """The payer's account, locked, and the accounts of the authorities by their codes.

    Locks: the payer's account, always after the fiscal status.
    """
    rows = work.fetch(ACCOUNTS_SQL, [debt.payer_id, debt.currency, debt.currency])
    payer = next((Payer(row[1], row[2]) for row in rows if not row[0]), None)
    return payer, {row[0]: row[1] for row in rows if row[0]}


def debt_defer_to(work: Work, debt: Debt, *, note: dict[str, JsonValue]) -> DebitResult:
    """Book a locked debt with the authorities and leave it to the payer to pay later: a deferred payment.

    The authorities have it at once; what the payer still has to pay stands on the receivable of its organisation.

    Idempotent: the database refuses a second deferral of the same declaration.

    Source: FE-ACC-07 (domain.md F53); who may pay later, and how much, is decided by revenue.
    """
    receivable = account_open(work, "receivable", organisation_id=debt.payer_id, currency=debt.currency)
    authorities = dict(work.fetch(AUTHORITIES_SQL, [debt.currency]))
    text = f"Duty, taxes and charges of {debt.mrn}, to be paid later"
    money_move(work, debt, f"defer:{debt.declaration_id}", text, {receivable: -debt.total_minor}, authorities)
    return debt_settle(work, debt, "defer", note=note)


def _post(work: Work, debt: Debt, payer_account: UUID, accounts: Mapping[str, UUID]) -> None:
    """One transaction: the trader pays, each authority receives its part."""
    text = f"Duty, taxes and charges of {debt.mrn}"
    money_move(work, debt, f"debit:{debt.declaration_id}", text, {payer_account: -debt.total_minor}, accounts)


def money_move(
    work: Work, debt: Debt, source: str, text: str, moved: Mapping[UUID, int], authorities: Mapping[str, UUID] | None
) -> None:
    """Post one transaction of a debt: the accounts named, and with `authorities` each authority's part of it.

    Idempotent: by the source; the database refuses the same one twice, and postings that do not sum to zero.
    """
    transaction_id = uuid7()
    row = (transaction_id, source, debt.at, text, debt.declaration_id, debt.mrn, debt.actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    sides = [(transaction_id, account, minor) for account, minor in moved.items() if minor]
    for authority, minor in (debt.due if authorities is not None else {}).items():
        account = (authorities or {}).get(authority) or account_open(
            work, "authority", authority=authority, currency=debt.currency
        )
        sides.append((transaction_id, account, minor))
    work.insert(Posting, POSTING_COLUMNS, sides)


def debt_settle(work: Work, debt: Debt, action: str, *, note: dict[str, JsonValue] | None = None) -> DebitResult:
    """Take the step of the fiscal life cycle and tell it, with what is to be told beside."""
    state = FISCAL.next_state(action, debt.state)
    work.execute(MOVE_SQL, [state.value, 0, debt.at, debt.declaration_id])
    verb = Verb.ACCOUNT_DEBITED if state is FiscalState.PAID else Verb.FISCAL_STATE_CHANGED
    debt_tell(work, debt, verb, state.value.lower(), {"state": state.value, **(note or {})})
    return DebitResult(state, currency=debt.currency)


def debt_fall_short(work: Work, debt: Debt, missing: int) -> DebitResult:
    """Take nothing, and tell how much is missing, once for each amount."""
    state = FISCAL.next_state("fall_short", debt.state)
    if missing != debt.missing_minor:
        work.execute(SHORT_SQL, [state.value, missing, debt.at, debt.payer_id, debt.declaration_id])
        more: dict[str, JsonValue] = {"state": state.value, "missing": amount_text(missing, debt.currency)}
        debt_tell(work, debt, Verb.FISCAL_STATE_CHANGED, "insufficient_funds", more)
        reminder_queue(work, debt.declaration_id, number=1, actor=debt.actor)
    return DebitResult(state, missing_minor=missing, currency=debt.currency)


def debt_tell(work: Work, debt: Debt, verb: Verb, type_: str, more: dict[str, JsonValue]) -> None:
    """One event, and one line in the feed of the payer and of every party."""
    subject_id = str(debt.declaration_id)
    data: dict[str, JsonValue] = {
        "mrn": debt.mrn,
        "total": amount_text(debt.total_minor, debt.currency),
        "currency": debt.currency,
        **more,
    }
    event_record(
        work,
        actor=debt.actor,
        verb=verb,
        subject_type="declaration",
        subject_id=subject_id,
        data=data,
        at=debt.at,
    )
    party_event_publish(work, organisation_ids=debt.told, type=type_, subject_id=subject_id, data=data, at=debt.at)


def stored_read(stored: Any) -> Any:
    """A JSON column as the driver gives it: text, because Django reads JSON itself."""
    return orjson.loads(stored) if isinstance(stored, str) else stored
