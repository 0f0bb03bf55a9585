"""Rules on the content of an entry summary declaration (docs/rules/ens.md)."""

from singlewindow.ens.messages.table import MESSAGES
from singlewindow.ens.messages.walk import MAX_FINDINGS, path_of
from singlewindow.ens.profile import EntryProfile, profile
from singlewindow.ens.rules.catalogue import RULES, Rule, rule_id
from singlewindow.ens.rules.findings import Facts, Findings
from singlewindow.ens.rules.header import header_findings, total_findings
from singlewindow.ens.rules.items import item_findings
from singlewindow.ens.rules.parties import party_findings, party_place_findings
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel.errors import Violation

_FAMILIES = (header_findings, total_findings, party_findings, party_place_findings, item_findings)


def entry_check(message: EntryMessage, *, on: EntryProfile | None = None) -> tuple[Violation, ...]:
    """Every rule that a message breaks, each with its id, its pointer, its XPath and the way out."""
    facts = Facts(message, in_force := on or profile(), in_force.reduced_data_set)
    found: list[Violation] = []
    for family in _FAMILIES:
        found += [_violation(facts, number, pointer) for number, pointer in family(facts)]
        if len(found) > MAX_FINDINGS:
            break
    return tuple(found[:MAX_FINDINGS])


def _violation(facts: Facts, number: int, pointer: str) -> Violation:
    rule = RULES[rule_id(number)]
    source = path_of(MESSAGES[facts.message.kind], pointer)
    return Violation(rule.id, pointer, rule.sentence, rule.remedy, _value(facts, pointer), source)


def _value(facts: Facts, pointer: str) -> str:
    value: object = facts.values
    for step in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(step)
    return value[:120] if isinstance(value, str) else ""


__all__ = ["RULES", "Findings", "Rule", "entry_check"]
