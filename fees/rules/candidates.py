"""Which duty rate applies: every candidate with its amount and the reason for or against it.

Source: domain.md K4 ("take the lowest claimable and say why the others were not available"); docs/rules/fees.md,
FE-PREF-01 to FE-PREF-03, FE-QUO-01 to FE-QUO-04 and FE-CON-01 to FE-CON-04.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fees.rules.expression import Expression, QuantityMissing
from fees.rules.shown import Ruling, Shown, ruling
from fees.rules.tariff import Measure, Resolved, TariffIndex
from fees.types import Candidate, Facts, ItemFacts, MeasureKind, Step
from singlewindow.kernel.money import quantize
from singlewindow.quotas.types import QuotaStanding, StandingState

ONE = Decimal(1)

CANDIDATE_REASONS: Mapping[str, str] = {
    "applied": "This rate applies: it is the lowest that the declaration may claim.",
    "not_lowest": "A rate that costs no more was found and may be claimed.",
    "not_claimed": "The origin has this preference, but the item does not claim it (preference code).",
    "other_claim": "The item claims another preference than this one.",
    "no_proof": "The preference is claimed, but no proof of origin is cited on the item or the declaration.",
    "no_authorisation": "The suspension is for an authorised use, and no authorisation is cited.",
    "no_document": "The rate is for goods with a certain document, and none of those is cited.",
    "condition_not_met": "A condition of the rate, such as a price per unit, is not met.",
    "quota_not_cited": "The rate is for a tariff quota, and the item does not cite its order number.",
    "quota_none": "The tariff quota that is cited has no period on this day.",
    "quota_exhausted": "The tariff quota that is cited is used up.",
    "quota_blocked": "The tariff quota that is cited is blocked or suspended on this day.",
    "quota_closed": "The period of the tariff quota that is cited is closed.",
    "quota_origin": "The tariff quota that is cited is not for goods of this origin.",
    "quota_not_granted": "The tariff quota was shared out, and nothing of it was granted to this item.",
}
"""What each reason code says."""

SUSPENSION_CLAIMS = frozenset({"10", "15", "18", "19", "23", "40", "45"})
"""Second and third digits of preference codes that claim a suspension or an end use."""

AUTHORISED_USE_CLAIMS = frozenset({"15", "23", "40", "45"})
"""Those of them that need an authorisation."""

AUTHORISED_USE_DOCUMENTS = frozenset({"C990", "N990", "D019"})
"""Documents that cite an authorisation of end use."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A rate with what it gives for an item, or for a part of it."""

    measure: Measure
    expression: Expression
    steps: tuple[Step, ...]
    amount: Decimal
    base: Decimal
    part: str = ""


@dataclass(frozen=True, slots=True)
class DutyChoice:
    """The duty of an item: what is levied, why, and what would be levied without the quota that is nearly used up."""

    parts: tuple[Worked, ...]
    candidates: tuple[Candidate, ...]
    unsecured: tuple[Worked, ...] = ()
    """The duty without the quota, where the difference must be secured; else empty."""


@dataclass(frozen=True, slots=True)
class Goods:
    """One item as its rates are worked out."""

    facts: Facts
    item: ItemFacts
    tariff: TariffIndex
    value: Decimal
    amounts: Mapping[str, Decimal]
    currency: str
    shown: Shown


@dataclass(slots=True)
class _Option:
    measure: Measure
    expression: Expression
    worked: Worked | None
    bar: str = ""
    needs: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        assert self.worked is not None  # an open option was worked out
        return self.worked.amount


def work(
    measure: Measure,
    base: Decimal,
    amounts: Mapping[str, Decimal],
    currency: str,
    *,
    expression: Expression | None = None,
    part: str = "",
) -> Worked:
    """A measure applied to a base and rounded by its own rule. Raises QuantityMissing."""
    rate = expression or measure.expression
    exact, steps = rate.evaluate(base, amounts)
    return Worked(measure, rate, steps, quantize(exact, currency, rounding=measure.rounding.value), base, part)


def duty_choose(goods: Goods, resolved: Resolved) -> DutyChoice:
    """The lowest duty that the item may claim, and every candidate with its reason. Raises QuantityMissing."""
    if resolved.duty is None:
        return DutyChoice((), ())
    options = [_ordinary(goods, resolved.duty)]
    if resolved.suspension is not None:
        options.append(_option(goods, resolved.suspension, _suspension_bar(goods)))
    options += [_option(goods, one, _preference_bar(goods, one.origin)) for one in resolved.preferences]
    options += [_option(goods, one, _quota_bar(goods, one)) for one in resolved.quotas]
    open_ = [option for option in options if not option.bar]
    chosen = min(open_, key=lambda option: option.amount)
    for option in open_:
        option.bar = "applied" if option is chosen else "not_lowest"
    candidates = tuple(_candidate(option) for option in options)
    if not chosen.measure.order_number:
        return DutyChoice(_parts(chosen), candidates)
    without = min((option for option in open_ if not option.measure.order_number), key=lambda option: option.amount)
    share = goods.item.quota_share
    if share is not None and share < ONE:
        return DutyChoice(_divided(goods, chosen, without, share), candidates)
    standing = _standing(goods, chosen.measure.order_number)
    secured = share is None and standing is not None and standing.secured
    return DutyChoice(_parts(chosen), candidates, _parts(without) if secured else ())


