"""Values of guarantees that other apps may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from singlewindow.guarantees.states import GuaranteeState


class GuaranteeType(StrEnum):
    """What kind of guarantee it is. Source: UCC annex B, code list 251."""

    WAIVER = "0"
    COMPREHENSIVE = "1"
    UNDERTAKING = "2"
    CASH = "3"
    VOUCHER = "4"
    PUBLIC_BODY = "8"
    MULTIPLE_USE = "9"
    TIR = "B"


T = GuaranteeType

SINGLE_USE = frozenset({T.UNDERTAKING, T.CASH, T.VOUCHER, T.TIR})
"""Types that secure one declaration and no other."""
USED_UP = frozenset({T.CASH, T.VOUCHER, T.TIR})
"""Types whose state says that they are used."""
WITH_GUARANTOR = frozenset({T.COMPREHENSIVE, T.UNDERTAKING, T.VOUCHER, T.MULTIPLE_USE, T.TIR})
"""Types for which somebody else than the holder stands."""
REDUCIBLE = frozenset({T.COMPREHENSIVE, T.WAIVER})
"""Types with a reference amount of which a share may be enough."""


class EntryKind(StrEnum):
    """What an entry of a guarantee's ledger does."""

    RESERVE = "RESERVE"  # Set aside for a debt.
    FREE = "FREE"  # Not needed any more.
    CONVERT = "CONVERT"  # The debt is taken out of it.
    REPLENISH = "REPLENISH"  # What was taken was paid: it can be drawn on again.


class CodeKind(StrEnum):
    """Whose access code it is."""

    MAIN = "main"
    ADDITIONAL = "additional"


class Purpose(StrEnum):
    """What a reservation is for; one declaration may have one of each."""

    DEBT = "debt"  # The debt of a declaration whose payment is secured.
    TWO_STEP = "two_step"  # The debt of a simplified declaration until its full one.
    DISPUTE = "dispute"  # The disputed part of a debt.
    FINE = "fine"  # For an offence that was detected in a disputed consignment.
    SECURITY = "security"  # What law asks for beside the debt, as for a critical quota.


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was set aside."""

    guarantee_id: UUID
    grn: str
    amount_minor: int
    currency: str
    available_minor: int
    """What is left to draw on."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one guarantee bears of an amount."""

    grn: str
    purpose: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a guarantee still holds for a subject."""

    subject_id: UUID
    guarantee_id: UUID
    grn: str
    type: GuaranteeType
    purpose: str
    open_minor: int
    currency: str
    holder_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeView:
    """A guarantee as it stands, without its access codes."""

    id: UUID
    grn: str
    type: GuaranteeType
    state: GuaranteeState
    holder_id: UUID
    holder_identifier: str
    holder_name: str
    guarantor_name: str
    guarantor_identifier: str
    currency: str
    reference_minor: int
    level: int
    """How much of the reference amount is guaranteed, in per cent."""
    criteria: tuple[str, ...]
    """Why that share is enough."""
    limit_minor: int
    used_minor: int
    valid_from: date
    valid_to: date | None
    offices: tuple[str, ...]
    countries_excluded: tuple[str, ...]
    commodities: tuple[str, ...]
    sensitive_excluded: tuple[str, ...]
    liability_ends_on: date | None
    reason: str
    granted_at: datetime | None
    registered_at: datetime

    @property
    def available_minor(self) -> int:
        """What can still be reserved."""
        return self.limit_minor - self.used_minor

    @property
    def guaranteed_minor(self) -> int:
        """What the guarantor stands for: the reduced share of the reference amount, rounded up."""
        return -(-self.reference_minor * self.level // 100)

    @property
    def used_share(self) -> Decimal:
        """The share of the limit that is used, 0 to 1."""
        return Decimal(self.used_minor) / self.limit_minor if self.limit_minor else Decimal(0)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of a ledger, for people."""

    id: int
    kind: EntryKind
    purpose: str
    subject_id: UUID
    amount_minor: int
    used_after_minor: int
    at: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class Citing:
    """Of which declaration a guarantee is asked, in what light."""

    holder_ids: frozenset[UUID]
    on: date
    amount_minor: int
    currency: str
    office: str = ""
    commodity_codes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """On which guarantees a declaration draws, in what light: everything but the amounts."""

    grns: tuple[str, ...]
    """In the order in which they are named: the next one bears what the one before cannot."""
    holder_ids: frozenset[UUID]
    subject_id: UUID
    on: date
    office: str = ""
    commodity_codes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


_HALF = ("accounts", "internal_control", "solvency", "payments")

CRITERIA: Mapping[int, tuple[str, ...]] = {
    100: (),
    50: _HALF,
    30: (*_HALF, "disclosure"),
    0: (*_HALF, "disclosure", "logistics"),
}
"""What must be shown for each level. Source: after UCC delegated act, article 84."""
