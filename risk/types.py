"""Values of risk that other apps may hold: facts that rules ask, findings, and the result with its reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from risk.kinds import (
    AlertKind,
    HistoryEvent,
    Lane,
    Outcome,
    Pick,
    RuleChangeKind,
    Stage,
    TraderStep,
    lane_max,
)
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

__all__ = [
    "AlertKind",
    "HistoryEvent",
    "Lane",
    "Outcome",
    "Pick",
    "RuleChangeKind",
    "Stage",
    "TraderStep",
    "lane_max",
]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change of the rule set, as it is tried, proposed and put in force: exactly this, by its digest."""

    kind: RuleChangeKind
    values: Mapping[str, Any]
    """Plain values without floats; which ones, `risk.rules.changes` says for each kind."""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"kind": self.kind.value, "values": dict(self.values)}

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical bytes."""
        return sha256_hex(canonical_bytes(self.plain()))

    @staticmethod
    def of(plain: Mapping[str, Any]) -> "RuleChange":
        """A stored change."""
        return RuleChange(RuleChangeKind(plain["kind"]), plain["values"])


@dataclass(frozen=True, slots=True)
class Bands:
    """The score from which each lane begins; below the first it is GREEN."""

    blue: int
    yellow: int
    red: int

    def lane(self, score: Decimal | int) -> Lane:
        """The lane of a score."""
        if score >= self.red:
            return Lane.RED
        if score >= self.yellow:
            return Lane.YELLOW
        return Lane.BLUE if score >= self.blue else Lane.GREEN


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual for goods of one HS6 and origin."""

    median_value_per_kg: Decimal | None = None
    """In the country's currency."""
    unit: str = ""
    unit_mass_low_kg: Decimal | None = None
    unit_mass_high_kg: Decimal | None = None
    typical_mass_kg: Decimal | None = None
    """Net mass of an ordinary consignment."""


NO_BAND = Band()


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Goods that always get a check."""

    kind: str
    lane: Lane
    basis: str


@dataclass(frozen=True, slots=True)
class Confusable:
    """Goods often declared under a heading with a lower rate."""

    instead_of: str
    edge: Decimal
    """Points of duty saved, in percent."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FactSet:
    """The tables that rules ask, of one version; equal content has an equal version."""

    version: str
    bands: Mapping[tuple[str, str], Band] = field(default_factory=dict)
    """By HS6 and origin; origin `*` is the whole world."""
    sensitive: Mapping[str, Sensitive] = field(default_factory=dict)
    """By the first 2 to 10 digits of the commodity code."""
    confusable: Mapping[str, Confusable] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Chapters in which goods of a name belong."""
    routes: frozenset[tuple[str, str]] = frozenset()
    """Usual pairs of origin and country of dispatch, where they differ."""
    modes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Modes of transport in which goods from a country usually arrive."""
    hubs: frozenset[str] = frozenset()
    """Countries where goods of many origins are sent on, so that an origin easily changes."""
    embargoed: Mapping[str, str] = field(default_factory=dict)
    """Countries under embargo, with the legal basis."""

    def band(self, hs6: str, origin: str) -> Band:
        """The band of goods: of their origin, else of the world, else one that knows nothing."""
        return self.bands.get((hs6, origin)) or self.bands.get((hs6, "*")) or NO_BAND


EMPTY_FACT_SET = FactSet(version="")


@dataclass(frozen=True, slots=True)
class Alert:
    """An entry of the alert list that meets this declaration."""

    id: str
    kind: AlertKind
    value: str
    origin: str
    reason: str
    valid_to: date


Counts: TypeAlias = tuple[Sequence[int], Sequence[int]]
"""A histogram over logarithms: buckets in ascending order, and how many values fell into each (`rules.bands`)."""


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """What is known of a party from earlier declarations."""

    first_seen: date | None = None
    declarations_year: int = 0
    declarations_quarter: int = 0
    declarations_month: int = 0
    changes_quarter: int = 0
    """Amendments and invalidations."""
    changes_year: int = 0
    inspections_quarter: int = 0
    inspections_year: int = 0
    findings_quarter: int = 0
    findings_year: int = 0
    kinds_found: frozenset[str] = frozenset()
    """Kinds of finding (`Outcome`) that checks ever ended with."""


UNSEEN = PartyRecord()


