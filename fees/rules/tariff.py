"""The tariff as one immutable value: which measures answer a commodity code on a day.

The index is built once for a version of the data and kept in the process; an assessment asks it, never the
database. Source: docs/rules/fees.md, FE-TAR-01 to FE-TAR-04.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fees.rules.expression import Expression
from fees.types import CONTROLS, ChargeEvent, Direction, MeasureKind, Rounding

ERGA_OMNES = "1011"
"""The group of every origin (TARIC area code)."""

RESOLVED_KEPT = 20_000
"""Answers remembered before the memory starts again; a national tariff in daily use has fewer."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Under which a measure applies: a document is shown, or an amount per unit is reached. Source: TARIC conditions.

    Conditions of one measure and one code are alternatives, taken in order: the first that is met decides.
    """

    code: str
    """The class of the condition: B a document, E and I a document or a threshold, M and U a threshold."""
    document: str = ""
    """Type of a document that meets it (`N853`); empty where a threshold does, or for the last: nothing is shown."""
    amount: Decimal | None = None
    """Threshold per unit."""
    unit: str = ""
    action: str = ""
    """What follows when it is met: `apply`, `not_apply`, or `allow` and `refuse` for a control."""
    expression: str = ""
    """The rate that applies then instead of the measure's own; empty for its own."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the tariff, in force from a day to a day (both included)."""

    key: str
    """Its natural key, the same in every database: it stands in the notice."""
    kind: MeasureKind
    tax_type: str
    prefix: str
    origin: str
    """A group of origins, or one country."""
    direction: Direction
    additional_code: str
    expression: Expression
    rounding: Rounding
    law: str
    authority: str
    valid_from: date
    valid_to: date | None
    order_number: str = ""
    """Of the tariff quota that the rate is for."""
    excluded: tuple[str, ...] = ()
    """Countries and groups that the origin does not include here."""
    conditions: tuple[Condition, ...] = ()
    footnotes: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether the measure is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class ScheduledCharge:
    """One version of a fee or charge of the public schedule."""

    key: str
    code: str
    title: str
    authority: str
    law: str
    event: ChargeEvent
    amount: Decimal | None
    percentage: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None
    prefixes: tuple[str, ...]
    in_vat_base: bool
    valid_from: date
    valid_to: date | None
    published_on: date

    def in_force(self, on: date) -> bool:
        """Whether the charge is in force on a day, published or not."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def concerns(self, commodity_code: str) -> bool:
        """Whether goods of this code make it due."""
        return not self.prefixes or commodity_code.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Relief:
    """What a procedure does to the taxes of an item: which of them are not paid now, and why."""

    procedure: str
    """Requested procedure (two digits) or an additional procedure (three characters)."""
    taxes: frozenset[MeasureKind]
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The measures that answer one code, origin and day."""

    duty: Measure | None
    suspension: Measure | None
    preferences: tuple[Measure, ...]
    anti_dumping: tuple[Measure, ...]
    excise: tuple[Measure, ...]
    vat: Measure | None
    quotas: tuple[Measure, ...] = ()
    """Duties and preferences of tariff quotas: claimed by their order number."""
    controls: tuple[Measure, ...] = ()
    """Prohibitions and requirements."""


@dataclass(frozen=True, slots=True)
class OriginGroup:
    """Countries that share a preference, from a day to a day."""

    group: str
    country: str
    claim: str
    """First digit of the preference code that claims it; empty where the group gives none."""
    valid_from: date
    valid_to: date | None


