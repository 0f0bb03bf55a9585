"""Values of fees that other apps may hold: frozen, and pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from fees.states import FiscalState
from singlewindow.kernel.errors import Violation
from singlewindow.quotas.types import QuotaStanding
from singlewindow.reference.types import ExchangeRate


class Direction(StrEnum):
    """Which way the goods go."""

    IMPORT = "import"
    EXPORT = "export"


class MeasureKind(StrEnum):
    """What a measure of the tariff is."""

    DUTY = "duty"
    PREFERENCE = "preference"
    SUSPENSION = "suspension"
    ANTI_DUMPING = "anti_dumping"
    EXCISE = "excise"
    VAT = "vat"
    PROHIBITION = "prohibition"
    REQUIREMENT = "requirement"


CONTROLS = frozenset({MeasureKind.PROHIBITION, MeasureKind.REQUIREMENT})
"""Measures that cost nothing: they forbid, or ask for a document."""


class VersionBasis(StrEnum):
    """On what a version of the data rests."""

    FIRST = "first"
    """The first one of a database, loaded before anybody filed."""
    CHANGE = "change"
    """A change of the tariff to which a second person agreed."""
    SCHEDULE = "schedule"
    """A publication in the schedule of charges: it touches no other row."""


class ChangeSource(StrEnum):
    """What a change of the tariff was read from."""

    CSV = "csv"
    TARIC3 = "taric3"


class RowAction(StrEnum):
    """What a change does to a row."""

    CHANGED = "changed"
    ADDED = "added"
    ENDED = "ended"


class NoteKind(StrEnum):
    """What a note of the tariff explains."""

    FOOTNOTE = "footnote"
    ADDITIONAL_CODE = "additional_code"
    CERTIFICATE = "certificate"
    AREA = "area"
    CONDITION = "condition"


class DemandKind(StrEnum):
    """Why money is asked for beside the debt of a declaration."""

    AGENCY_FEE = "agency_fee"
    DUTY = "duty"
    INTEREST = "interest"
    PENALTY = "penalty"
    GUARANTEE_CALL = "guarantee_call"
    REPAYMENT = "repayment"


class Rounding(StrEnum):
    """How a tax line is rounded to the minor unit; the names are those of Python's decimal module."""

    HALF_UP = "ROUND_HALF_UP"
    HALF_EVEN = "ROUND_HALF_EVEN"
    DOWN = "ROUND_DOWN"
    UP = "ROUND_UP"


class ChargeEvent(StrEnum):
    """What makes a charge due, in the words of the public schedule."""

    IMPORT_DECLARATION = "import_declaration"
    EXPORT_DECLARATION = "export_declaration"
    IMPORT_ITEM = "import_item"
    EXPORT_ITEM = "export_item"
    EXAMINATION = "examination"
    STORAGE_DAY = "storage_day"
    CONTAINER = "container"
    PERMIT = "permit"
    RULING = "ruling"
    OVERTIME_HOUR = "overtime_hour"


class AssessmentKind(StrEnum):
    """Whether the figures bind: an estimate before acceptance, or the assessment of the accepted declaration."""

    ESTIMATE = "estimate"
    ASSESSMENT = "assessment"


# What is assessed ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as it was stated, with its currency and the place in the message that states it."""

    amount: Decimal
    currency: str
    pointer: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an assessment must know of one goods item."""

    number: int
    pointer: str
    commodity_code: str
    origin: str = ""
    preferential_origin: str = ""
    preference: str = ""
    procedure: str = ""
    additional_procedures: tuple[str, ...] = ()
    additional_codes: tuple[str, ...] = ()
    price: Sum | None = None
    stated_value: Sum | None = None
    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    quantities: tuple[tuple[str, Decimal], ...] = ()
    """Declared quantities beside the masses, by unit code."""
    additions: tuple[Sum, ...] = ()
    deductions: tuple[Sum, ...] = ()
    documents: tuple[str, ...] = ()
    valuation_method: str = ""
    """Article of the WTO Valuation Agreement, 1 to 6 (9: a simplified national rule); empty for 1."""
    quota_order_number: str = ""
    """The tariff quota that the item asks for."""
    quota_share: Decimal | None = None
    """What part of its claim the quota granted, 0 to 1; nothing before its day is settled."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an assessment must know of a declaration, and nothing else of it."""

    direction: Direction
    items: tuple[ItemFacts, ...]
    incoterm: str = ""
    freight: Sum | None = None
    insurance: Sum | None = None
    additions: tuple[Sum, ...] = ()
    deductions: tuple[Sum, ...] = ()
    invoice_total: Sum | None = None
    documents: tuple[str, ...] = ()
    authorisations: tuple[str, ...] = ()
    quotas: tuple[QuotaStanding, ...] = ()
    """How each quota that an item cites stands on the day, by order number."""

    @property
    def currencies(self) -> frozenset[str]:
        """Every currency in which an amount is stated."""
        sums = [self.freight, self.insurance, self.invoice_total, *self.additions, *self.deductions]
        for item in self.items:
            sums += [item.price, item.stated_value, *item.additions, *item.deductions]
        return frozenset(part.currency for part in sums if part is not None)


