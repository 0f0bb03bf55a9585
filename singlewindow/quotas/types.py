"""Values of quotas that other apps may hold."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from singlewindow.quotas.states import QuotaState

__all__ = [
    "ChangeKind",
    "ChangeState",
    "ClaimKind",
    "QuotaClaimed",
    "QuotaStanding",
    "QuotaState",
    "QuotaView",
    "StandingState",
    "StopKind",
]


class StandingState(StrEnum):
    """How a quota stands for goods accepted on a day."""

    OPEN = "open"  # Its rate is granted at once.
    CRITICAL = "critical"  # Its rate is granted, and the difference to the rate without it is secured.
    EXHAUSTED = "exhausted"  # Nothing is left.
    BLOCKED = "blocked"  # Its use is stopped or suspended on that day.
    CLOSED = "closed"  # Its period is settled.
    NONE = "none"  # There is no quota of this number on that day.


USABLE_STANDINGS = frozenset({StandingState.OPEN, StandingState.CRITICAL})


class ClaimKind(StrEnum):
    """What an entry of the ledger of a quota says."""

    CLAIM = "claim"  # An item asked for a quantity on its day of acceptance.
    ALLOCATE = "allocate"  # The day was settled: this much of the claim was granted.
    RETURN = "return"  # The goods were withdrawn or amended: what they had comes back.
    ADJUST = "adjust"  # Customs changed the volume, or moved a quantity between quotas.
    REFUSE = "refuse"  # An item named the quota and could not claim it.


class StopKind(StrEnum):
    """Why a quota cannot be claimed for goods accepted on certain days."""

    BLOCK = "block"  # Nothing is claimed, and nothing allocated while it lasts.
    SUSPEND = "suspend"  # Nothing is claimed; what was claimed before is allocated.


class ChangeKind(StrEnum):
    """What two people change of a quota."""

    VOLUME = "volume"  # More or less of it in this period.
    TRANSFER = "transfer"  # A quantity goes to another quota, or to another period.
    STOP = "stop"  # It is blocked or suspended for a time.
    LIFT = "lift"  # A stop ends early.
    CRITICAL = "critical"  # It is declared critical, or not any more.


class ChangeState(StrEnum):
    """Where a change of a quota stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """Whether the rate of a quota may be claimed on a day, and whether it has to be secured."""

    order_number: str
    state: StandingState
    unit: str
    """Code of the unit in which it is kept, such as KGM; a currency for a quota of value; empty without a quota."""
    on: date
    origins: tuple[str, ...] = ()
    """Countries or groups whose goods may draw on it; empty means all."""

    @property
    def usable(self) -> bool:
        """Whether its rate may be claimed."""
        return self.state in USABLE_STANDINGS

    @property
    def secured(self) -> bool:
        """Whether the difference to the rate without it must be secured."""
        return self.state is StandingState.CRITICAL


@dataclass(frozen=True, slots=True)
class QuotaClaimed:
    """What one item of a declaration asked of a quota, or why it could not."""

    item: int
    order_number: str
    quantity: Decimal
    unit: str
    state: StandingState
    claimed: bool
    reason: str = ""
    """Rule id of why nothing was claimed; empty when it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaView:
    """A quota for people: the figures that are public."""

    id: UUID
    order_number: str
    title: str
    law: str
    period_from: date
    period_to: date
    unit: str
    initial: Decimal
    volume: Decimal
    """The initial volume with what was added, taken or transferred."""
    balance: Decimal
    pending: Decimal
    """Asked for on days that are not settled yet."""
    state: QuotaState
    critical_share: Decimal
    critical_decided: bool
    origins: tuple[str, ...]
    parent_id: UUID | None
    last_day: date | None
    """The last day that was settled."""
    last_change_at: datetime | None

    @property
    def available(self) -> Decimal:
        """What is left when every claim of unsettled days is met."""
        return max(self.balance - self.pending, Decimal(0))

    @property
    def used_percent(self) -> int:
        """How much of the volume is allocated, in whole per cent."""
        return int((self.volume - self.balance) * 100 / self.volume) if self.volume else 100

    @property
    def critical_below(self) -> Decimal:
        """The quantity left at which it becomes critical."""
        return self.volume * self.critical_share
