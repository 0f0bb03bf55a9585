"""Which rule set is in force, and rule sets by their hash."""

from functools import lru_cache

from risk.models import RuleSet, RuleSetInForce
from risk.rules.rule_set import RULE_SET, CompiledRuleSet, compiled
from singlewindow.kernel.errors import NotFound


def rule_set_hash_in_force() -> str:
    """Hash of the rule set in force; empty before the first was put in force. One query."""
    newest = RuleSetInForce.objects.order_by("-id").values_list("rule_set_id", flat=True).first()
    return newest or ""


def rule_set_in_force() -> CompiledRuleSet:
    """The rule set that results are computed with now; before the first, what the code begins with."""
    found = rule_set_hash_in_force()
    return rule_set_of(found) if found else RULE_SET


@lru_cache(maxsize=32)
def rule_set_of(rule_set_hash: str) -> CompiledRuleSet:
    """A committed rule set, compiled once in each process.

    Raises:
        NotFound: none of this hash was committed, or what is stored under it is another one.
    """
    document = RuleSet.objects.filter(hash=rule_set_hash).values_list("document", flat=True).first()
    if document is None:
        raise NotFound
    rules = compiled(document)
    if rules.hash != rule_set_hash:
        raise NotFound(f"What is stored as rule set {rule_set_hash} is not the one of that hash.")
    return rules