@dataclass(frozen=True, slots=True)
class SampleSeed:
    """The secret from which the control sample of one period is drawn."""

    period: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything beside the declaration that the rules may ask; frozen, so that a result can be computed again."""

    on: date
    currency: str
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """Units of a foreign currency for one unit of `currency`."""
    fact_set: FactSet = EMPTY_FACT_SET
    trader: PartyRecord = UNSEEN
    partner: PartyRecord = UNSEEN
    """The party abroad."""
    declarant: PartyRecord = UNSEEN
    pair_seen: bool = False
    chapters_seen: frozenset[str] = frozenset()
    headings_seen: frozenset[str] = frozenset()
    """HS headings of this declaration that the trader declared before."""
    origins_seen: frozenset[str] = frozenset()
    """Origins of this declaration that the trader declared before."""
    office_seen: bool = False
    """The trader declared at this office before."""
    office: str = ""
    lodged_at: datetime | None = None
    """In the country's own time."""
    prelodged: bool = False
    """Scored before the goods were presented."""
    duty_percents: Mapping[int, float] = field(default_factory=dict)
    """What share of its value an item owes as duty, in per cent, by item number; without what is owed by quantity."""
    goods: Mapping[tuple[str, str, str], Counts] = field(default_factory=dict)
    """What was learned of goods, by HS6, origin (`*`: the whole world) and measure (`value`, `mass`)."""
    registered_on: date | None = None
    """Day on which the trader registered here; none: not a registered trader."""
    trusted_since: date | None = None
    """Authorised operator since."""
    small_consignments: Mapping[str, int] = field(default_factory=dict)
    """Earlier low-value consignments of these two parties in the last days, by HS6."""
    container_users: Mapping[str, int] = field(default_factory=dict)
    """Other consignees that used a container in the last days."""
    alerts: tuple[Alert, ...] = ()
    revenue_minor: int | None = None
    """Duties and taxes that were assessed, in minor units; none before they were."""
    sample_rate: Decimal = Decimal(0)
    rule_set_hash: str = ""
    """The rule set in force; empty: none yet."""
    seed: SampleSeed | None = None

    @property
    def trusted(self) -> bool:
        """Whether the trader is an authorised operator today."""
        return self.trusted_since is not None and self.trusted_since <= self.on


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason of a result: a rule that fired, what it adds to the score or which lane it demands."""

    rule: str
    points: Decimal
    """With two places at most, so that sums are exact."""
    reason: str
    """For officers, in English; the page writes it again in the reader's language from `figures`."""
    item: int | None = None
    also_items: tuple[int, ...] = ()
    lane: Lane | None = None
    """Lane that it demands whatever the score."""
    trader_code: TraderStep | None = None
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RiskResult:
    """Score, lane and the reasons that sum to the score exactly."""

    score: Decimal
    lane: Lane
    band_lane: Lane
    """Lane of the score alone."""
    reasons: tuple[Finding, ...]
    rule_set_version: str
    rule_set_hash: str
    fact_set_version: str
    hard: bool
    random_selected: bool
    """Drawn for the control sample from what would not have been examined."""
    sample_period: str
    propensity: Decimal
    """Chance that this declaration had of being controlled before release, given what was known."""
    pick: Pick = Pick.NONE
    control: bool = False
    """Drawn for the control sample, whatever its lane."""
    model_hash: str = ""
    probability: float | None = None
    expected_loss_minor: int | None = None

    @property
    def trader_steps(self) -> tuple[TraderStep, ...]:
        """What the trader may be told; nothing where no officer is to look before release.

        In the order of the list of codes: the order of the reasons would tell which of them weighs most.
        """
        if not self.lane.needs_officer:
            return ()
        found = {r.trader_code for r in self.reasons if r.trader_code is not None and (r.points > 0 or r.lane)}
        found.add(TraderStep.GOODS if self.lane is Lane.RED else TraderStep.DOCUMENTS)
        return tuple(step for step in TraderStep if step in found)


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """A reason as an officer reads it."""

    rule: str
    sentence: str
    text: str
    points: Decimal
    item: int | None
    also_items: tuple[int, ...]
    lane: Lane | None
    share: int
    """Of the largest contribution, in percent: the length of its bar."""
    score_without: Decimal
    lane_without: Lane
    bar: tuple[str, str] = ("0%", "0%")
    """Where its points begin on the scale of the score and how far they lead: bars that sum to it."""


@dataclass(frozen=True, slots=True)
class RiskShown:
    """A stored result as an officer reads it, largest contribution first."""

    id: UUID
    declaration_id: UUID
    declaration_version: int
    assessed_at: datetime
    score: Decimal
    lane: Lane
    band_lane: Lane
    reasons: tuple[ReasonShown, ...]
    rule_set_version: str
    rule_set_hash: str
    fact_set_version: str
    hard: bool
    random_selected: bool
    control: bool = False
    """Drawn for the control sample."""
    place: str = "0%"
    """Where the score stands on the scale."""
    zones: tuple[tuple[Lane, int, str, str], ...] = ()
    """Each lane of the bands with its first point, and its stretch of the scale."""


@dataclass(frozen=True, slots=True)
class StepShown:
    """A next step as a trader reads it."""

    code: TraderStep
    sentence: str
