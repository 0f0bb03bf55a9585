"""What is declared against the manifests: packages, mass, containers, consignee, goods, conveyance, arrival."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from rapidfuzz import fuzz

from clearance.rules.matching.parts import Difference, MatchFacts, mass_tolerance, plain
from singlewindow.cargo.rules import reference_key
from singlewindow.cargo.types import CargoLine, ManifestedBill, Mode

IMO = re.compile(r"(?:IMO)?([0-9]{7})", re.ASCII)
HOUSE_CODES = frozenset({"703", "714"})
"""House air waybill, house bill of lading: where a line names one, its master only says where it came from."""
FLIGHT = re.compile(r"((?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?)0*([0-9]{1,4})[A-Z]?", re.ASCII)
"""Airline and number; an airline has a letter, so that a number alone is none."""


def manifest_differences(facts: MatchFacts) -> Iterator[Difference]:
    """Every difference from the bills that the declaration means; nothing where they are in no manifest."""
    if not facts.bills:
        return
    for bills, lines in _groups(facts):
        yield from _packages(facts, bills, lines)
        yield from _mass(facts, bills, lines)
    yield from _containers(facts)
    for bill in facts.bills:
        yield from _party(facts, bill)
        yield from _conveyance(facts, bill)
        yield from _arrival(facts, bill)
    yield from _goods(facts)


def _groups(facts: MatchFacts) -> list[tuple[tuple[ManifestedBill, ...], list[CargoLine]]]:
    """Lines that take from the same bills, with these bills; those with a bill in no manifest are left out."""
    by_key = {bill.key: bill for bill in facts.bills}
    groups: dict[tuple[str, ...], list[CargoLine]] = {}
    for line in facts.claim.lines:
        groups.setdefault(_keys_of(line, by_key), []).append(line)
    found = []
    for keys, lines in groups.items():
        bills = tuple(by_key[key] for key in keys if key in by_key)
        if bills and len(bills) == len(keys) and all(bill.theirs for bill in bills):
            found.append((bills, lines))
    return found


def _keys_of(line: CargoLine, by_key: Mapping[str, ManifestedBill]) -> tuple[str, ...]:
    if not line.bills:
        return tuple(sorted(by_key))
    houses = [bill for bill in line.bills if bill.code in HOUSE_CODES]
    return tuple(sorted({reference_key(bill.reference) for bill in houses or line.bills}))


def _packages(facts: MatchFacts, bills: tuple[ManifestedBill, ...], lines: list[CargoLine]) -> Iterator[Difference]:
    """MT-001: a declaration may take part of a bill, never more than all of it."""
    declared, manifested = sum(line.packages for line in lines), sum(bill.packages for bill in bills)
    if manifested and declared > manifested + facts.scheme.packages:
        yield Difference(
            rule="MT-001",
            subject=_named(bills),
            expected=str(declared),
            found=str(manifested),
            tolerance=str(facts.scheme.packages),
            source="manifest",
            source_id=bills[0].id,
            pointer=lines[0].pointer,
        )


def _mass(facts: MatchFacts, bills: tuple[ManifestedBill, ...], lines: list[CargoLine]) -> Iterator[Difference]:
    """MT-002: who takes all packages takes all the mass; who takes some takes no more than all."""
    masses = [bill.mass_kg for bill in bills]
    declared = sum((line.mass_kg for line in lines), Decimal(0))
    if not declared or any(mass is None for mass in masses):
        return
    manifested = sum((mass for mass in masses if mass is not None), Decimal(0))
    whole = sum(line.packages for line in lines) == sum(bill.packages for bill in bills)
    off = abs(declared - manifested) if whole else declared - manifested
    tolerance = mass_tolerance(facts.scheme, declared)
    if off > tolerance:
        yield Difference(
            rule="MT-002",
            subject=_named(bills),
            expected=plain(declared),
            found=plain(manifested),
            tolerance=plain(tolerance),
            source="manifest",
            source_id=bills[0].id,
            pointer=f"{lines[0].pointer}/gross_mass_kg",
        )


def _containers(facts: MatchFacts) -> Iterator[Difference]:
    """MT-003: where every bill says its containers, the declared ones are among them."""
    if not all(bill.containers for bill in facts.bills):
        return
    known = sorted({container for bill in facts.bills for container in bill.containers})
    for container in facts.declared.containers:
        if container not in known:
            yield Difference(
                rule="MT-003",
                subject=container,
                expected=container,
                found=", ".join(known),
                source="manifest",
                source_id=facts.bills[0].id,
                pointer="/equipment",
            )


def _party(facts: MatchFacts, bill: ManifestedBill) -> Iterator[Difference]:
    """MT-004: the bill is for the declaration's parties, or for somebody whose name is as good as theirs."""
    if bill.theirs or bill.split or not (bill.party_id or bill.party_name):
        return
    declared = facts.declared
    if not (bill.party_id and declared.party_id):
        alike = fuzz.token_sort_ratio(bill.party_name.casefold(), declared.party_name.casefold())
        if declared.party_name and alike >= facts.scheme.consignee_likeness:
            return
    yield Difference(
        rule="MT-004",
        subject=bill.reference,
        expected=declared.party_name or declared.party_id,
        found=bill.party_name or bill.party_id,
        tolerance=str(facts.scheme.consignee_likeness),
        source="manifest",
        source_id=bill.id,
        pointer="/exporter" if facts.claim.direction == "export" else "/importer",
    )


