"""Statements, entries and payouts, for officers and auditors."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of, uuid_decode
from singlewindow.payments.models import BankAccount, BankEntry, BankStatement, PayoutFile, PayoutOrder
from singlewindow.payments.states import PayoutState
from singlewindow.payments.types import Outcome, PayoutView


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement as it was loaded."""

    id: UUID
    iban: str
    statement_id: str
    currency: str
    opening_minor: int
    closing_minor: int
    opened_on: date
    closed_on: date
    entries: int
    loaded_by: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry and what became of it."""

    ordinal: int
    booked_on: date
    amount_minor: int
    reference: str
    text: str
    party_name: str
    outcome: Outcome
    subject_id: str


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of payment orders."""

    id: UUID
    message_id: str
    currency: str
    count: int
    total_minor: int
    sha256: str
    made_at: datetime


def statements_for(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[StatementView]:
    """Statements, the newest first; nothing for who may not see them. Raises FormatRefused for a foreign cursor."""
    if not actor.may(Permission.VIEW_LEDGER):
        return Page([])
    rows = BankStatement.objects.order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([_statement(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def statement_for(actor: Actor, statement_id: UUID) -> StatementView:
    """One statement. Raises NotFound: there is none, or the actor may not see it."""
    row = BankStatement.objects.filter(pk=statement_id).first() if actor.may(Permission.VIEW_LEDGER) else None
    if row is None:
        raise NotFound
    return _statement(row)


def _statement(row: BankStatement) -> StatementView:
    return StatementView(
        *(row.pk, row.iban, row.statement_id, row.currency, row.opening_minor, row.closing_minor),
        *(row.opened_on, row.closed_on, row.entries_count, row.loaded_by, row.loaded_at),
    )


def entries_of(statement_id: UUID, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[EntryView]:
    """The entries of a statement, as the bank lists them. Raises FormatRefused for a cursor of another list."""
    (after,) = cursor_decode(cursor, int) if cursor else [-1]
    rows = BankEntry.objects.filter(statement_id=statement_id, ordinal__gt=after).order_by("ordinal")[: size + 1]
    found = [
        EntryView(
            *(row.ordinal, row.booked_on, row.amount_minor, row.reference, row.text, row.party_name),
            *(Outcome(row.outcome), row.subject_id),
        )
        for row in rows
    ]
    return page_of(found, size, lambda one: (one.ordinal,))


def payouts_for(actor: Actor, *, state: PayoutState, cursor: str = "", size: int = PAGE_SIZE) -> Page[PayoutView]:
    """Payment orders in a state, the newest first; nothing for who may not see them."""
    if not actor.may(Permission.VIEW_LEDGER):
        return Page([])
    rows = PayoutOrder.objects.filter(state=state.value).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([_payout(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def _payout(row: PayoutOrder) -> PayoutView:
    return PayoutView(
        *(row.pk, row.organisation_id, row.currency, row.amount_minor, row.end_to_end_id, row.text),
        *(row.creditor, row.iban, PayoutState(row.state), row.file_id, row.ordered_at, row.reason),
    )


def payouts_of(organisation_id: UUID, *, most: int = 20) -> list[PayoutView]:
    """The newest payment orders to an organisation."""
    rows = PayoutOrder.objects.filter(organisation_id=organisation_id).order_by("-pk")
    return [_payout(row) for row in rows[:most]]


def payout_files(actor: Actor, *, most: int = 50) -> list[FileView]:
    """The newest files of payment orders, without their bytes."""
    if not actor.may(Permission.VIEW_LEDGER):
        return []
    rows = PayoutFile.objects.order_by("-pk").defer("body")[:most]
    return [
        FileView(row.pk, row.message_id, row.currency, row.count, row.total_minor, row.sha256, row.made_at)
        for row in rows
    ]


def payout_file_body(actor: Actor, file_id: UUID) -> tuple[str, bytes]:
    """Name and bytes of a file for the bank. Raises NotFound: there is none, or the actor may not take it there."""
    row = PayoutFile.objects.filter(pk=file_id).first() if actor.may(Permission.CREDIT_ACCOUNT) else None
    if row is None:
        raise NotFound
    return row.message_id, bytes(row.body)


def bank_account_of(organisation_id: UUID) -> tuple[str, str] | None:
    """IBAN and holder of the bank account that an organisation named last."""
    row = BankAccount.objects.filter(organisation_id=organisation_id).order_by("-pk").first()
    return (row.iban, row.holder) if row else None
