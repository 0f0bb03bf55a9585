"""Rules on each goods item and its packages."""

from typing import Any

from singlewindow.ens.rules.findings import Facts, Findings, leading_zero
from singlewindow.ens.rules.header import AIR, SHIP, SHIPS, WAGON, mass_findings
from singlewindow.ens.rules.parties import AUTHORISED_OPERATOR

MAX_MEANS = 999


def item_findings(facts: Facts) -> Findings:
    """Every item, in the order of the message."""
    packed = _packed_marks(facts)
    for number, item in enumerate(facts.items):
        at = f"/items/{number}"
        yield from _item(facts, item, at)
        yield from _places(facts, item, at)
        yield from _means(facts, item, at)
        for place, package in enumerate(item.get("packages", ())):
            yield from _package(facts, package, f"{at}/packages/{place}", packed)


def _item(facts: Facts, item: dict[str, Any], at: str) -> Findings:
    if leading_zero(item["number"]):
        yield 8678, f"{at}/number"
    if "description" not in item and "commodity" not in item:
        yield 8207, f"{at}/commodity"
    mass = item.get("gross_mass_kg")
    if mass is not None:
        yield from mass_findings(mass, f"{at}/gross_mass_kg")
        if "+" in mass or "-" in mass:
            yield 8679, f"{at}/gross_mass_kg"
    elif facts.circumstance != AUTHORISED_OPERATOR and "gross_mass_kg" not in facts.header:
        yield 8103, f"{at}/gross_mass_kg"
    if "freight_payment_method" in item and "freight_payment_method" in facts.header:
        yield 8135, f"{at}/freight_payment_method"
    referenced = "commercial_reference" in item or "commercial_reference" in facts.header
    if "documents" not in item and not referenced:
        yield 8170, f"{at}/documents"


def _places(facts: Facts, item: dict[str, Any], at: str) -> Findings:
    if "loading_place" in item:
        if "loading_place" in facts.header:
            yield 8136, f"{at}/loading_place"
    elif "loading_place" not in facts.header:
        yield 8104, f"{at}/loading_place"
    if "unloading_place" in item:
        if "unloading_place" in facts.header:
            yield 8171, f"{at}/unloading_place"
    elif "unloading_place" not in facts.header and facts.circumstance != AUTHORISED_OPERATOR:
        yield 8687, f"{at}/unloading_place"


def _means(facts: Facts, item: dict[str, Any], at: str) -> Findings:
    means = item.get("transport_means", ())
    elsewhere = "transport_id" in facts.header or facts.mode == AIR
    if not means and not elsewhere:
        yield 8199, f"{at}/transport_means"
    if len(means) > MAX_MEANS:
        yield 8612, f"{at}/transport_means"
    for place, one in enumerate(means):
        here = f"{at}/transport_means/{place}"
        if elsewhere:
            yield 8198, here
        if "nationality" not in one and facts.mode != WAGON:
            yield 8147, f"{here}/nationality"
        if facts.mode in SHIPS and SHIP.fullmatch(one["id"]) is None:
            yield 8114, f"{here}/id"


def _packed_marks(facts: Facts) -> frozenset[str]:
    """Marks of packages that are counted above 0."""
    packages = (package for item in facts.items for package in item.get("packages", ()))
    return frozenset(one["marks"] for one in packages if int(one.get("count", 0)) > 0 and "marks" in one)


def _package(facts: Facts, package: dict[str, Any], at: str, packed: frozenset[str]) -> Findings:
    kind, count, pieces = package["kind"], package.get("count"), package.get("pieces")
    if kind in facts.profile.bulk_kinds:
        if count is not None or pieces is not None:
            yield 8149, at
    elif kind in facts.profile.unpacked_kinds:
        if count is not None or pieces is None:
            yield 8150, at
    else:
        if count is None or pieces is not None:
            yield 8151, at
        if "marks" not in package and not facts.circumstance:
            yield 8152, f"{at}/marks"
    if count is not None:
        if int(count) == 0 and package.get("marks") not in packed:
            yield 8153, f"{at}/count"
        if leading_zero(count):
            yield 8680, f"{at}/count"
    if pieces is not None and leading_zero(pieces):
        yield 8681, f"{at}/pieces"
