"""Which duty rate applies: every candidate with its amount and the reason for or against it.

Source: domain.md K4 ("take the lowest claimable and say why the others were not available"); docs/rules/fees.md,
FE-PREF-01 to FE-PREF-03.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fees.rules.tariff import Measure, Resolved, TariffIndex
from fees.types import Candidate, Facts, ItemFacts, Step
from singlewindow.kernel.money import quantize

CANDIDATE_REASONS: Mapping[str, str] = {
    "applied": "This rate applies: it is the lowest that the declaration may claim.",
    "not_lowest": "A lower rate that may be claimed was found.",
    "not_claimed": "The origin has this preference, but the item does not claim it (preference code).",
    "other_claim": "The item claims another preference than this one.",
    "no_proof": "The preference is claimed, but no proof of origin is cited on the item or the declaration.",
    "no_authorisation": "The suspension is for an authorised use, and no authorisation is cited.",
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
    """A measure with what it gives for an item."""

    measure: Measure
    steps: tuple[Step, ...]
    amount: Decimal


def work(measure: Measure, base: Decimal, amounts: Mapping[str, Decimal], currency: str) -> Worked:
    """A measure applied to a base and rounded by its own rule. Raises QuantityMissing."""
    exact, steps = measure.expression.evaluate(base, amounts)
    return Worked(measure, steps, quantize(exact, currency, rounding=measure.rounding.value))


def duty_choose(
    *,
    facts: Facts,
    item: ItemFacts,
    tariff: TariffIndex,
    resolved: Resolved,
    value: Decimal,
    amounts: Mapping[str, Decimal],
    currency: str,
) -> tuple[Worked | None, tuple[Candidate, ...]]:
    """The lowest duty that the item may claim, and every candidate with its reason. Raises QuantityMissing."""
    if resolved.duty is None:
        return None, ()
    options: list[tuple[Worked, str]] = [(work(resolved.duty, value, amounts, currency), "")]
    if resolved.suspension is not None:
        worked = work(resolved.suspension, value, amounts, currency)
        options.append((worked, _suspension_bar(facts, item)))
    for preference in resolved.preferences:
        worked = work(preference, value, amounts, currency)
        options.append((worked, _preference_bar(facts, item, tariff, preference.origin)))
    open_ = [option for option, bar in options if not bar]
    chosen = min(open_, key=lambda option: option.amount)
    if len(options) == 1:
        return chosen, (_candidate(chosen, "applied"),)
    return chosen, tuple(
        _candidate(option, bar or ("applied" if option is chosen else "not_lowest")) for option, bar in options
    )


def _preference_bar(facts: Facts, item: ItemFacts, tariff: TariffIndex, origin: str) -> str:
    claim = item.preference[:1]
    if claim in ("", "1"):
        return "not_claimed"
    if tariff.claims.get(origin, "3") != claim:
        return "other_claim"
    if tariff.proofs.isdisjoint(item.documents) and tariff.proofs.isdisjoint(facts.documents):
        return "no_proof"
    return ""


def _suspension_bar(facts: Facts, item: ItemFacts) -> str:
    claim = item.preference[1:]
    if claim not in SUSPENSION_CLAIMS:
        return "not_claimed"
    if claim in AUTHORISED_USE_CLAIMS and not (
        "EUS" in facts.authorisations
        or AUTHORISED_USE_DOCUMENTS.intersection(item.documents)
        or AUTHORISED_USE_DOCUMENTS.intersection(facts.documents)
    ):
        return "no_authorisation"
    return ""


def _candidate(worked: Worked, reason: str) -> Candidate:
    measure = worked.measure
    return Candidate(measure.key, measure.kind, measure.expression.text, measure.law, worked.amount, reason)
