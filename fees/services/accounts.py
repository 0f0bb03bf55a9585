"""Money that comes in: credits of a prepaid account, and the accounts themselves."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from fees.models import Account, LedgerTransaction, Posting
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor, minor_unit, to_minor

TRANSACTION_COLUMNS = ("id", "source_event", "at", "text", "declaration_id", "mrn", "actor")
POSTING_COLUMNS = ("transaction_id", "account_id", "amount_minor")

OPEN_SQL = """
INSERT INTO fees_account (id, kind, organisation_id, authority, currency) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


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

    Source: docs/rules/fees.md, FE-ACC-01, FE-ACC-09.

    Raises:
        NotPermitted: the actor may not credit accounts.
        RuleViolated: FE-ACC-01, the amount is not positive or finer than the currency; FE-ACC-09, it is more than one
            person books alone.
        Conflict: the reference was booked before.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    minor = minor_checked(amount, currency)
    if actor.kind is ActorKind.USER and not alone(minor, currency):
        sentence = "A second person must agree to an amount as large as this."
        raise RuleViolated(
            sentence, violations=[Violation("FE-ACC-09", "/amount", sentence, "Propose it.", f"{amount:f}")]
        )
    try:
        with unit_of_work() as work:
            return credit_book(work, organisation_id, minor, currency, reference, actor, at or clock.now())
    except IntegrityError as error:  # the same reference, booked by another hand at the same time
        raise Conflict(f"The payment {reference} was booked before.") from error


def alone(minor: int, currency: str) -> bool:
    """Whether one officer may book or give back so much by hand; a currency without a limit always needs two."""
    return minor <= settings.SUSPENSE_ALONE_MOST.get(currency, 0)


def credit_book(
    work: Work, organisation_id: UUID, minor: int, currency: str, reference: str, actor: Actor, at: datetime
) -> UUID:
    """Book money received, once for each reference, and wake what waited for it. Raises Conflict."""
    source = f"credit:{reference}"
    if LedgerTransaction.objects.filter(source_event=source).exists():
        raise Conflict(f"The payment {reference} was booked before.")
    transaction_id = uuid7()
    text = f"Payment received, reference {reference}"
    work.insert(LedgerTransaction, TRANSACTION_COLUMNS, [(transaction_id, source, at, text, None, "", actor.label)])
    trader = account_open(work, "trader", organisation_id=organisation_id, currency=currency)
    cash = account_open(work, "cash", currency=currency)
    work.insert(Posting, POSTING_COLUMNS, [(transaction_id, trader, minor), (transaction_id, cash, -minor)])
    credit_tell(work, organisation_id, minor, currency, reference, actor)
    queue(work, "AccountCredited", subject_id=str(organisation_id), actor=actor)
    return transaction_id


def credit_tell(work: Work, organisation_id: UUID, minor: int, currency: str, reference: str, actor: Actor) -> None:
    """Record and tell that money came onto a trader's prepaid account."""
    data: dict[str, JsonValue] = {"amount": amount_text(minor, currency), "currency": currency, "reference": reference}
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


def minor_checked(amount: Decimal, currency: str) -> int:
    """A positive amount in minor units. Raises RuleViolated (FE-ACC-01)."""
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


def amount_text(minor: int, currency: str) -> str:
    """An amount of minor units in figures."""
    return f"{from_minor(minor, currency):f}"
