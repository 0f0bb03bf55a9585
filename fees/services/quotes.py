"""Quotes: the assessment engine, asked before anything is lodged."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from declarations.schemas import DeclarationMessage
from fees.rules.assessment import CannotAssess, assess
from fees.rules.canonical_form import assessment_bytes
from fees.rules.facts import facts_of
from fees.rules.tariff import TariffIndex
from fees.selectors.assessments import tariff_pinned
from fees.selectors.tariff import tariff_current, tariff_of_version
from fees.types import Assessment, Facts
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import RuleViolated
from singlewindow.quotas.selectors import quota_standings
from singlewindow.reference.selectors import exchange_rate
from singlewindow.reference.selectors import profile as profile_in_force
from singlewindow.reference.types import CountryProfile, ExchangeRate, RateMissing


@dataclass(frozen=True, slots=True)
class Quote:
    """What goods would cost: the same value and bytes that their assessment gives on the same data and day."""

    assessment: Assessment
    canonical: bytes
    sha256: str


def quote_make(message: DeclarationMessage, *, at: datetime | None = None, declaration_id: UUID | None = None) -> Quote:
    """What a declaration would cost at an instant, stored nowhere.

    Args:
        declaration_id: of a lodged declaration that this content is for: the tariff of its assessment is kept.

    Source: domain.md F50 and N06.

    Raises:
        RuleViolated: something that the assessment needs is missing; every finding is listed.
    """
    label = None if declaration_id is None else tariff_pinned(declaration_id)
    return quote_of_facts(facts_of(message), at=at, tariff=tariff_of_version(label) if label else None)


def quote_of_facts(facts: Facts, *, at: datetime | None = None, tariff: TariffIndex | None = None) -> Quote:
    """As `quote_make`, from the facts alone."""
    try:
        return assessed(facts, at=at or clock.now(), tariff=tariff or tariff_current())
    except CannotAssess as error:
        raise RuleViolated("The costs cannot be worked out yet.", violations=error.findings) from error


def assessed(
    facts: Facts,
    *,
    at: datetime,
    tariff: TariffIndex,
    shares: Mapping[int, Decimal] | None = None,
    declaration_id: UUID | None = None,
) -> Quote:
    """The engine on the data in force at an instant.

    Args:
        shares: what part of its claim a quota granted each item, by item number, once its day is settled.
        declaration_id: whose claims on quotas stand, whatever is left for others.

    Raises:
        CannotAssess: something that the assessment needs is missing.
    """
    profile, on = profile_and_day(at)
    facts = with_quotas(facts, on=on, shares=shares or {}, declaration_id=declaration_id)
    rates = rates_for(facts, currency=profile.currency, on=on)
    assessment = assess(facts, tariff=tariff, rates=rates, profile=profile, on=on)
    canonical = assessment_bytes(assessment)
    return Quote(assessment, canonical, sha256_hex(canonical))


def profile_and_day(at: datetime) -> tuple[CountryProfile, date]:
    """The profile in force and the day in the country's own time: a duty changes at its midnight, not at UTC's."""
    profile = profile_in_force(at.date())
    on = at.astimezone(ZoneInfo(profile.time_zone)).date()
    return (profile, on) if on == at.date() else (profile_in_force(on), on)


def with_quotas(facts: Facts, *, on: date, shares: Mapping[int, Decimal], declaration_id: UUID | None = None) -> Facts:
    """The facts with the standing of every quota that they cite; without one nothing is asked."""
    cited = {item.quota_order_number for item in facts.items} - {""}
    if not cited:
        return facts
    items = tuple(
        replace(item, quota_share=shares[item.number]) if item.number in shares and item.quota_order_number else item
        for item in facts.items
    )
    standings = quota_standings(sorted(cited), on, declaration_id=declaration_id)
    return replace(facts, items=items, quotas=tuple(standings[number] for number in sorted(standings)))


def rates_for(facts: Facts, *, currency: str, on: date) -> Mapping[str, ExchangeRate]:
    """The published rate of each foreign currency of the facts; those without one are left out."""
    rates: dict[str, ExchangeRate] = {}
    for foreign in facts.currencies - {currency}:
        with suppress(RateMissing):  # the engine names each place that needs it
            rates[foreign] = exchange_rate(foreign, on)
    return rates
