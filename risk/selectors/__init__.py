"""Reads of risk: facts that rules ask, the rule set in force, results for officers and steps for traders."""

from risk.selectors.facts import facts_for, facts_for_many
from risk.selectors.results import (
    lanes_of,
    risk_result_for,
    risk_results_of,
    rule_hits,
    sample_seed_published,
    trader_steps_for,
)
from risk.selectors.rule_sets import rule_set_in_force, rule_set_of

__all__ = [
    "facts_for",
    "facts_for_many",
    "lanes_of",
    "risk_result_for",
    "risk_results_of",
    "rule_hits",
    "rule_set_in_force",
    "rule_set_of",
    "sample_seed_published",
    "trader_steps_for",
]
