"""Frozen values of the agencies, which other apps may hold. Pure Python."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from agencies.states import BLOCKING, HoldState, PermitState
from agencies.types.codes import SATISFIED, HoldKind, HoldReason, LpcoState


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """An agency as others see it."""

    code: str
    name: str
    law: str
    sla_hours: int


@dataclass(frozen=True, slots=True)
class RequirementInfo:
    """Goods of an HS prefix that cross the border in one direction need this permit or this check."""

    id: int
    agency: str
    hs_prefix: str
    direction: str
    countries: frozenset[str]
    """Origins (imports) or destinations (exports) that it is about; empty: all."""
    lpco_code: str
    """The document code of the permit; empty where only a check is required."""
    title: str
    law: str
    unit: str
    waivers: Mapping[str, str]
    """Document codes that lift the requirement, each with its sentence."""
    check: HoldReason | None
    """The hold that is opened for every consignment, permit or not."""
    valid_from: date
    valid_to: date | None
    key: str = ""
    procedures: tuple[str, ...] = ()
    """Beginnings of the procedure codes that it is about; empty: all."""
    end_use: str = ""
    exempt_below: Decimal | None = None
    sla_hours: int | None = None
    charge_code: str = ""
    documents: tuple[str, ...] = ()
    conditions: str = ""
    second_above: Decimal | None = None

    def asked_of(self, procedure: str, uses: Collection[str], quantity: Decimal | None) -> bool:
        """Whether goods under a procedure, for a use and in a quantity (in its unit) meet with it (AG-013, AG-014)."""
        if self.procedures and procedure and not procedure.startswith(self.procedures):
            return False
        if self.end_use and self.end_use not in uses:
            return False
        return self.exempt_below is None or quantity is None or quantity >= self.exempt_below

    def covers(self, country: str, on: date) -> bool:
        """Whether it is in force on the day and about the country."""
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_force and (not self.countries or country in self.countries)


@dataclass(frozen=True, slots=True)
class ItemRequirement:
    """A requirement that one goods item of a declaration meets with."""

    item: int
    requirement: RequirementInfo


@dataclass(frozen=True, slots=True)
class PermitInfo:
    """A permit as its holder and its agency see it."""

    id: UUID
    code: str
    number: str
    agency: str
    holder_id: UUID
    holder_identifier: str
    holder_name: str
    hs_prefix: str
    origin: str
    direction: str
    quantity: Decimal
    unit: str
    tolerance: Decimal
    used: Decimal
    valid_from: date
    valid_to: date
    state: PermitState
    lpco: str = ""
    line: int = 1
    value_limit: Decimal | None = None
    value_used: Decimal = Decimal(0)
    currency: str = ""
    single_use: bool = False

    @property
    def limit(self) -> Decimal:
        """All that may ever be written off: the quantity and its tolerance."""
        return self.quantity * (1 + self.tolerance)

    @property
    def remaining(self) -> Decimal:
        """What may still be written off."""
        return self.limit - self.used

    def state_on(self, on: date) -> PermitState:
        """The state as it is on a day: a permit expires at midnight, whenever the clerk's job runs."""
        live = self.state in (PermitState.ISSUED, PermitState.SUSPENDED, PermitState.EXHAUSTED)
        return PermitState.EXPIRED if live and self.valid_to < on else self.state


@dataclass(frozen=True, slots=True)
class PermitOutcome:
    """What came of one permit for one item when the declaration was accepted."""

    item: int
    """The item's number; 0 is the whole consignment (a permit named on the header)."""
    agency: str
    code: str
    state: LpcoState
    permit_number: str = ""
    permit_id: UUID | None = None
    quantity: Decimal | None = None
    remaining: Decimal | None = None
    unit: str = ""
    requirement_id: int | None = None
    value: Decimal = Decimal(0)
    """What is taken of the permit's value limit, in its currency."""
    waiver: str = ""
    """The code that was declared instead."""

    @property
    def satisfied(self) -> bool:
        """Whether it stands in the way of release no more."""
        return self.state in SATISFIED


@dataclass(frozen=True, slots=True)
class LpcoStatus:
    """The term of the release predicate that belongs to permits."""

    satisfied: bool
    """Every required permit is reserved and was valid at acceptance, or its agency is content without."""
    outcomes: tuple[PermitOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """One agency's hold on one declaration."""

    id: UUID
    declaration_id: UUID
    mrn: str
    agency: str
    kind: HoldKind
    reason: HoldReason
    state: HoldState
    opened_at: datetime
    deadline: datetime
    owner: str
    items: tuple[int, ...] = ()
    details: tuple[Mapping[str, str], ...] = ()
    """Facts of each item: permit, needed, remaining, unit."""
    decided_at: datetime | None = None
    decided_by: str = ""
    decision_reason: str = ""
    parties: tuple[UUID, ...] = field(default=(), repr=False)
    """Organisations that are told."""

    @property
    def blocking(self) -> bool:
        """Whether the goods may not be released because of it."""
        return self.state in BLOCKING


@dataclass(frozen=True, slots=True)
class DisclaimerInfo:
    """A sentence that a trader may declare by code instead of a permit (AG-090)."""

    code: str
    agency: str
    hs_prefixes: tuple[str, ...]
    sentence: str
    law: str
    valid_days: int
    share_checked: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CertificateKindInfo:
    """A kind of foreign certificate, by the document code that declarations name."""

    code: str
    agency: str
    type_code: str
    name: str
    countries: frozenset[str]
    """Those that send it electronically."""
    valid_days: int
