"""What an assessment says, line by line, with how each amount came about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fees.types.facts import Sum
from fees.types.kinds import Direction, MeasureKind, Rounding
from singlewindow.quotas.types import QuotaStanding
from singlewindow.reference.types import ExchangeRate


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