Rates = Mapping[str, ExchangeRate]
"""The published rate of each foreign currency on the day of assessment; one that is absent is missing."""


# What comes out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One component of a rate at work: `8 % of 10000 gives 800`."""

    operator: str
    rate: str
    of: Decimal
    unit: str
    """Of `of`; empty for money."""
    gives: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rate that could have applied, whether it did, and why."""

    measure: str
    kind: MeasureKind
    rate: str
    law: str
    amount: Decimal | None
    reason: str
    """A code of `CANDIDATE_REASONS`."""
    order_number: str = ""
    """Of the tariff quota that the rate is for."""
    needs: tuple[str, ...] = ()
    """Documents of which one would have opened it."""

    @property
    def applied(self) -> bool:
        """Whether this is the rate that was taken."""
        return self.reason == "applied"


@dataclass(frozen=True, slots=True)
class Line:
    """One tax of one item: what of, at which rate, how worked out, and what is to be paid."""

    tax_type: str
    kind: MeasureKind
    measure: str
    law: str
    authority: str
    base: Decimal
    rate: str
    steps: tuple[Step, ...]
    rounding: Rounding
    computed: Decimal
    """What the rate gives, rounded."""
    relief: str
    """The code of the relief or suspension under which nothing is paid now; empty for none."""
    amount: Decimal
    """What is to be paid: `computed`, or 0 under a relief."""
    order_number: str = ""
    """Of the tariff quota whose rate this is."""
    part: str = ""
    """`within` or `beyond` what a quota granted, where it granted a part; empty for the whole item."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A stated sum that is added to the price or taken off it, by its code."""

    code: str
    effect: str
    """`addition` (WTO Valuation Agreement, article 8) or `deduction`."""
    stated: Sum
    amount: Decimal
    """In the currency of the assessment, never negative."""


@dataclass(frozen=True, slots=True)
class ValueBuild:
    """How the customs value of an item came about; every amount in the currency of the assessment."""

    basis: str
    """Where the price came from: `price`, `stated_value` or `invoice_total`."""
    stated: Sum
    price: Decimal
    freight: Decimal
    insurance: Decimal
    additions: Decimal
    deductions: Decimal
    customs_value: Decimal
    method: str = "1"
    """Article of the WTO Valuation Agreement."""
    adjustments: tuple[Adjustment, ...] = ()
    """What the item itself states; its share of what the consignment states is in the sums above."""


@dataclass(frozen=True, slots=True)
class Control:
    """A prohibition or requirement of the tariff that concerns an item, and whether it stands against it."""

    measure: str
    kind: MeasureKind
    law: str
    authority: str
    outcome: str
    """`exempt` or `met` where a document answers it, `prohibited` or `missing` where none does."""
    documents: tuple[str, ...] = ()
    """Documents of which one would answer it."""


