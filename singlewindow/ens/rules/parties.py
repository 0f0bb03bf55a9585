"""C501 and its neighbours: a party is named by its number or by its address; which parties stand where."""

from typing import Any

from singlewindow.ens.messages.table import PARTY_FIELDS
from singlewindow.ens.rules.catalogue import FOREIGN, IDENTIFIED, PARTIES, PartyRules
from singlewindow.ens.rules.findings import Facts, Findings, consignee_unknown

AUTHORISED_OPERATOR = "E"
_CARRIER_NUMBERED = frozenset({1, 4, 8, 10, 11})


def party_findings(facts: Facts) -> Findings:
    """C501, C502, C562, R806, R837 for every party of header and items."""
    for party in PARTIES:
        if not party.on_item:
            yield from _party(facts, party, facts.values.get(party.name), None)
    for number, item in enumerate(facts.items):
        for party in PARTIES:
            if party.on_item:
                yield from _party(facts, party, item.get(party.name), number)
    for name, _, first in IDENTIFIED:
        for place, field in enumerate(PARTY_FIELDS):
            if field in facts.values.get(name, {}):
                yield first + place, f"/{name}/{field}"
    if not facts.profile.domestic(facts.message.values["lodger"]["id"]):
        yield 8692, "/lodger/id"
    yield from _carrier(facts)


def _party(facts: Facts, rules: PartyRules, party: dict[str, Any] | None, item: int | None) -> Findings:
    if party is None:
        return
    at, number = rules.at(item), party.get("id")
    if number is not None and facts.profile.domestic(number):
        for place, field in enumerate(PARTY_FIELDS):
            if field in party:
                yield rules.domestic + place, f"{at}/{field}"
        if "language" in party:
            yield rules.language, f"{at}/language"
        return
    first = rules.missing if number is None else rules.missing + FOREIGN
    for place, field in enumerate(PARTY_FIELDS):
        if field not in party:
            yield first + place, f"{at}/{field}"
    if number is None and rules.name == "consignee" and facts.circumstance == AUTHORISED_OPERATOR:
        yield 8105 if item is None else 8208, f"{at}/id"


def _carrier(facts: Facts) -> Findings:
    carrier = facts.values.get("carrier")
    if carrier is None:
        return
    if "id" not in carrier:
        if facts.mode in _CARRIER_NUMBERED:
            yield 8164, "/carrier/id"
    elif carrier["id"] == facts.values["lodger"]["id"]:
        yield 8195, "/carrier/id"


def party_place_findings(facts: Facts) -> Findings:
    """C511, C583, C584: header or items, and whether the consignee is known."""
    yield from _consignors(facts)
    unknown = [consignee_unknown(item) for item in facts.items]
    if "consignee" in facts.values and any(unknown):
        yield 8204, "/consignee"
    if "notify_party" in facts.values and not all(unknown):
        yield 8619, "/notify_party"
    for number, (item, is_unknown) in enumerate(zip(facts.items, unknown, strict=True)):
        at = f"/items/{number}"
        if "notify_party" in item:
            if not is_unknown:
                yield 8620, f"{at}/notify_party"
            if "notify_party" in facts.values:
                yield 8621, f"{at}/notify_party"
        elif is_unknown and "notify_party" not in facts.values:
            yield 8622, f"{at}/notify_party"
        if "consignee" in item:
            if is_unknown:
                yield 8624, f"{at}/consignee"
            if "consignee" in facts.values:
                yield 8625, f"{at}/consignee"
        elif not is_unknown and "consignee" not in facts.values:
            yield 8623, f"{at}/consignee"


def _consignors(facts: Facts) -> Findings:
    named = [(number, item["consignor"]) for number, item in enumerate(facts.items) if "consignor" in item]
    if not named:
        return
    parties = [party for _, party in named]
    if len(parties) < 2 or all(party == parties[0] for party in parties):
        yield 8193, f"/items/{named[0][0]}/consignor"
    if "consignor" in facts.values:
        yield 8119, "/consignor"
        for number, _ in named:
            yield 8119, f"/items/{number}/consignor"
