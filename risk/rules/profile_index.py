"""Many profiles at once: only those whose most telling criterion can be met are asked, so that 200 cost little."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from risk.rules.profiles import CompiledProfile, ProfileHit
from risk.rules.record import FIELDS, Record
from risk.schemas import Criterion, Operator

TELLING: dict[str, int] = {
    "trader": 5000,
    "partner": 5000,
    "declarant": 1000,
    "commodity": 2000,
    "hs6": 1500,
    "origin": 60,
    "dispatch": 60,
    "nationality": 60,
    "destination": 60,
    "itinerary": 40,
    "countries": 30,
    "office": 5,
    "procedure": 5,
    "documents": 10,
}
"""About how many different values a field has; a field that is not named here is taken to have few."""
FEW = 3
_KEYED = frozenset({Operator.IN, Operator.BEGINS, Operator.HAS_ANY, Operator.HAS_ALL})


@dataclass(frozen=True, slots=True)
class _Key:
    """One look-up: a field of header or items, whole or by its first characters."""

    field: str
    item: bool
    length: int
    """Characters compared; 0: the whole value."""


class ProfileIndex:
    """Profiles by the criterion that few declarations meet; asks the same as asking each in turn, in their order."""

    def __init__(self, profiles: Iterable[CompiledProfile]) -> None:
        self.profiles = tuple(profiles)
        self._always: list[int] = []
        tables: dict[_Key, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, profile in enumerate(self.profiles):
            criterion = max((c for c in profile.content.all if c.operator in _KEYED), key=_telling, default=None)
            if criterion is None:
                self._always.append(place)
                continue
            for value in criterion.values[:1] if criterion.operator is Operator.HAS_ALL else criterion.values:
                length = len(value) if criterion.operator is Operator.BEGINS else 0
                key = _Key(criterion.field, FIELDS[criterion.field].item, length)
                tables[key][value].append(place)
        self._tables = tuple((key.field, key.item, key.length, dict(table)) for key, table in tables.items())

    def hits(self, record: Record) -> Iterator[tuple[CompiledProfile, ProfileHit]]:
        """Every profile that hits, with its hit, in the order in which they were given."""
        for profile in self.candidates(record):
            hit = profile.hit(record)
            if hit is not None:
                yield profile, hit

    def candidates(self, record: Record) -> Iterator[CompiledProfile]:
        """The profiles that may hit: every one that hits is among them."""
        found = set(self._always)
        for name, item, length, table in self._tables:
            for values in record.items if item else (record.header,):
                value = values.get(name)
                if isinstance(value, str):
                    places = table.get(value[:length] if length else value)
                    if places:
                        found.update(places)
                elif isinstance(value, list):
                    found.update(place for one in value for place in table.get(one, ()))
        return (self.profiles[place] for place in sorted(found))


def _telling(criterion: Criterion) -> float:
    """How few declarations may meet it, roughly: values of the field over values that are named."""
    many = TELLING.get(criterion.field, FEW)
    if criterion.operator is Operator.BEGINS:
        many = min(many, *(4 ** len(value) for value in criterion.values))
    count = 1 if criterion.operator is Operator.HAS_ALL else len(criterion.values)
    return many / max(count, 1)
