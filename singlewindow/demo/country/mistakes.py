"""What honest people get wrong: slips, weights, doubts about the class, documents left out."""

from random import Random

from singlewindow.demo.country.market import goods
from singlewindow.demo.country.shipments import Shipment, copied, owed
from singlewindow.demo.country.truth import ErrorKind

DOUBTFUL = {
    "8528720010": "8525890010",
    "6109100090": "6110200010",
    "2106900090": "1905310010",
    "8471300090": "8517130010",
    "9403600010": "9401710010",
    "3304990010": "3401110010",
    "7308900010": "7323930010",
    "6402990010": "6404110010",
}
"""Classes between which honest people hesitate."""


CURT = ("goods", "parts", "merchandise", "as per invoice")
"""Descriptions of people in a hurry."""


def mistake_make(shipment: Shipment, chance: Random) -> tuple[ErrorKind | None, float]:
    """Let a mistake happen; its kind, and the EUR that it keeps back, which may be none."""
    kind = chance.choices(tuple(ErrorKind), (4, 3, 1, 2))[0]
    true = copied(shipment.items)
    if kind is ErrorKind.CLERICAL:
        _slip(shipment, chance)
    elif kind is ErrorKind.WEIGHTS:
        factor = chance.choice((0.85, 0.92, 1.1, 1.2))
        for item in shipment.items:
            item.net_kg *= factor
            item.gross_kg = max(item.gross_kg, item.net_kg * 1.01)
    elif kind is ErrorKind.MISSING_DOCUMENT:
        shipment.items[0].invoice = False
    else:
        doubtful = [item for item in shipment.items if item.good.code in DOUBTFUL]
        if not doubtful:
            return None, 0.0
        for item in doubtful:
            item.good = goods()[DOUBTFUL[item.good.code]]
            per_unit = item.good.kg_per_unit
            item.units = max(1, round(item.net_kg / per_unit)) if item.good.unit and per_unit else 0
    return kind, max(0.0, owed(true) - owed(shipment.items))


def _slip(shipment: Shipment, chance: Random) -> None:
    slip = chance.choice(("packages", "freight", "description", "price"))
    if slip == "packages":
        shipment.packages_off = chance.choice((1, 2, 10))
    elif slip == "freight":
        shipment.freight_factor = chance.choice((0.01, 0.1, 10))
    elif slip == "description":
        shipment.items[0].description = chance.choice(CURT)
    else:
        first = shipment.items[0]
        first.price = max(100.0, round(first.price / 100) * 100)
