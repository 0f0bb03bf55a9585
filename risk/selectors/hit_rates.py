"""How often each rule and profile was right, over the last days; current to the last check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from risk.models import Profile
from risk.rules.learning import Share, weighted, wilson
from risk.rules.registry import RULES
from risk.states import ProfileState
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock

WINDOWS = (30, 60, 90)
UNBIASED_FROM = 10.0
"""Effective checks from which the unbiased share is told (RM-LRN-02)."""
ALL = ""
"""The line of all checks together, whatever fired."""

DAYS_SQL = """
SELECT w.days, r.rule, sum(r.hits), sum(r.inspections), sum(r.findings), sum(r.revenue_minor)
FROM unnest(%(windows)s::int[]) AS w(days)
JOIN risk_ruleday r ON r.day > %(on)s - w.days AND r.day <= %(on)s
WHERE %(rules)s::text[] IS NULL OR r.rule = ANY(%(rules)s::text[])
GROUP BY w.days, r.rule
"""
# Weights of checks with a chance; `rules` of each named once, and once more under no name for all checks together.
CHECKS_SQL = """
SELECT w.days, r.rule, sum(1 / o.propensity)::float8, sum(1 / (o.propensity * o.propensity))::float8,
    coalesce(sum(1 / o.propensity) FILTER (WHERE o.outcome <> ALL(%(fine)s)), 0)::float8,
    count(*), count(*) FILTER (WHERE o.outcome <> ALL(%(fine)s)), sum(o.revenue_delta_minor)
FROM unnest(%(windows)s::int[]) AS w(days)
JOIN risk_inspectionoutcome o ON o.at >= %(on)s + 1 - w.days AND o.at < %(on)s + 1 AND o.propensity > 0,
LATERAL (SELECT '' AS rule UNION ALL SELECT jsonb_array_elements_text(o.rules)) r
WHERE %(rules)s::text[] IS NULL OR r.rule = '' OR r.rule = ANY(%(rules)s::text[])
GROUP BY w.days, r.rule
"""
FINE = ("conform", "clerical")
"""Outcomes that are no finding."""


@dataclass(frozen=True, slots=True)
class HitRate:
    """How one rule or profile did in the last days."""

    rule: str
    days: int
    hits: int
    """Declarations on which it fired, so often a day at most once each."""
    checked: int
    found: int
    revenue_minor: int
    precision: Share | None
    """Share of checks with a finding; what was checked was chosen, so it is no share of all hits."""
    unbiased: Share | None
    """The same share of all hits that could have been checked, each check weighted by the inverse of its chance."""
    expected: float | None = None
    """What the author of the profile expected."""

    @property
    def falls_short(self) -> bool:
        """Whether even the upper end of the interval is under what was expected."""
        return self.expected is not None and self.precision is not None and self.precision.high < self.expected


def hit_rates(
    actor: Actor, *, windows: Iterable[int] = WINDOWS, rules: Iterable[str] | None = None
) -> dict[tuple[str, int], HitRate]:
    """How every rule and profile did, by its id or code and the days looked back; `ALL` stands for all checks.

    Three queries, whatever the number of rules. A rule that did not fire is missing.

    Source: RM-LRN-02.

    Args:
        rules: only these.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    return _rates(clock.today(), tuple(windows), list(rules) if rules is not None else None)


def profile_rates(days: int) -> Mapping[str, tuple[int, int]]:
    """Checks and findings of every live profile in the last days, by its code; for the tick that watches them."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS_SQL, {"windows": [days], "on": clock.today(), "rules": None})
        return {rule: (int(checked), int(found)) for _, rule, _, checked, found, _ in cursor.fetchall()}


def _rates(on: date, windows: tuple[int, ...], rules: list[str] | None) -> dict[tuple[str, int], HitRate]:
    parameters: dict[str, Any] = {"windows": list(windows), "on": on, "rules": rules, "fine": list(FINE)}
    with connection.cursor() as cursor:
        cursor.execute(CHECKS_SQL, parameters)
        checks = {(row[1], row[0]): row for row in cursor.fetchall()}
        cursor.execute(DAYS_SQL, parameters)
        days = cursor.fetchall()
    expected = _expected()
    rates: dict[tuple[str, int], HitRate] = {}
    for window, rule, hits, checked, found, revenue in days:
        rates[rule, window] = HitRate(
            rule=rule,
            days=window,
            hits=int(hits),
            checked=int(checked),
            found=int(found),
            revenue_minor=int(revenue),
            precision=wilson(int(found), int(checked)),
            unbiased=_unbiased(checks.get((rule, window))),
            expected=expected.get(rule),
        )
    for window in windows:
        row = checks.get((ALL, window))
        if row is not None:
            rates[ALL, window] = HitRate(
                ALL, window, int(row[5]), int(row[5]), int(row[6]), int(row[7]), wilson(row[6], row[5]), _unbiased(row)
            )
    return rates


def _unbiased(row: Any) -> Share | None:
    share = weighted(row[2], row[3], row[4]) if row is not None else None
    return share if share is not None and share.n >= UNBIASED_FROM else None


def _expected() -> dict[str, float]:
    live = Profile.objects.filter(state=ProfileState.LIVE.value).values_list("code", "expected_hit_rate")
    return {code: float(rate) for code, rate in live}


def rules_silent(actor: Actor, *, days: int = 90) -> list[str]:
    """Rules of the code that did not fire once in the last days.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    since = clock.today() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT rule FROM risk_ruleday WHERE day > %s AND hits > 0", [since])
        fired = {row[0] for row in cursor.fetchall()}
    return [rule for rule in RULES if rule not in fired]
