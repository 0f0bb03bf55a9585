"""Decisions about quotas: what an item asks for, what a day's claims are allocated, where a quota stands. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from declarations.schemas import GoodsItem
from singlewindow.quotas.states import QuotaState
from singlewindow.quotas.types import StandingState, StopKind

ZERO = Decimal(0)
FREE_CIRCULATION = frozenset({"01", "07", "40", "42", "43", "44", "45", "46", "48", "49", "61", "63", "68"})
"""Requested procedures that bring goods into free circulation: only they draw on a quota (QU-CLM-05)."""

GRACE = timedelta(hours=2)
"""How long after the end of a day at the last office its claims are awaited (QU-DAY-02)."""

_UNITS: Mapping[str, tuple[str, Decimal]] = {
    code: (dimension, Decimal(factor))
    for code, dimension, factor in (
        ("KGM", "mass", "1"),
        ("DTN", "mass", "100"),
        ("TNE", "mass", "1000"),
        ("GRM", "mass", "0.001"),
        ("LTR", "volume", "1"),
        ("HLT", "volume", "100"),
        ("MTQ", "volume", "1000"),
        ("KLT", "volume", "1000"),
        ("NAR", "count", "1"),
        ("CEN", "count", "100"),
        ("MIL", "count", "1000"),
        ("NPR", "pairs", "1"),
        ("MTK", "area", "1"),
        ("MTR", "length", "1"),
        ("LPA", "alcohol", "1"),
    )
}
"""Units of quotas and of declarations (UN/ECE Recommendation 20): what each measures, and how much of it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What decides where a quota stands."""

    volume: Decimal
    balance: Decimal
    pending: Decimal
    critical_share: Decimal
    critical_decided: bool = False

    @property
    def available(self) -> Decimal:
        """What is left when every open claim is met; below zero when they ask for more than is left."""
        return self.balance - self.pending


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that waits for its day to be settled."""

    id: int
    demand: Decimal


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of an instant where the office of acceptance is (QU-DAY-01)."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def day_ends(day: date, time_zones: Iterable[str]) -> datetime:
    """The instant at which a day has ended at every office, with the time its last claims are awaited (QU-DAY-02)."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    return max(midnight.replace(tzinfo=ZoneInfo(zone)) for zone in {"UTC", *time_zones}) + GRACE


def state_of(figures: Figures, *, stopped: bool = False) -> QuotaState:
    """Where a quota stands by its figures (QU-STA-02 to QU-STA-04)."""
    if stopped:
        return QuotaState.BLOCKED
    if figures.balance <= 0:
        return QuotaState.EXHAUSTED
    if figures.critical_decided or figures.available <= figures.volume * figures.critical_share:
        return QuotaState.CRITICAL
    return QuotaState.OPEN


def standing_of(figures: Figures, *, state: QuotaState, stop: StopKind | None) -> StandingState:
    """How a quota stands for goods accepted on a day, of which a stop may hold."""
    if state is QuotaState.CLOSED:
        return StandingState.CLOSED
    return StandingState(state_of(figures, stopped=stop is not None).value)


def days_allocate(claims: Sequence[OpenClaim], left: Decimal, decimals: int) -> dict[int, Decimal]:
    """What each claim of one day gets of what is left: all of it, or its part in proportion to what it asks for.

    Parts are rounded by largest remainder to the places of the quota, the earlier claim first where remainders are
    equal, so that they sum exactly to what was left.

    Source: docs/rules/quotas.md, QU-ALL-01 to QU-ALL-03.
    """
    demand = sum((claim.demand for claim in claims), ZERO)
    if demand <= left:
        return {claim.id: claim.demand for claim in claims}
    if left <= 0:
        return dict.fromkeys((claim.id for claim in claims), ZERO)
    # Whole numbers of the smallest part: no remainder is lost to the precision of decimals.
    whole, parts = _units(left, decimals), [(claim.id, _units(claim.demand, decimals)) for claim in claims]
    total = sum(part for _, part in parts)
    granted = {claim_id: whole * part // total for claim_id, part in parts}
    remainders = sorted((-(whole * part % total), claim_id) for claim_id, part in parts)
    for _, claim_id in remainders[: whole - sum(granted.values())]:
        granted[claim_id] += 1
    return {claim_id: Decimal(count).scaleb(-decimals) for claim_id, count in granted.items()}


def _units(quantity: Decimal, decimals: int) -> int:
    return int(quantity.scaleb(decimals))


def quantity_asked(item: GoodsItem, *, unit: str, by_value: bool, decimals: int) -> Decimal | None:
    """What an item draws on a quota kept in a unit, cut to its places; None where the item does not state it.

    Source: QU-CLM-06.
    """
    found = _value(item, unit) if by_value else _quantity(item, unit)
    if found is None:
        return None
    cut = found.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)
    return cut if cut > 0 else None


def _quantity(item: GoodsItem, unit: str) -> Decimal | None:
    dimension, factor = _UNITS.get(unit, (unit, Decimal(1)))
    stated = item.supplementary_quantity
    if dimension == "mass" and item.net_mass_kg is not None:
        return item.net_mass_kg / factor
    if stated is None or not stated.unit:
        return None
    other, other_factor = _UNITS.get(stated.unit.partition("#")[0], (stated.unit, Decimal(1)))
    return stated.quantity * other_factor / factor if other == dimension else None


def _value(item: GoodsItem, currency: str) -> Decimal | None:
    for amount in (item.customs_value, item.statistical_value, item.price):
        if amount is not None and amount.currency == currency:
            return amount.amount
    return None