def levied(goods: Goods, measure: Measure) -> tuple[bool, Expression | None]:
    """Whether a tax on top is levied at all, and the rate that a condition gives it (FE-CON-03).

    Nothing shown leaves it as it is: only a condition that is met takes it away.
    """
    found = ruling(measure.conditions, goods.shown)
    return found.allowed or not found.decided, found.expression


def _parts(option: _Option) -> tuple[Worked, ...]:
    return () if option.worked is None else (option.worked,)


def _divided(goods: Goods, quota: _Option, without: _Option, share: Decimal) -> tuple[Worked, ...]:
    """What the quota granted at its rate, the rest at the best rate without it (FE-QUO-04)."""
    base = quantize(goods.value * share, goods.currency)
    inside = {name: amount * share for name, amount in goods.amounts.items()}
    outside = {name: amount - inside[name] for name, amount in goods.amounts.items()}
    rest = goods.value - base
    return (
        work(quota.measure, base, inside, goods.currency, expression=quota.expression, part="within"),
        work(without.measure, rest, outside, goods.currency, expression=without.expression, part="beyond"),
    )


def _ordinary(goods: Goods, measure: Measure) -> _Option:
    """The duty of everybody: its conditions may change its rate, never take it away."""
    rate = ruling(measure.conditions, goods.shown).expression or measure.expression
    worked = work(measure, goods.value, goods.amounts, goods.currency, expression=rate)
    return _Option(measure, rate, worked)


def _option(goods: Goods, measure: Measure, bar: str) -> _Option:
    """A rate that must be claimed; what it would give is shown also where it cannot be, if that can be worked out."""
    found = Ruling(allowed=True, decided=True, expression=None, needs=())
    if not bar:
        found = ruling(measure.conditions, goods.shown)
        if not found.allowed:
            bar = "no_document" if found.needs else "condition_not_met"
    rate = found.expression or measure.expression
    try:
        worked = work(measure, goods.value, goods.amounts, goods.currency, expression=rate)
    except QuantityMissing:
        if not bar:
            raise
        worked = None
    return _Option(measure, rate, worked, bar, found.needs)


def _preference_bar(goods: Goods, origin: str) -> str:
    claim, tariff = goods.item.preference[:1], goods.tariff
    if claim in ("", "1"):
        return "not_claimed"
    if tariff.claims.get(origin, "3") != claim:
        return "other_claim"
    return "no_proof" if tariff.proofs.isdisjoint(goods.shown.documents) else ""


def _suspension_bar(goods: Goods) -> str:
    claim = goods.item.preference[1:]
    if claim not in SUSPENSION_CLAIMS:
        return "not_claimed"
    authorised = "EUS" in goods.facts.authorisations or AUTHORISED_USE_DOCUMENTS & goods.shown.documents
    return "no_authorisation" if claim in AUTHORISED_USE_CLAIMS and not authorised else ""


def _quota_bar(goods: Goods, measure: Measure) -> str:
    """Cited, in use on the day, for this origin, and a preference of its own where it is one (FE-QUO-01, -02)."""
    item = goods.item
    if item.quota_order_number != measure.order_number:
        return "quota_not_cited"
    if item.quota_share is not None:
        bar = "" if item.quota_share > 0 else "quota_not_granted"
    else:
        bar = _standing_bar(goods, measure.order_number)
    if not bar and measure.kind is MeasureKind.PREFERENCE:
        bar = _preference_bar(goods, measure.origin)
    return bar


def _standing_bar(goods: Goods, order_number: str) -> str:
    standing = _standing(goods, order_number)
    if standing is None:
        return "quota_none"
    if not standing.usable:
        return STANDING_REASONS[standing.state]
    origins = {goods.item.origin, goods.item.preferential_origin} - {""}
    if standing.origins and origins.isdisjoint(standing.origins):
        groups = frozenset[str]().union(*(goods.tariff.groups_of(origin, standing.on) for origin in origins))
        return "quota_origin" if groups.isdisjoint(standing.origins) else ""
    return ""


STANDING_REASONS: Mapping[StandingState, str] = {
    StandingState.NONE: "quota_none",
    StandingState.EXHAUSTED: "quota_exhausted",
    StandingState.BLOCKED: "quota_blocked",
    StandingState.CLOSED: "quota_closed",
}


def _standing(goods: Goods, order_number: str) -> QuotaStanding | None:
    return next((one for one in goods.facts.quotas if one.order_number == order_number), None)


def _candidate(option: _Option) -> Candidate:
    measure = option.measure
    return Candidate(
        measure.key,
        measure.kind,
        option.expression.text,
        measure.law,
        None if option.worked is None else option.worked.amount,
        option.bar,
        measure.order_number,
        option.needs,
    )
