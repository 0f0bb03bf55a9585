"""Every rule on the content of an entry summary declaration: its id, its condition in the message guide, its sentence.

The number of an id is the number of the error in the ICS message guide, so that filers' software knows it.
"""

from dataclasses import dataclass
from typing import Final

from singlewindow.ens.messages.table import PARTY_FIELDS


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

_PLAIN: Final = (
    (4065, "TR0001", "The sender is an identification number, a stroke and the ten digits of a branch.", "Write for example GB123456789000/1234567890."),
    (8102, "R007", "Items are numbered 1, 2, 3 and so on in the order of the message.", "Number the items anew."),
    (8103, "C592", "The gross mass of an item is given unless the total gross mass is, or the circumstance is E.", "Give the gross mass of the item or the total."),
    (8104, "C574", "The place of loading is given for each item unless it stands in the header.", "Give the place of loading."),
    (8105, "C562", "In circumstance E the consignee has an identification number.", "Give the number of the consignee."),
    (8107, "C017", "At sea and on inland waterways (1, 8) the means of transport is identified in the header.", "Give the IMO or ENI number of the ship."),
    (8108, "C024", "On roads and ferries (3, 10, 11) the nationality of the means of transport is given with its identity.", "Give the nationality."),
    (8109, "C582", "The total number of packages is given where packages are.", "Give the total number of packages."),
    (8111, "C529", "Circumstance C (road) excludes the modes 1, 2, 4, 8, 10 and 11.", "Correct the mode of transport or the circumstance."),
    (8112, "C529", "Circumstance D (rail) excludes the modes 1, 3, 4, 8, 10 and 11.", "Correct the mode of transport or the circumstance."),
    (8113, "C017", "In the air (4) the header does not identify the means of transport.", "Leave the identity out; the flight number is the conveyance reference."),
    (8114, "C514", "A ship is identified by the seven digits of its IMO number or the eight of its ENI number.", "Give the IMO or ENI number."),
    (8115, "C024", "A nationality is given only for roads and ferries (3, 10, 11) and with an identity.", "Leave the nationality out, or give the identity."),
    (8116, "C582", "Without packages there is no total number of packages.", "Leave the total out, or give the packages."),
    (8117, "R105", "The total number of packages is the sum of packages and pieces, and one for each bulk.", "Correct the total or the packages."),
    (8118, "C518, R843", "In the air (4) the conveyance reference is the flight number: airline, one to four digits, perhaps a letter.", "Give the flight number."),
    (8119, "C511", "A consignor stands in the header for all items or in the items, never in both.", "Keep one of them."),
    (8135, "C576", "The payment of freight stands in the header or in the items, never in both.", "Keep one of them."),
    (8136, "C574", "The place of loading stands in the header or in the items, never in both.", "Keep one of them."),
    (8147, "C020", "Means of transport of an item have a nationality, except wagons (2).", "Give the nationality."),
    (8149, "C062", "Bulk has neither a number of packages nor a number of pieces.", "Leave both numbers out."),
    (8150, "C062", "Unpacked goods have a number of pieces and no number of packages.", "Give the number of pieces only."),
    (8151, "C062", "Packed goods have a number of packages and no number of pieces.", "Give the number of packages only."),
    (8152, "C062", "Packages have marks, unless they are bulk or unpacked or a circumstance is named.", "Give marks and numbers."),
    (8153, "TR0022", "Packages counted as 0 are packed with others: some other package has the same marks and a number above 0.", "Give the marks of the packages that they are with."),
    (8164, "C502", "At sea, in the air, on inland waterways and on ferries (1, 4, 8, 10, 11) the carrier has an identification number.", "Give the number of the carrier."),
    (8170, "C567", "Each item has a document or a commercial reference, unless the header has a commercial reference.", "Give the transport document."),
    (8171, "C579", "The place of unloading stands in the header or in the items, never in both.", "Keep one of them."),
    (8193, "C511", "Consignors in items are at least two, and not all the same.", "Put the one consignor into the header."),
    (8195, "R806", "A carrier is named only where it is not the person who lodges.", "Leave the carrier out."),
    (8198, "C019", "Items do not identify means of transport in the air (4), or where the header does.", "Leave them out."),
    (8199, "C019", "Each item identifies its means of transport where the header does not, except in the air (4).", "Give the identity of the means of transport."),
    (8204, "C583", "No consignee is named in the header where an item says that the consignee is unknown (10600).", "Leave the consignee out, or the mention 10600."),
    (8206, "TR0811", "The total number of items is the number of items.", "Correct the total."),
    (8207, "C585", "Each item has a description or a commodity code.", "Give one of them."),
    (8208, "C562", "In circumstance E the consignee of an item has an identification number.", "Give the number of the consignee."),
    (8611, "GOOITEGDS", "A message has at most 999 items.", "Send several messages."),
    (8612, "IDEMEATRAGI970", "An item has at most 999 means of transport.", "Send several items."),
    (8616, "R828", "The office of lodgement is another one than the office of first entry.", "Leave the office of lodgement out."),
    (8617, "SEAID529", "A message has at most 9999 seals.", "Send several messages."),
    (8619, "C583", "A notify party stands in the header only where every item says that the consignee is unknown (10600).", "Leave the notify party out, or add the mention 10600."),
    (8620, "C584", "An item has a notify party only where it says that the consignee is unknown (10600).", "Leave the notify party out, or add the mention 10600."),
    (8621, "C584", "A notify party stands in the header or in the items, never in both.", "Keep one of them."),
    (8622, "C584", "An item that says that the consignee is unknown (10600) has a notify party, unless the header has one.", "Give the notify party."),
    (8623, "C584", "Each item has a consignee, unless the header has one or the item says that it is unknown (10600).", "Give the consignee."),
    (8624, "C584", "An item that says that the consignee is unknown (10600) has no consignee.", "Leave one of them out."),
    (8625, "C584", "A consignee stands in the header or in the items, never in both.", "Keep one of them."),
    (8671, "TR0811", "The total number of items has no leading zeros.", "Leave the zeros out."),
    (8672, "R105", "The total number of packages has no leading zeros.", "Leave the zeros out."),
    (8673, "HEAHEA307", "The total gross mass has no sign.", "Leave the sign out."),
    (8674, "MASS", "A mass has no leading zeros.", "Leave the zeros out."),
    (8675, "MASS", "A mass has at most 11 digits, zeros counted.", "Leave zeros out, or round."),
    (8676, "MASS", "A mass has at most three digits after the point, zeros counted.", "Round to grams."),
    (8677, "MASS", "A mass has digits before and after its point.", "Write for example 0.5."),
    (8678, "R005", "An item number has no leading zeros.", "Leave the zeros out."),
    (8679, "GOOITEGDS46", "The gross mass of an item has no sign.", "Leave the sign out."),
    (8680, "R021", "A number of packages has no leading zeros.", "Leave the zeros out."),
    (8681, "R021", "A number of pieces has no leading zeros.", "Leave the zeros out."),
    (8684, "C570", "The itinerary names at least two countries.", "Name the first and the last country of the route."),
    (8685, "TR0519", "At sea (1) a conveyance reference that begins with XFER goes on with letters or digits, perhaps in two parts.", "Write for example XFER12:A1."),
    (8686, "TR0812", "The total gross mass is at least the sum of the items.", "Correct the total or the items."),
    (8687, "C579", "The place of unloading is given for each item unless it stands in the header, or the circumstance is E.", "Give the place of unloading."),
    (8688, "C577", "At least one item has packages.", "Give the packages."),
    (8689, "R826", "The mode of transport is 1, 2, 3, 4, 8, 10 or 11.", "Correct the mode of transport."),
    (8690, "R826", "The mode of transport has no leading zero.", "Leave the zero out."),
    (8691, "R834", "The circumstance is C (road), D (rail) or E (authorised operator).", "Correct the circumstance, or leave it out."),
    (8692, "R837", "The person who lodges has an identification number of this territory.", "Give a domestic number."),
)  # fmt: skip


