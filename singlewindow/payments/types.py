"""Values of payments that other apps may hold: frozen, and pure Python."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from singlewindow.payments.states import BasketState, PayoutState, SuspenseState


class LineKind(StrEnum):
    """What a line of a basket pays."""

    DEMAND = "demand"
    DEBT = "debt"
    TOP_UP = "top_up"


class Method(StrEnum):
    """How a basket is paid."""

    ACCOUNT = "account"
    PROVIDER = "provider"
    BANK = "bank"


class Outcome(StrEnum):
    """What became of an entry of the bank."""

    BASKET = "basket"  # Booked for a basket, on the account of its trader.
    ACCOUNT = "account"  # Booked on the account of the organisation that the text names.
    SUSPENSE = "suspense"  # Nobody could place it.
    PAYOUT = "payout"  # The bank paid an order out.
    BOUNCED = "bounced"  # An order came back.
    SETTLED = "settled"  # A provider paid over what it took.


class Held(StrEnum):
    """Why money is held in suspense, or a basket in review."""

    SHORT = "short"
    OVER = "over"
    CURRENCY = "currency"
    CANCELLED = "cancelled"
    GONE = "gone"  # What it was for is not owed any more.
    TWICE = "twice"
    UNKNOWN = "unknown"
    REVERSED = "reversed"
    REFUNDED = "refunded"
    DIFFERS = "differs"  # The provider told two amounts of one payment.
    BOUNCED = "bounced"
    USED = "used"  # A part that came in was taken by something else before the rest came.


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a basket pays."""

    kind: LineKind
    amount_minor: int
    text: str
    demand_id: UUID | None = None
    declaration_id: UUID | None = None
    authority: str = ""


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket as its owner sees it."""

    id: UUID
    organisation_id: UUID
    currency: str
    total_minor: int
    reference: str
    state: BasketState
    method: str
    received_minor: int
    reason: str
    made_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class SuspenseView:
    """Money in suspense: how much, what was said with it, and what is proposed."""

    id: UUID
    currency: str
    amount_minor: int
    at: datetime
    origin: str
    reason: str
    basket_id: UUID | None
    reference: str
    text: str
    party_name: str
    party_iban: str
    state: SuspenseState
    cleared_by: str = ""
    cleared_at: datetime | None = None
    cleared_why: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whose the money may be, how well that fits, and why."""

    score: int
    why: str
    organisation_id: UUID
    identifier: str
    name: str
    basket_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payment order and how far it is."""

    id: UUID
    organisation_id: UUID | None
    currency: str
    amount_minor: int
    end_to_end_id: str
    text: str
    creditor: str
    iban: str
    state: PayoutState
    file_id: UUID | None
    ordered_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a statement did."""

    statement_id: UUID
    entries: int
    booked: int
    suspense: int
    again: bool = False
    """It was loaded before: nothing was booked."""


@dataclass(frozen=True, slots=True)
class EntryRead:
    """One movement as a statement tells it."""

    place: str
    """Where it stands in the file."""
    amount_minor: int
    currency: str
    booked_on: date
    reversal: bool
    identity: str
    references: tuple[str, ...]
    """Structured creditor references, the most trusted first."""
    end_to_end_id: str
    group_id: str
    """The id of the file of payment orders that it answers, where the bank booked them as one."""
    returned: bool
    reason: str
    text: str
    party_name: str
    party_iban: str


@dataclass(frozen=True, slots=True)
class StatementRead:
    """One statement as a file tells it."""

    iban: str
    statement_id: str
    number: int | None
    version: str
    currency: str
    opening_minor: int
    closing_minor: int
    opened_on: date
    closed_on: date
    entries: tuple[EntryRead, ...]