def _goods(facts: MatchFacts) -> Iterator[Difference]:
    """MT-005: where every line of the bills bears a code, the declared commodities begin like one of them."""
    lines = [line for bill in facts.bills for line in bill.goods]
    digits = facts.scheme.commodity_digits
    if not lines or not all(code for code, _ in lines):
        return
    known = {code[:digits] for code, _ in lines}
    for place, (number, code, description) in enumerate(facts.declared.commodities):
        if code and code[:digits] not in known:
            yield Difference(
                rule="MT-005",
                subject=str(number),
                expected=f"{code} {description}".strip(),
                found="; ".join(f"{code} {text}".strip() for code, text in lines[:5]),
                source="manifest",
                source_id=facts.bills[0].id,
                pointer=f"/items/{place}/commodity_code",
            )


def _conveyance(facts: MatchFacts, bill: ManifestedBill) -> Iterator[Difference]:
    """MT-006: of names that can be compared (both IMO numbers, both plates, both flights) one is the same."""
    told = (bill.conveyance_id, bill.conveyance_name, bill.voyage if bill.mode is Mode.AIR else "")
    declared, manifested = _names(facts.declared.conveyance, bill.mode), _names(told, bill.mode)
    kinds = set(declared) & set(manifested)
    if not kinds or any(declared[kind] & manifested[kind] for kind in kinds):
        return
    yield Difference(
        rule="MT-006",
        subject=bill.reference,
        expected=", ".join(facts.declared.conveyance),
        found=", ".join(dict.fromkeys(name for name in told if name)),
        source="manifest",
        source_id=bill.id,
        pointer="/transport/border_id",
    )


def _names(names: tuple[str, ...], mode: Mode) -> dict[str, set[str]]:
    """The names that can be compared, by what they are."""
    found: dict[str, set[str]] = {}
    for name in names:
        key = reference_key(name)
        if mode is Mode.SEA and (imo := IMO.fullmatch(key)):
            found.setdefault("imo", set()).add(imo[1])
        elif mode is Mode.AIR and (flight := FLIGHT.fullmatch(key)):
            found.setdefault("flight", set()).add(flight[1] + flight[2])
        elif mode in (Mode.ROAD, Mode.RAIL) and key:
            found.setdefault("plate", set()).add(key)
    return found


def _arrival(facts: MatchFacts, bill: ManifestedBill) -> Iterator[Difference]:
    """MT-007: goods are presented when their conveyance is here, give or take."""
    presented, slack = facts.presented_at, timedelta(hours=facts.scheme.arrival_hours)
    here = bill.arrived_at or bill.expected_at
    if presented is None or here is None or facts.claim.direction == "export" or presented + slack >= here:
        return
    yield Difference(
        rule="MT-007",
        subject=bill.reference,
        expected=presented.isoformat(),
        found=here.isoformat(),
        tolerance=f"{facts.scheme.arrival_hours} h",
        source="manifest",
        source_id=bill.id,
        pointer="/presented_at",
    )


def _named(bills: tuple[ManifestedBill, ...]) -> str:
    return ", ".join(bill.reference for bill in bills)[:120]
