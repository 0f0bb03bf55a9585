"""Values of applications for permits. Pure Python."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.states import PartState
from agencies.types.codes import EntryKind


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge of the published schedule, as the finder tells it."""

    code: str
    title: str
    amount: Decimal | None
    currency: str
    law: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that goods need of an agency: a permit or a check, with everything a trader asks about it."""

    key: str
    agency: str
    agency_name: str
    lpco_code: str
    title: str
    law: str
    hs_prefix: str
    unit: str
    sla_hours: int
    charge_code: str
    fee: Fee | None
    conditions: str
    documents: tuple[str, ...]
    exempt_below: Decimal | None
    disclaimers: tuple[tuple[str, str], ...]
    """Codes that may be declared instead, each with its sentence."""
    check: str
    """The sentence of the check of every consignment; empty: none."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """What one agency would have to decide of a dataset."""

    agency: str
    code: str
    requirements: tuple[str, ...]
    goods: tuple[int, ...]
    charge_code: str
    sla_hours: int
    documents: tuple[str, ...]
    titles: tuple[str, ...]
    conditions: tuple[str, ...]
    second_above: Decimal | None


@dataclass(frozen=True, slots=True)
class PartInfo:
    """One agency's part of an application."""

    id: UUID
    application_id: UUID
    reference: str
    agency: str
    code: str
    goods: tuple[int, ...]
    charge_code: str
    fee_state: str
    state: PartState
    owner: str
    applied_at: datetime
    sla_hours: int
    spent_s: int
    clock_from: datetime | None
    due_at: datetime | None
    warned: int
    answer_by: datetime | None
    proposed_by: str
    lpco: str
    decided_at: datetime | None
    reason: str
    law: str
    holder_name: str = ""
    holder_identifier: str = ""

    def share_spent(self, at: datetime) -> Decimal:
        """How much of the agency's time is spent, as a share of one."""
        running = (at - self.clock_from).total_seconds() if self.clock_from else 0
        return Decimal(self.spent_s + int(running)) / (self.sla_hours * 3600)


@dataclass(frozen=True, slots=True)
class PartSaid:
    """One thing that was said or done about a part."""

    kind: EntryKind
    at: datetime
    actor: str
    element: str
    text: str
    deadline: datetime | None
    consequence: str
    state: str


@dataclass(frozen=True, slots=True)
class ApplicationInfo:
    """An application with its dataset and its parts."""

    id: UUID
    reference: str
    holder_id: UUID
    holder_identifier: str
    holder_name: str
    direction: str
    content: dict[str, object]
    version: int
    source: str
    source_id: UUID | None
    saved_at: datetime
    applied_at: datetime | None
    parts: tuple[PartInfo, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether it was not sent yet."""
        return self.applied_at is None
