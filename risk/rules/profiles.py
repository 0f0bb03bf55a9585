"""Profiles compiled for scoring: from criteria to plain closures over a record, and an index over many profiles."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from risk.rules.record import FIELDS, Kind, Record, Value, Values
from risk.schemas import Criterion, Operator, ProfileContent
from risk.types import Lane, RuleChange, RuleChangeKind, TraderStep

Test: TypeAlias = Callable[[Values], bool]
ALSO_MOST = 20
"""Further items that a hit lists."""


@dataclass(frozen=True, slots=True)
class Met:
    """A criterion that was met, and what was found there."""

    criterion: Criterion
    value: str


@dataclass(frozen=True, slots=True)
class ProfileHit:
    """A profile that hits: on which item, and what was found for each criterion."""

    item: int | None
    """Number of the first item that meets all criteria of items; none where it asks of no item."""
    also_items: tuple[int, ...]
    met: tuple[Met, ...]

    @property
    def figures(self) -> dict[str, str]:
        """What was found, by field."""
        return {met.criterion.field: met.value for met in self.met if met.value}


@dataclass(frozen=True, slots=True)
class _Group:
    """Criteria of which one must be met."""

    header: tuple[Test, ...]
    item: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class CompiledProfile:
    """A profile ready to be asked; immutable, safe to keep in a process."""

    code: str
    version: int
    content: ProfileContent
    sha256: str
    header: tuple[Test, ...] = field(repr=False)
    items: tuple[Test, ...] = field(repr=False)
    groups: tuple[_Group, ...] = field(repr=False)

    @property
    def lane(self) -> Lane | None:
        """Lane that it demands; none for one that gives points."""
        return self.content.lane

    @property
    def hard(self) -> bool:
        """Whether it holds whatever the trust and the capacity."""
        return self.content.hard

    @property
    def points(self) -> Decimal:
        """What it adds to the score."""
        return Decimal(self.content.points)

    @property
    def step(self) -> TraderStep:
        """What the trader is told."""
        return self.content.step

    def places(self, record: Record) -> list[int] | None:
        """Positions from 0 of the items that it hits; empty where it hits as a whole, None where it does not hit."""
        header = record.header
        for test in self.header:
            if not test(header):
                return None
        waiting = self.groups and [group for group in self.groups if not any(test(header) for test in group.header)]
        if not self.items and not waiting:
            return []
        found = []
        for place, values in enumerate(record.items):
            for test in self.items:
                if not test(values):
                    break
            else:
                if all(any(test(values) for test in group.item) for group in waiting):
                    found.append(place)
        return found or None

    def hit(self, record: Record) -> ProfileHit | None:
        """Whether it hits, where, and what was found there."""
        places = self.places(record)
        if places is None:
            return None
        values = record.items[places[0]] if places else {}
        met = tuple(self._met(record.header, values))
        numbers = [place + 1 for place in places]
        return ProfileHit(numbers[0] if numbers else None, tuple(numbers[1 : ALSO_MOST + 1]), met)

    def _met(self, header: Values, item: Values) -> Iterable[Met]:
        required = len(self.content.all)
        for place, criterion in enumerate(self.content.criteria):
            values = item if FIELDS[criterion.field].item else header
            if place < required or test_of(criterion)(values):
                yield Met(criterion, shown(values.get(criterion.field)))


def compile_profile(content: ProfileContent, *, code: str = "", version: int = 1) -> CompiledProfile:
    """Compile a checked profile.

    Raises:
        KeyError: it asks for a field that the record does not have (any more).
    """
    header, items = _parted(content.all)
    groups = tuple(_Group(*_parted(group)) for group in content.any)
    return CompiledProfile(code, version, content, content.sha256, header, items, groups)


def profile_of(plain: Mapping[str, Any], *, code: str = "", version: int = 1) -> CompiledProfile:
    """Compile a stored profile: it was checked when it was written."""
    return compile_profile(ProfileContent.model_validate(plain), code=code, version=version)


def _parted(criteria: Iterable[Criterion]) -> tuple[tuple[Test, ...], tuple[Test, ...]]:
    of = [(FIELDS[criterion.field].item, test_of(criterion)) for criterion in criteria]
    return tuple(test for item, test in of if not item), tuple(test for item, test in of if item)


def test_of(criterion: Criterion) -> Test:
    """The question of a criterion, over the values of a header or of an item; a field that is not known meets none.

    Two fit an absent field: `unknown`, and `has_none`, for a list without entries is left out of a record.

    Raises:
        KeyError: there is no such field.
    """
    name, operator, kind = criterion.field, criterion.operator, FIELDS[criterion.field].kind
    if operator is Operator.KNOWN:
        return lambda values: name in values
    if operator is Operator.UNKNOWN:
        return lambda values: name not in values
    if kind is Kind.NUMBER:
        return _number_test(name, operator, [float(value) for value in criterion.values])
    if kind is Kind.CODES:
        return _codes_test(name, operator, frozenset(criterion.values))
    if kind is Kind.FLAG:
        wanted = operator is Operator.YES
        return lambda values: values.get(name) is wanted
    if operator is Operator.BEGINS:
        beginnings = tuple(criterion.values)
        return lambda values: str(values.get(name, "")).startswith(beginnings)
    named = frozenset(criterion.values)
    if operator is Operator.IN:
        return lambda values: values.get(name) in named
    return lambda values: name in values and values[name] not in named


def _number_test(name: str, operator: Operator, limits: list[float]) -> Test:
    low, high, nan = limits[0], limits[-1], float("nan")  # nothing compares with nan: not known, not met

    def number(values: Values) -> float:
        return values.get(name, nan)  # type: ignore[return-value]

    match operator:
        case Operator.AT_LEAST:
            return lambda values: number(values) >= low
        case Operator.AT_MOST:
            return lambda values: number(values) <= low
        case Operator.MORE:
            return lambda values: number(values) > low
        case Operator.LESS:
            return lambda values: number(values) < low
        case _:
            return lambda values: low <= number(values) <= high


def _codes_test(name: str, operator: Operator, named: frozenset[str]) -> Test:
    def codes(values: Values) -> list[str]:
        return values.get(name, [])  # type: ignore[return-value]

    match operator:
        case Operator.HAS_ANY:
            return lambda values: not named.isdisjoint(codes(values))
        case Operator.HAS_ALL:
            return lambda values: named.issubset(codes(values))
        case _:
            return lambda values: named.isdisjoint(codes(values))


def shown(value: Value | None) -> str:
    """A value of a record as text: short, numbers to four digits after the point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)[:200]
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float | int) else value[:200]


def profile_change(content: ProfileContent, *, code: str, version: int) -> RuleChange:
    """The change of the rule set that a profile going live is: what is simulated, proposed and put in force."""
    values = {
        "code": code,
        "version": version,
        "content": content.plain(),
        "content_sha256": content.sha256,
        "valid_days": content.valid_days,
    }
    return RuleChange(RuleChangeKind.PROFILE_ADD, values)


def profile_end_change(*, code: str, version: int, content_sha256: str) -> RuleChange:
    """The change of the rule set that the end of a live profile is."""
    values = {"code": code, "version": version, "content_sha256": content_sha256}
    return RuleChange(RuleChangeKind.PROFILE_END, values)
