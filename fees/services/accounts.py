"""Money: credits of a prepaid account, and the one debit of each declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError

from fees.models import Account, LedgerTransaction, Posting
from fees.states import COVERED, FISCAL, FiscalState
from fees.types import DebitResult
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor, minor_unit, to_minor

TRANSACTION_COLUMNS = ("id", "source_event", "at", "text", "declaration_id", "mrn", "actor")
POSTING_COLUMNS = ("transaction_id", "account_id", "amount_minor")

OPEN_SQL = """
INSERT INTO fees_account (id, kind, organisation_id, authority, currency) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
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
SHORT_SQL = """
UPDATE fees_fiscalstatus SET state = %s, missing_minor = %s, changed_at = %s, organisation_id = %s
WHERE declaration_id = %s
"""
MOVE_SQL = "UPDATE fees_fiscalstatus SET state = %s, missing_minor = %s, changed_at = %s WHERE declaration_id = %s"


def account_credit(
    *,
    organisation_id: UUID,
    amount: Decimal,
    currency: str,
    reference: str,
    actor: Actor,
    at: datetime | None = None,
) -> UUID:
    """Book money received on an organisation's prepaid account, and wake what waited for it.

    Idempotent: a payment reference is booked once; the same one again is a conflict.

    Raises:
        NotPermitted: the actor may not credit accounts.
        RuleViolated: FE-ACC-01, the amount is not positive or finer than the currency.
        Conflict: the reference was booked before.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    minor = _minor_checked(amount, currency)
    source = f"credit:{reference}"
    moment = at or clock.now()
    try:
        with unit_of_work() as work:
            if LedgerTransaction.objects.filter(source_event=source).exists():
                raise Conflict(f"The payment {reference} was booked before.")
            transaction_id = uuid7()
            text = f"Payment received, reference {reference}"
            work.insert(
                LedgerTransaction,
                TRANSACTION_COLUMNS,
                [(transaction_id, source, moment, text, None, "", actor.label)],
            )
            trader = account_open(work, "trader", organisation_id=organisation_id, currency=currency)
            cash = account_open(work, "cash", currency=currency)
            work.insert(Posting, POSTING_COLUMNS, [(transaction_id, trader, minor), (transaction_id, cash, -minor)])
            _tell_credit(work, organisation_id, minor, currency, reference, actor)
            queue(work, "AccountCredited", subject_id=str(organisation_id), actor=actor)
    except IntegrityError as error:  # the same reference, booked by another hand at the same time
        raise Conflict(f"The payment {reference} was booked before.") from error
    return transaction_id


def _tell_credit(work: Work, organisation_id: UUID, minor: int, currency: str, reference: str, actor: Actor) -> None:
    data: dict[str, JsonValue] = {"amount": _text(minor, currency), "currency": currency, "reference": reference}
    subject_id = str(organisation_id)
    event_record(
        work,
        actor=actor,
        verb=Verb.ACCOUNT_CREDITED,
        subject_type="organisation",
        subject_id=subject_id,
        data=data,
    )
    party_event_publish(
        work, organisation_ids=[organisation_id], type="account_credited", subject_id=subject_id, data=data
    )


def _minor_checked(amount: Decimal, currency: str) -> int:
    try:
        minor = to_minor(amount, currency)
    except ValueError:
        minor = 0
    if minor > 0:
        return minor
    raise RuleViolated(
        violations=[
            Violation(
                rule="FE-ACC-01",
                pointer="/amount",
                message=f"The amount must be positive, with at most {minor_unit(currency)} decimals.",
                remedy="Correct the amount.",
                value=f"{amount:f}",
            )
        ]
    )


def account_open(
    work: Work, kind: str, *, currency: str, organisation_id: UUID | None = None, authority: str = ""
) -> UUID:
    """The account of a holder, opened when it is its first movement."""
    holder = {"kind": kind, "organisation_id": organisation_id, "authority": authority, "currency": currency}
    found = Account.objects.filter(**holder).values_list("pk", flat=True).first()
    if found is None:
        work.execute(OPEN_SQL, [uuid7(), kind, organisation_id, authority, currency])
        found = Account.objects.filter(**holder).values_list("pk", flat=True).get()
    return found


@dataclass(frozen=True, slots=True)
class _Debt:
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
    work.flush()  # the assessment may have been made in this same act
    rows = work.fetch(STATUS_SQL, [declaration_id])
    if not rows:
        raise NotFound("Nothing was assessed for this declaration.")
    state, currency, total, missing, due, mrn, parties = rows[0]
    debt = _Debt(
        declaration_id=declaration_id,
        payer_id=organisation_id,
        at=at or clock.now(),
        actor=actor or system_actor("fees"),
        state=FiscalState(state),
        currency=currency,
        total_minor=total,
        missing_minor=missing,
        due=_read(due),
        mrn=mrn,
        told=(organisation_id, *(UUID(party) for party in _read(parties))),
    )
    if debt.state in COVERED or debt.state is FiscalState.FINAL:
        return DebitResult(debt.state, currency=debt.currency)
    FISCAL.transition("pay", debt.state)  # NOT_ASSESSED has no way from here to paid
    if debt.total_minor == 0:
        return _settle(work, debt, "close_as_nil")
    accounts = {row[0]: (row[1], row[2]) for row in work.fetch(ACCOUNTS_SQL, [organisation_id, currency, currency])}
    payer_account, balance = accounts.get("", (None, 0))
    if payer_account is None or balance < debt.total_minor:
        return _fall_short(work, debt, debt.total_minor - balance)
    _post(work, debt, payer_account, {authority: row[0] for authority, row in accounts.items()})
    return _settle(work, debt, "pay")


def _post(work: Work, debt: _Debt, payer_account: UUID, accounts: Mapping[str, UUID]) -> None:
    """One transaction: the trader pays, each authority receives its part."""
    transaction_id = uuid7()
    source, text = f"debit:{debt.declaration_id}", f"Duty, taxes and charges of {debt.mrn}"
    row = (transaction_id, source, debt.at, text, debt.declaration_id, debt.mrn, debt.actor.label)
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [row])
    sides = [(transaction_id, payer_account, -debt.total_minor)]
    for authority, minor in debt.due.items():
        account = accounts.get(authority) or account_open(
            work, "authority", authority=authority, currency=debt.currency
        )
        sides.append((transaction_id, account, minor))
    work.insert(Posting, POSTING_COLUMNS, sides)


def _settle(work: Work, debt: _Debt, action: str) -> DebitResult:
    state = FISCAL.next_state(action, debt.state)
    work.execute(MOVE_SQL, [state.value, 0, debt.at, debt.declaration_id])
    verb = Verb.ACCOUNT_DEBITED if state is FiscalState.PAID else Verb.FISCAL_STATE_CHANGED
    _tell(work, debt, verb, state.value.lower(), {"state": state.value})
    return DebitResult(state, currency=debt.currency)


def _fall_short(work: Work, debt: _Debt, missing: int) -> DebitResult:
    state = FISCAL.next_state("fall_short", debt.state)
    if missing != debt.missing_minor:
        work.execute(SHORT_SQL, [state.value, missing, debt.at, debt.payer_id, debt.declaration_id])
        more: dict[str, JsonValue] = {"state": state.value, "missing": _text(missing, debt.currency)}
        _tell(work, debt, Verb.FISCAL_STATE_CHANGED, "insufficient_funds", more)
    return DebitResult(state, missing_minor=missing, currency=debt.currency)


def _tell(work: Work, debt: _Debt, verb: Verb, type_: str, more: dict[str, JsonValue]) -> None:
    """One event, and one line in the feed of the payer and of every party."""
    subject_id = str(debt.declaration_id)
    data: dict[str, JsonValue] = {
        "mrn": debt.mrn,
        "total": _text(debt.total_minor, debt.currency),
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


def _read(stored: Any) -> Any:
    """A JSON column as the driver gives it: text, because Django reads JSON itself."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


def _text(minor: int, currency: str) -> str:
    return f"{from_minor(minor, currency):f}"
