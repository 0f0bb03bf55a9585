"""What is declared against what devices saw: containers, plates, weight, seals, pictures.

The newest reading of the same thing counts, so that a second look corrects the first. Readings that cannot be relied
on (misread numbers, scales whose calibration was over) are compared with nothing.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal

from clearance.rules.matching.parts import Difference, MatchFacts, mass_tolerance, plain
from singlewindow.capture.types import EventKind, Reading, SealState, Verdict


def captured_differences(facts: MatchFacts) -> Iterator[Difference]:
    """Every difference from what devices saw of these goods."""
    readings = [one for one in facts.readings if one.compared]
    if not readings:
        return
    yield from _containers(facts, readings)
    yield from _plates(facts, readings)
    yield from _weight(facts, readings)
    yield from _seals(facts, readings)
    yield from _pictures(facts, readings)


def _of(readings: Iterable[Reading], kind: EventKind) -> list[Reading]:
    return [one for one in readings if one.kind is kind]


def _newest(readings: Iterable[Reading]) -> dict[str, Reading]:
    """The newest reading of each container, plate or declaration."""
    found: dict[str, Reading] = {}
    for one in readings:
        found.setdefault(one.container or one.plate or one.mrn, one)
    return found


def _containers(facts: MatchFacts, readings: list[Reading]) -> Iterator[Difference]:
    """MT-101: what was seen on the lorry, or under the number, of these goods is declared or manifested."""
    known = {*facts.declared.containers, *(name for bill in facts.bills for name in bill.containers)}
    newest: dict[tuple[str, str], Reading] = {}
    for one in _of(readings, EventKind.CONTAINER):
        if one.mrn or one.plate:
            newest.setdefault((one.mrn, one.plate), one)
    for one in newest.values():
        if one.container and one.container not in known:
            yield Difference(
                rule="MT-101",
                subject=one.container,
                expected=", ".join(sorted(known)),
                found=one.container,
                source="device",
                source_id=one.id,
                pointer="/equipment",
            )


def _plates(facts: MatchFacts, readings: list[Reading]) -> Iterator[Difference]:
    """MT-102: of a lorry and its trailer, at least one plate is a declared one.

    Asked of plates that were seen with these goods: that a declared lorry passed some day says nothing of this journey.
    """
    seen = [one for one in _of(readings, EventKind.PLATE) if one.mrn or one.container]
    declared = facts.declared.plates
    if not declared or not seen or any(one.plate in declared for one in seen):
        return
    yield Difference(
        rule="MT-102",
        subject=seen[0].plate,
        expected=", ".join(declared),
        found=seen[0].plate,
        source="device",
        source_id=seen[0].id,
        pointer="/transport/border_id",
    )


def _weight(facts: MatchFacts, readings: list[Reading]) -> Iterator[Difference]:
    """MT-103: gross less tare is the declared gross mass, give or take, plus what the scale itself is unsure of.

    Goods in several containers are weighed when all of them are; a container that others share says nothing.
    """
    weighed = [one for one in _of(readings, EventKind.WEIGHT) if one.net_kg is not None]
    declared, containers = facts.declared.gross_mass_kg, facts.declared.containers
    newest = _newest(weighed)
    if not newest or not declared or facts.shared & set(containers):
        return
    if containers and all(one in newest for one in containers):
        counted = [newest[one] for one in containers]
    elif not containers or len(containers) == 1:
        counted = [one for one in weighed if not one.container][:1]
    else:
        counted = []
    if not counted:
        return
    net = sum((one.net_kg for one in counted if one.net_kg is not None), Decimal(0))
    tolerance = mass_tolerance(facts.scheme, declared) + sum((one.uncertainty_kg for one in counted), Decimal(0))
    off = net - declared
    if abs(off) <= tolerance:
        return
    yield Difference(
        rule="MT-103",
        subject=", ".join(containers)[:120],
        expected=plain(declared),
        found=plain(net),
        tolerance=plain(tolerance),
        source="device",
        source_id=counted[0].id,
        pointer="/total_gross_mass_kg",
        step=int((off / tolerance).to_integral_value(rounding=ROUND_FLOOR)),
    )


def _seals(facts: MatchFacts, readings: list[Reading]) -> Iterator[Difference]:
    """MT-104 to MT-106: a seal is the declared one (else the manifested one), is there, and is whole."""
    for container, one in _newest(_of(readings, EventKind.SEAL)).items():
        expected = _seals_of(facts, container)
        if one.seal_state == SealState.BROKEN:
            rule, found = "MT-105", one.seal
        elif one.seal_state == SealState.MISSING and expected:
            rule, found = "MT-106", ""
        elif one.seal_state == SealState.INTACT and expected and _seal_key(one.seal) not in map(_seal_key, expected):
            rule, found = "MT-104", one.seal
        else:
            continue
        yield Difference(
            rule=rule,
            subject=container,
            expected=", ".join(expected),
            found=found,
            source="device",
            source_id=one.id,
            pointer="/equipment",
        )


def _seals_of(facts: MatchFacts, container: str) -> tuple[str, ...]:
    declared = facts.declared.seals.get(container)
    if declared:
        return declared
    return tuple(seal for bill in facts.bills for seal in bill.containers.get(container, ()))


def _seal_key(seal: str) -> str:
    return "".join(letter for letter in seal.upper() if letter.isalnum())


def _pictures(facts: MatchFacts, readings: list[Reading]) -> Iterator[Difference]:
    """MT-107: the scanner's software says that the picture is not of what is declared."""
    for subject, one in _newest(_of(readings, EventKind.SCAN)).items():
        if one.verdict == Verdict.CONTRADICTS:
            yield Difference(
                rule="MT-107",
                subject=subject,
                expected="; ".join(text for _, _, text in facts.declared.commodities[:3])[:300],
                found=one.says or one.verdict,
                source="device",
                source_id=one.id,
                pointer="/items",
            )
