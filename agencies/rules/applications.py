"""What an application asks of which agency, and the agency's clock: pure functions.

Source: docs/rules/agencies.md, AG-060 to AG-069.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from agencies.rules.needs import RequirementIndex
from agencies.schemas import ApplicationData, ApplicationGoods
from agencies.types import PartPlan, RequirementInfo

ALERT_SHARES = (75, 100)
"""Per cent of an agency's time at which its officers are told (AG-064)."""

SLA_DEFAULT_HOURS = 24


def parts_of(data: ApplicationData, index: RequirementIndex, on: date) -> tuple[PartPlan, ...]:
    """The parts of an application: one for each agency and type of permit that its goods need (AG-061)."""
    found: dict[tuple[str, str], list[tuple[int, RequirementInfo]]] = defaultdict(list)
    for line in data.goods:
        for requirement in needed(line, data.direction, index, on):
            found[requirement.agency, requirement.lpco_code].append((line.number, requirement))
    return tuple(_plan(agency, code, met, index) for (agency, code), met in sorted(found.items()))


def needed(line: ApplicationGoods, direction: str, index: RequirementIndex, on: date) -> Iterator[RequirementInfo]:
    """The requirements of a permit that a line of goods meets with."""
    for requirement in index.for_goods(
        direction=direction, commodity_code=line.commodity_code, country=line.country, on=on
    ):
        quantity = line.quantity if line.unit == requirement.unit else None
        uses = (line.end_use,) if line.end_use else ()
        if requirement.lpco_code and requirement.asked_of(line.procedure, uses, quantity):
            yield requirement


def _plan(agency: str, code: str, met: list[tuple[int, RequirementInfo]], index: RequirementIndex) -> PartPlan:
    rules = {requirement.key: requirement for _, requirement in met}
    known = index.agencies.get(agency)
    own = known.sla_hours if known else SLA_DEFAULT_HOURS
    seconds = [one.second_above for one in rules.values() if one.second_above is not None]
    return PartPlan(
        agency=agency,
        code=code,
        requirements=tuple(sorted(rules)),
        goods=tuple(sorted({number for number, _ in met})),
        charge_code=next((one.charge_code for one in rules.values() if one.charge_code), ""),
        sla_hours=max(one.sla_hours or own for one in rules.values()),
        documents=tuple(sorted({paper for one in rules.values() for paper in one.documents})),
        titles=tuple(dict.fromkeys(one.title for one in rules.values())),
        conditions=tuple(dict.fromkeys(one.conditions for one in rules.values() if one.conditions)),
        second_above=min(seconds, default=None),
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """An agency's clock: seconds that it has counted, and since when it runs; it stands while a query is open."""

    sla_hours: int
    spent_s: int
    running_from: datetime | None

    @property
    def due_at(self) -> datetime | None:
        """When the time is over if it keeps running; nothing while it stands."""
        if self.running_from is None:
            return None
        return self.running_from + timedelta(seconds=self.sla_hours * 3600 - self.spent_s)

    def started(self, at: datetime) -> "Clock":
        """It runs from now on."""
        return Clock(self.sla_hours, self.spent_s, at)

    def stopped(self, at: datetime) -> "Clock":
        """It stands, with what it has counted (AG-063)."""
        if self.running_from is None:
            return self
        seconds = max(0, int((at - self.running_from).total_seconds()))
        return Clock(self.sla_hours, self.spent_s + seconds, None)

    def alert_at(self, percent: int) -> datetime | None:
        """When so many per cent of the time are spent."""
        if self.running_from is None:
            return None
        return self.running_from + timedelta(seconds=self.sla_hours * 3600 * percent // 100 - self.spent_s)


def second_needed(quantities: list[Decimal], second_above: Decimal | None) -> bool:
    """Whether two officers must agree: a line is more than what one may issue alone (AG-066)."""
    return second_above is not None and any(quantity > second_above for quantity in quantities)
