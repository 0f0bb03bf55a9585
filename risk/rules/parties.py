"""RM-PAR: what earlier declarations of the parties tell."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from risk.rules.consignment import Consignment
from risk.rules.registry import SAFE, TFA_RISK, Hit, gettext_noop, risk_rule
from risk.types import Facts, TraderStep

CHANGES_SHARE = Decimal("0.3")
"""Share of amended or invalidated declarations over which they are frequent (RM-PAR-04)."""
CHANGES_FROM = 5
"""Declarations of a quarter from which a share means something (RM-PAR-04)."""
FINDINGS_FROM = 3
"""Findings of a year that make a pattern (RM-PAR-06)."""
FINDINGS_SHARE = Decimal("0.2")
"""Share of checks with a finding, at or over which it is a pattern (RM-PAR-06)."""
NEW_FOR = timedelta(days=90)
"""So long a registered trader counts as new (RM-PAR-07)."""
LOW_VALUE = Decimal(1000)
"""An item under this value, in the country's currency, is of low value (RM-PAR-08)."""
SPLIT_FROM = 3
"""Earlier low-value consignments from which a split is likely (RM-PAR-08)."""
SPLIT_WITHIN = timedelta(days=7)
"""How far back RM-PAR-08 looks."""


@risk_rule(
    "RM-PAR-01",
    says=gettext_noop("%(party)s has no accepted declaration so far"),
    points=12,
    step=TraderStep.PARTIES,
    basis=SAFE,
)
def first_declaration(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The trader declares for the first time."""
    if consignment.trader_key and facts.trader.first_seen is None:
        yield Hit(None, {"party": consignment.trader_key})


@risk_rule(
    "RM-PAR-02",
    says=gettext_noop("%(trader)s and %(partner)s trade for the first time"),
    points=5,
    step=TraderStep.PARTIES,
    basis=SAFE,
)
def first_of_pair(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Importer and exporter trade with each other for the first time."""
    if consignment.trader_key and consignment.partner_key and not facts.pair_seen:
        yield Hit(None, {"trader": consignment.trader_key, "partner": consignment.partner_key})


@risk_rule(
    "RM-PAR-03",
    says=gettext_noop("first goods of chapter %(chapter)s"),
    points=5,
    step=TraderStep.PARTIES,
    basis=SAFE,
)
def first_in_chapter(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A known trader declares goods of this chapter for the first time."""
    if facts.trader.first_seen is None:
        return
    for line in consignment.lines:
        if line.chapter and line.chapter not in facts.chapters_seen:
            yield Hit(line.number, {"chapter": line.chapter})


@risk_rule(
    "RM-PAR-04",
    says=gettext_noop("%(changes)s of %(declarations)s declarations of the quarter were amended or invalidated"),
    points=12,
    step=TraderStep.DOCUMENTS,
    basis=TFA_RISK,
    share=CHANGES_SHARE,
    declarations=CHANGES_FROM,
)
def frequent_changes(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """More than 30 % of five or more declarations of the quarter were amended or invalidated."""
    record = facts.trader
    if record.declarations_quarter < CHANGES_FROM:
        return
    if record.changes_quarter > record.declarations_quarter * CHANGES_SHARE:
        figures = {"changes": str(record.changes_quarter), "declarations": str(record.declarations_quarter)}
        yield Hit(None, figures)


@risk_rule(
    "RM-PAR-05",
    says=gettext_noop("%(findings)s findings in %(inspections)s checks of the year"),
    points=15,
    step=TraderStep.DOCUMENTS,
    basis=TFA_RISK,
)
def earlier_finding(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A check of the last twelve months found something wrong."""
    if facts.trader.findings_year >= 1:
        yield Hit(None, _findings(facts))


@risk_rule(
    "RM-PAR-06",
    says=gettext_noop("%(findings)s findings in %(inspections)s checks of the year"),
    points=20,
    step=TraderStep.DOCUMENTS,
    basis=TFA_RISK,
    findings=FINDINGS_FROM,
    share=FINDINGS_SHARE,
)
def repeated_findings(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Three or more checks, and a fifth or more of all checks of twelve months, found something wrong."""
    record = facts.trader
    if record.findings_year >= FINDINGS_FROM and record.findings_year >= record.inspections_year * FINDINGS_SHARE:
        yield Hit(None, _findings(facts))


def _findings(facts: Facts) -> dict[str, str]:
    return {"findings": str(facts.trader.findings_year), "inspections": str(facts.trader.inspections_year)}


@risk_rule(
    "RM-PAR-07",
    says=gettext_noop("registered on %(registered_on)s"),
    points=5,
    step=TraderStep.PARTIES,
    basis=SAFE,
    new_for_days=NEW_FOR.days,
)
def newly_registered(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The trader registered here less than 90 days ago."""
    if facts.registered_on is not None and facts.on - facts.registered_on < NEW_FOR:
        yield Hit(None, {"registered_on": facts.registered_on.isoformat()})


@risk_rule(
    "RM-PAR-08",
    says=gettext_noop("%(value)s %(currency)s, after %(count)s like it from the same exporter in %(days)s days"),
    points=30,
    step=TraderStep.VALUE,
    basis="National rule on low-value consignments; WCO Guidelines for Immediate Release",
    low_value=LOW_VALUE,
    consignments=SPLIT_FROM,
    within_days=SPLIT_WITHIN.days,
)
def split_consignment(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Goods under 1,000 in value follow three or more such consignments of the same parties and HS6 in seven days."""
    for line in consignment.lines:
        earlier = facts.small_consignments.get(line.hs6, 0)
        if earlier >= SPLIT_FROM and line.value is not None and line.value < LOW_VALUE:
            yield Hit(
                line.number,
                {
                    "value": format(line.value.quantize(Decimal("0.01")), "f"),
                    "currency": facts.currency,
                    "count": str(earlier),
                    "days": str(SPLIT_WITHIN.days),
                },
            )
