"""Frozen values of the agencies, which other apps may hold. Pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agencies.states import BLOCKING, HoldState, PermitState


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translators; the page that shows it translates it."""
    return text


CUSTOMS = "CUS"
"""Customs is one of the agencies: its checks are holds like those of the others."""


class HoldKind(StrEnum):
    """What it takes to end a hold."""

    DOCS = "docs"
    EXAM = "exam"
    PERMIT_MISSING = "permit_missing"
    PERMIT_EXHAUSTED = "permit_exhausted"
    AGENCY_CHECK = "agency_check"
    CUSTOMS_DOCUMENTS = "customs_documents"
    CUSTOMS_EXAMINATION = "customs_examination"
    CUSTOMS_COMPARISON = "customs_comparison"


PERMIT_KINDS = frozenset({HoldKind.PERMIT_MISSING, HoldKind.PERMIT_EXHAUSTED})


class HoldReason(StrEnum):
    """The coded reasons of a hold: what the trader and the officer read, and what comes next.

    No reason tells which rule of the risk engine was met: the list is open to traders.
    """

    kind: HoldKind
    sentence: str
    next_step: str

    def __new__(cls, value: str, kind: HoldKind, sentence: str, next_step: str) -> "HoldReason":
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.kind, reason.sentence, reason.next_step = kind, sentence, next_step
        return reason

    PERMIT_MISSING = (
        "P01",
        HoldKind.PERMIT_MISSING,
        gettext_noop("These goods need a permit, and the declaration names none."),
        gettext_noop("Ask the agency for the permit, or tell it why none is needed."),
    )
    PERMIT_EXHAUSTED = (
        "P02",
        HoldKind.PERMIT_EXHAUSTED,
        gettext_noop("The permit has less left than these goods need."),
        gettext_noop("Ask the agency to raise the permit or to issue another one."),
    )
    PERMIT_INVALID = (
        "P03",
        HoldKind.PERMIT_MISSING,
        gettext_noop("The permit was not valid on the day the declaration was accepted."),
        gettext_noop("Ask the agency for a permit that is valid."),
    )
    AGENCY_CHECK = (
        "A01",
        HoldKind.AGENCY_CHECK,
        gettext_noop("The agency looks at every consignment of these goods."),
        gettext_noop("Nothing to do: the agency decides within its time limit."),
    )
    DOCUMENTS = (
        "A02",
        HoldKind.DOCS,
        gettext_noop("The agency checks the documents of these goods."),
        gettext_noop("Keep the originals at hand; the agency says if it needs them."),
    )
    EXAMINATION = (
        "A03",
        HoldKind.EXAM,
        gettext_noop("The agency examines these goods."),
        gettext_noop("Make the goods available for examination where they are."),
    )
    CUSTOMS_DOCUMENTS = (
        "C01",
        HoldKind.CUSTOMS_DOCUMENTS,
        gettext_noop("Customs checks the documents."),
        gettext_noop("Keep the originals at hand; customs says if it needs them."),
    )
    CUSTOMS_EXAMINATION = (
        "C02",
        HoldKind.CUSTOMS_EXAMINATION,
        gettext_noop("Customs examines the goods."),
        gettext_noop("Make the goods available for examination where they are."),
    )
    CUSTOMS_COMPARISON = (
        "C03",
        HoldKind.CUSTOMS_COMPARISON,
        gettext_noop("Customs compares what is declared with other records."),
        gettext_noop("Look at what you declared, and keep the documents at hand; customs says if it needs them."),
    )


REASONS = {reason.value: reason for reason in HoldReason}
"""The reasons by their codes."""


class LpcoState(StrEnum):
    """How the need of one item for one permit stands."""

    RESERVED = "reserved"
    WAIVED = "waived"  # A coded exemption was declared.
    MISSING = "missing"
    EXHAUSTED = "exhausted"
    INVALID = "invalid"
    ACCEPTED = "accepted"  # The agency lifted its hold: it is content without.


SATISFIED = frozenset({LpcoState.RESERVED, LpcoState.WAIVED, LpcoState.ACCEPTED})


class WriteOffKind(StrEnum):
    """Entries of the write-off ledger."""

    RESERVE = "reserve"  # Set aside when the declaration is accepted.
    CONSUME = "consume"  # Used up for good at release; changes no sum.
    FREE = "free"  # Given back after invalidation or refusal.
    MANUAL = "manual"  # Entered by the agency, with its reason.


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
