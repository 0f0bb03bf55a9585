"""Every rule on the content of an entry summary declaration: its id, its condition in the message guide, its sentence.

The number of an id is the number of the error in the ICS message guide, so that filers' software knows it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from singlewindow.ens.messages.table import PARTY_FIELDS
from singlewindow.ens.profile import DATA


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its permanent id."""

    id: str
    condition: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class PartyRules:
    """Where a party stands, and the first number of each of its series of rules."""

    name: str
    words: str
    on_item: bool
    missing: int
    """Name to country, where no identification number is given."""
    domestic: int
    """Name to country, where a domestic number is given."""
    language: int

    def at(self, item: int | None) -> str:
        """The pointer of the party."""
        return f"/{self.name}" if item is None else f"/items/{item}/{self.name}"


PARTIES: Final = (
    PartyRules("consignor", "the consignor", False, 8120, 8626, 8700),
    PartyRules("consignee", "the consignee", False, 8125, 8631, 8701),
    PartyRules("notify_party", "the notify party", False, 8130, 8636, 8702),
    PartyRules("consignor", "the consignor of the item", True, 8137, 8641, 8703),
    PartyRules("consignee", "the consignee of the item", True, 8142, 8646, 8704),
    PartyRules("notify_party", "the notify party of the item", True, 8154, 8651, 8705),
    PartyRules("carrier", "the carrier", False, 8159, 8666, 8706),
)
"""Parties with a number or an address."""

IDENTIFIED: Final = (("representative", "the representative", 8656), ("lodger", "the person who lodges", 8661))
"""Parties that always have a number, and the first number of the rules that refuse their address."""

FOREIGN: Final = 100
"""Distance of the rule for a foreign number from the rule for no number."""

_FIELD_WORDS = {
    "name": "Name",
    "street": "Street and number",
    "postcode": "Postcode",
    "city": "City",
    "country": "Country",
}


def rule_id(number: int) -> str:
    """The id of the rule with this number."""
    return f"EN-{number}"


def _rule(number: int, condition: str, sentence: str, remedy: str) -> Rule:
    return Rule(rule_id(number), condition, sentence, remedy)


def _plain_rules() -> Iterator[Rule]:
    with (DATA / "rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _rule(int(row["number"]), row["condition"], row["sentence"], row["remedy"])


def _party_rules() -> Iterator[Rule]:
    """C501 for every party: address or number, never both."""
    for party in PARTIES:
        for place, name in enumerate(PARTY_FIELDS):
            what, whose = f"{_FIELD_WORDS[name]} of {party.words}", f"the number of {party.words}"
            given, left_out = f"{what} is given where", f"{what} is left out where"
            yield _c501(party.missing + place, f"{given} no identification number is.", f"Give it, or {whose}.")
            yield _c501(
                party.missing + FOREIGN + place, f"{given} the identification number is a foreign one.", "Give it."
            )
            yield _c501(
                party.domestic + place,
                f"{left_out} the identification number is a domestic one.",
                "Leave it out; the number says it.",
            )
        left_out = f"The language of {party.words} is left out where"
        yield _c501(party.language, f"{left_out} the identification number is a domestic one.", "Leave it out.")
    for _, words, first in IDENTIFIED:
        for place, name in enumerate(PARTY_FIELDS):
            sentence = f"{_FIELD_WORDS[name]} of {words} is left out: the identification number says it."
            yield _c501(first + place, sentence, "Leave it out.")


def _c501(number: int, sentence: str, remedy: str) -> Rule:
    return _rule(number, "C501", sentence, remedy)


RULES: Final[dict[str, Rule]] = {
    rule.id: rule for rule in sorted([*_plain_rules(), *_party_rules()], key=lambda rule: rule.id)
}
"""Every rule by its id."""