def rule_id(number: int) -> str:
    """The id of the rule with this number."""
    return f"EN-{number}"


def _party_rules() -> list[Rule]:
    made = []
    for party in PARTIES:
        for place, name in enumerate(PARTY_FIELDS):
            word = _FIELD_WORDS[name]
            made.append(
                _made(
                    party.missing + place,
                    f"{word} of {party.words} is given where no identification number is.",
                    f"Give it, or the number of {party.words}.",
                )
            )
            made.append(
                _made(
                    party.missing + FOREIGN + place,
                    f"{word} of {party.words} is given where the identification number is a foreign one.",
                    "Give it.",
                )
            )
            made.append(
                _made(
                    party.domestic + place,
                    f"{word} of {party.words} is left out where the identification number is a domestic one.",
                    "Leave it out; the number says it.",
                )
            )
        made.append(
            _made(
                party.language,
                f"The language of {party.words} is left out where the identification number is a domestic one.",
                "Leave it out.",
            )
        )
    for _, words, first in IDENTIFIED:
        for place, name in enumerate(PARTY_FIELDS):
            made.append(
                _made(
                    first + place,
                    f"{_FIELD_WORDS[name]} of {words} is left out: the identification number says it.",
                    "Leave it out.",
                )
            )
    return made  # fmt: skip


def _made(number: int, sentence: str, remedy: str) -> Rule:
    return Rule(rule_id(number), "C501", sentence, remedy)


RULES: Final[dict[str, Rule]] = {
    rule.id: rule
    for rule in sorted(
        [
            *(Rule(rule_id(number), condition, sentence, remedy) for number, condition, sentence, remedy in _PLAIN),
            *_party_rules(),
        ],
        key=lambda rule: rule.id,
    )
}
"""Every rule by its id."""
