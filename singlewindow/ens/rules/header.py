"""Rules on the header, the route, and the totals of the items."""

import re
from decimal import Decimal
from typing import Final

from singlewindow.ens.rules.findings import Facts, Findings, leading_zero

MODES: Final = frozenset({1, 2, 3, 4, 8, 10, 11})
SHIPS: Final = frozenset({1, 8})
VEHICLES: Final = frozenset({3, 10, 11})
SEA, WAGON, AIR = 1, 2, 4
_EXCLUDED = {"C": (8111, frozenset({1, 2, 4, 8, 10, 11})), "D": (8112, frozenset({1, 3, 4, 8, 10, 11}))}
_CIRCUMSTANCES = frozenset({"", "C", "D", "E"})

_SENDER = re.compile(r"[A-Z]{2}[^\n\r]{1,15}/[0-9]{10}", re.ASCII)
SHIP = re.compile(r"[0-9]{7,8}", re.ASCII)
_FLIGHT = re.compile(r"[a-zA-Z0-9]{3}[0-9]{1,4}[a-zA-Z]?|[a-zA-Z0-9]{1,3}[0-9][a-zA-Z]?", re.ASCII)
_TRANSFER = re.compile(r"XFER[a-zA-Z0-9]+(?:[:-][a-zA-Z0-9]+)?", re.ASCII)
_MASS = re.compile(r"[+-]?(?:[1-9.][0-9.]*|0(?:\.[0-9]*)?)", re.ASCII)
MAX_ITEMS, MAX_SEALS = 999, 9999


def header_findings(facts: Facts) -> Findings:
    """Sender, modes, circumstance, means of transport and conveyance."""
    header, mode = facts.header, facts.mode
    if _SENDER.fullmatch(facts.values["sender"]) is None:
        yield 4065, "/sender"
    if mode not in MODES:
        yield 8689, "/header/transport_mode"
    if leading_zero(header["transport_mode"]):
        yield 8690, "/header/transport_mode"
    if facts.circumstance not in _CIRCUMSTANCES:
        yield 8691, "/header/special_circumstance"
    if facts.circumstance in _EXCLUDED and mode in _EXCLUDED[facts.circumstance][1]:
        yield _EXCLUDED[facts.circumstance][0], "/header/transport_mode"
    yield from _transport(facts)
    yield from _conveyance(facts)
    office = facts.values.get("lodgement_office", {}).get("id")
    if office is not None and office == facts.values["first_entry"]["office"]:
        yield 8616, "/lodgement_office/id"
    if len(facts.values.get("itinerary", ())) < 2:
        yield 8684, "/itinerary"
    if len(facts.values.get("seals", ())) > MAX_SEALS:
        yield 8617, "/seals"


def _transport(facts: Facts) -> Findings:
    identity, nationality = facts.header.get("transport_id"), facts.header.get("transport_nationality")
    if facts.mode in SHIPS:
        if identity is None:
            yield 8107, "/header/transport_id"
        elif SHIP.fullmatch(identity) is None:
            yield 8114, "/header/transport_id"
    if facts.mode == AIR and identity is not None:
        yield 8113, "/header/transport_id"
    vehicle = facts.mode in VEHICLES and identity is not None
    if vehicle and nationality is None:
        yield 8108, "/header/transport_nationality"
    if nationality is not None and not vehicle:
        yield 8115, "/header/transport_nationality"


def _conveyance(facts: Facts) -> Findings:
    reference = facts.header.get("conveyance_reference")
    if facts.mode == AIR and (reference is None or _FLIGHT.fullmatch(reference) is None):
        yield 8118, "/header/conveyance_reference"
    transfer = facts.mode == SEA and reference is not None and reference.startswith("XFER")
    if transfer and _TRANSFER.fullmatch(str(reference)) is None:
        yield 8685, "/header/conveyance_reference"


def total_findings(facts: Facts) -> Findings:
    """Totals against the items: number of items, packages, gross mass."""
    header, items = facts.header, facts.items
    count = header.get("item_count")
    if count is not None:
        if int(count) != len(items):
            yield 8206, "/header/item_count"
        if leading_zero(count):
            yield 8671, "/header/item_count"
    if [int(item["number"]) for item in items] != list(range(1, len(items) + 1)):
        yield 8102, "/items"
    if len(items) > MAX_ITEMS:
        yield 8611, "/items"
    yield from _package_total(facts)
    yield from _mass_total(facts)


def _package_total(facts: Facts) -> Findings:
    packages = [package for item in facts.items for package in item.get("packages", ())]
    total = facts.header.get("package_count")
    if not packages:
        yield 8688, "/items/0/packages"
    if total is not None and leading_zero(total):
        yield 8672, "/header/package_count"
    if facts.reduced:
        return
    if packages and total is None:
        yield 8109, "/header/package_count"
    if total is not None:
        if not packages:
            yield 8116, "/header/package_count"
        counted = sum(int(one.get("count", 0)) + int(one.get("pieces", 0)) for one in packages)
        if int(total) != counted + sum(one["kind"] in facts.profile.bulk_kinds for one in packages):
            yield 8117, "/header/package_count"


def _mass_total(facts: Facts) -> Findings:
    total = facts.header.get("gross_mass_kg")
    if total is None:
        return
    yield from mass_findings(total, "/header/gross_mass_kg")
    if "+" in total or "-" in total:
        yield 8673, "/header/gross_mass_kg"
    masses = [item["gross_mass_kg"] for item in facts.items if "gross_mass_kg" in item]
    signed = "+" in total or any("+" in mass for mass in masses)
    if not signed and _most(Decimal(total), len(masses)) < sum(map(Decimal, masses)):
        yield 8686, "/header/gross_mass_kg"


def _most(total: Decimal, count: int) -> Decimal:
    """The total with the tolerance of the message guide: filers' software may add masses as binary fractions."""
    return total * (1 + Decimal("1e-16") * count) + Decimal("0.0001")


def mass_findings(text: str, pointer: str) -> Findings:
    """How a mass is written: leading zeros, digits, decimals, the point."""
    if _MASS.fullmatch(text) is None:
        yield 8674, pointer
    if sum(letter.isdigit() for letter in text) > 11:
        yield 8675, pointer
    if len(text.partition(".")[2]) > 3:
        yield 8676, pointer
    whole, point, fraction = text.lstrip("+-").partition(".")
    if point and not (whole and fraction):
        yield 8677, pointer