@dataclass(frozen=True, slots=True)
class ItemAssessment:
    """Everything that one goods item costs."""

    number: int
    commodity_code: str
    origin: str
    procedure: str
    value: ValueBuild
    candidates: tuple[Candidate, ...]
    lines: tuple[Line, ...]
    controls: tuple[Control, ...] = ()
    security: Decimal = Decimal(0)
    """To be secured beside what is paid, because the quota that was granted is nearly used up."""


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A fee or charge of the published schedule, billed on a declaration or one of its items."""

    code: str
    title: str
    authority: str
    law: str
    measure: str
    item: int
    """Number of the item, 0 for the whole declaration."""
    base: Decimal
    rate: str
    amount: Decimal
    published_on: date
    in_vat_base: bool


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A charge that would be due, but was published only after the event."""

    code: str
    title: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a declaration costs on a day under one state of the tariff; the same inputs give the same bytes."""

    on: date
    direction: Direction
    currency: str
    tariff: str
    profile: str
    rates: tuple[ExchangeRate, ...]
    items: tuple[ItemAssessment, ...]
    charges: tuple[ChargeLine, ...]
    unbilled: tuple[Unbilled, ...]
    notes: tuple[str, ...]
    customs_value: Decimal
    due: tuple[tuple[str, Decimal], ...]
    """What each authority is owed, by its code."""
    total: Decimal
    security: Decimal = Decimal(0)
    """To be secured beside what is paid; freed when the quota is settled."""
    adjustments: tuple[Adjustment, ...] = ()
    """What the consignment states as additions and deductions, before it is shared over the items."""
    quotas: tuple[QuotaStanding, ...] = ()
    """How each quota that an item cites stood."""


# What services answer ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssessmentSummary:
    """The outcome of an assessment: what is to be paid, or what it waits for."""

    assessment_id: UUID | None
    kind: AssessmentKind
    version: int
    state: FiscalState
    currency: str
    total: Decimal
    total_minor: int
    sha256: str
    waiting_for: tuple[Violation, ...] = ()
    security_minor: int = 0
    """To be secured beside the total."""


@dataclass(frozen=True, slots=True)
class DebitResult:
    """Whether the money was taken, and how much is missing when it was not."""

    state: FiscalState
    missing_minor: int = 0
    currency: str = ""

    @property
    def covered(self) -> bool:
        """Whether the debt no longer stands against release."""
        return self.state in (FiscalState.PAID, FiscalState.NIL, FiscalState.DEFERRED, FiscalState.SECURED)


@dataclass(frozen=True, slots=True)
class FiscalStatusView:
    """Where the money of a declaration stands."""

    state: FiscalState
    currency: str = ""
    total_minor: int = 0
    missing_minor: int = 0
    waiting_for: tuple[Violation, ...] = ()


# The tariff as it is read -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteText:
    """A code of the tariff and what it means; the text is empty where nothing explains it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NomenclatureLine:
    """A line of the goods nomenclature where it stands in the tree."""

    code: str
    """Ten digits."""
    suffix: str
    """80: a code; anything else groups the lines below it."""
    depth: int
    """0 for a chapter, 1 for a heading, more below."""
    description: str
    unit: str
    declarable: bool
    parent: str
    """Code of the line that it stands under; empty for a chapter."""
    children: int
    """How many lines stand directly under it."""
    footnotes: tuple[NoteText, ...]
    valid_from: date
    valid_to: date | None

    @property
    def shown(self) -> str:
        """The digits that say something: `09`, `0901`, `090121`, `0901210010`."""
        for length in (2, 4, 6, 8):
            if self.depth <= max(0, (length - 2) // 2) and not self.code[length:].strip("0"):
                return self.code[:length]
        return self.code


@dataclass(frozen=True, slots=True)
class ConditionText:
    """One condition of a measure with what its codes mean."""

    code: NoteText
    document: NoteText | None
    amount: Decimal | None
    unit: str
    action: str
    rate: str
    """That applies then; empty for the measure's own."""


@dataclass(frozen=True, slots=True)
class MeasureText:
    """A measure that answers a code, a country and a day, with conditions and footnotes as texts."""

    key: str
    kind: MeasureKind
    tax_type: str
    prefix: str
    origin: NoteText
    excluded: tuple[NoteText, ...]
    direction: Direction
    additional_code: NoteText | None
    order_number: str
    rate: str
    """As law has it; empty for a prohibition or a requirement."""
    conditions: tuple[ConditionText, ...]
    footnotes: tuple[NoteText, ...]
    law: str
    authority: str
    valid_from: date
    valid_to: date | None
    prevails: bool
    """False where a narrower measure of the same kind takes its place (FE-TAR-01)."""