class TariffIndex:
    """Every measure, charge and relief of one data version, found by longest prefix."""

    def __init__(
        self,
        *,
        version: int,
        label: str,
        measures: Iterable[Measure] = (),
        charges: Iterable[ScheduledCharge] = (),
        reliefs: Iterable[Relief] = (),
        groups: Iterable[OriginGroup] = (),
        proofs: Iterable[str] = (),
    ) -> None:
        self.version, self.label = version, label
        self.charges = tuple(charges)
        self.reliefs: Mapping[str, Relief] = {relief.procedure: relief for relief in reliefs}
        self.proofs = frozenset(proofs)
        self.claims: dict[str, str] = {}
        self._prefixes: dict[tuple[Direction, str], list[Measure]] = {}
        self.has_controls = False
        """Whether any goods are forbidden or need a document: else nobody has to ask."""
        for measure in measures:
            self._prefixes.setdefault((measure.direction, measure.prefix), []).append(measure)
            self.has_controls = self.has_controls or measure.kind in CONTROLS
        self._groups: dict[str, list[OriginGroup]] = {}
        for membership in groups:
            self._groups.setdefault(membership.country, []).append(membership)
            self.claims[membership.group] = membership.claim
        self._resolved: dict[tuple[str, str, str, tuple[str, ...], Direction, date], Resolved] = {}
        self._charges_on: dict[tuple[Direction, date], tuple[ScheduledCharge, ...]] = {}

    def resolve(
        self,
        *,
        code: str,
        origin: str,
        preferential_origin: str,
        additional_codes: tuple[str, ...],
        direction: Direction,
        on: date,
    ) -> Resolved:
        """The measures in force for a code: the longest prefix wins, then the narrower origin (FE-TAR-01)."""
        key = (code, origin, preferential_origin, additional_codes, direction, on)
        answer = self._resolved.get(key)
        if answer is None:
            if len(self._resolved) >= RESOLVED_KEPT:
                self._resolved.clear()
            answer = self._resolved[key] = self._resolve(*key)
        return answer

    def measures_on(self, on: date) -> tuple[Measure, ...]:
        """Every measure in force on a day, in the order of its key."""
        found = [measure for group in self._prefixes.values() for measure in group if measure.in_force(on)]
        return tuple(sorted(found, key=lambda measure: measure.key))

    def measures_of(self, code: str, direction: Direction, on: date) -> tuple[Measure, ...]:
        """Every measure in force for a code or what it stands under, whatever the origin; the longest prefix first."""
        lengths = range(min(len(code), 10), 1, -1)
        found = [one for length in lengths for one in self._prefixes.get((direction, code[:length]), ())]
        return tuple(measure for measure in found if measure.in_force(on))

    def charges_for(self, direction: Direction, on: date) -> tuple[ScheduledCharge, ...]:
        """Charges in force on a day that a declaration of this direction can make due, published or not."""
        key = (direction, on)
        answer = self._charges_on.get(key)
        if answer is None:
            events = _EVENTS[direction]
            found = [charge for charge in self.charges if charge.event in events and charge.in_force(on)]
            answer = self._charges_on[key] = tuple(sorted(found, key=lambda charge: charge.code))
        return answer

    def groups_of(self, country: str, on: date) -> frozenset[str]:
        """The groups a country belongs to on a day."""
        return frozenset(
            member.group
            for member in self._groups.get(country, ())
            if member.valid_from <= on and (member.valid_to is None or on <= member.valid_to)
        )

    def _resolve(
        self, code: str, origin: str, preferential: str, codes: tuple[str, ...], direction: Direction, on: date
    ) -> Resolved:
        ordinary = self.groups_of(origin, on) | {origin, ERGA_OMNES}
        claimed = self.groups_of(preferential, on) | {preferential}
        best: dict[tuple[MeasureKind, str, str], Measure] = {}
        for length in range(min(len(code), 10), 1, -1):
            for measure in self._prefixes.get((direction, code[:length]), ()):
                origins = claimed if measure.kind is MeasureKind.PREFERENCE else ordinary
                if measure.origin not in origins or not measure.in_force(on):
                    continue
                if measure.additional_code and measure.additional_code not in codes:
                    continue
                if not origins.isdisjoint(measure.excluded):
                    continue
                group = measure.origin if measure.kind is MeasureKind.PREFERENCE else measure.order_number
                if measure.kind in CONTROLS:
                    group = measure.key  # every control counts, not the narrowest alone
                slot = (measure.kind, measure.tax_type, f"{group}{measure.order_number}")
                if slot not in best or rank(measure) > rank(best[slot]):
                    best[slot] = measure
        return _resolved(best)


_EVENTS = {
    Direction.IMPORT: frozenset({ChargeEvent.IMPORT_DECLARATION, ChargeEvent.IMPORT_ITEM}),
    Direction.EXPORT: frozenset({ChargeEvent.EXPORT_DECLARATION, ChargeEvent.EXPORT_ITEM}),
}


def rank(measure: Measure) -> tuple[bool, int, bool, bool]:
    """A named company first, then the longer prefix, then one country before a group, a group before all."""
    return (
        bool(measure.additional_code),
        len(measure.prefix),
        len(measure.origin) == 2,
        measure.origin != ERGA_OMNES,
    )


def _resolved(best: dict[tuple[MeasureKind, str, str], Measure]) -> Resolved:
    kinds: dict[MeasureKind, list[Measure]] = {}
    quotas: list[Measure] = []
    for measure in best.values():
        if measure.order_number:
            quotas.append(measure)
        else:
            kinds.setdefault(measure.kind, []).append(measure)
    for found in kinds.values():
        found.sort(key=lambda measure: measure.key)

    def first(kind: MeasureKind) -> Measure | None:
        return next(iter(kinds.get(kind, ())), None)

    return Resolved(
        duty=first(MeasureKind.DUTY),
        suspension=first(MeasureKind.SUSPENSION),
        preferences=tuple(kinds.get(MeasureKind.PREFERENCE, ())),
        anti_dumping=tuple(kinds.get(MeasureKind.ANTI_DUMPING, ())),
        excise=tuple(kinds.get(MeasureKind.EXCISE, ())),
        vat=first(MeasureKind.VAT),
        quotas=tuple(sorted(quotas, key=lambda measure: measure.key)),
        controls=tuple(kinds.get(MeasureKind.PROHIBITION, []) + kinds.get(MeasureKind.REQUIREMENT, [])),
    )
