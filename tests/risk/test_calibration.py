"""How the rules weigh in the whole: honest trade passes, odd trade does not, cost grows with the items only."""

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from declarations.messages import parse
from declarations.schemas import DeclarationMessage
from risk.rules.scoring import result_of
from risk.rules.tables import TABLES, fact_set_of, fact_set_version
from risk.services.tables import DATA, rows_read
from risk.types import Facts, FactSet, Lane, PartyRecord
from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.identifiers import uuid7
from tests.factories.risk import facts, item, message

ORIGINS = {"CN": "CN", "IN": "IN", "VN": "VN", "KE": "KE", "DE": "NL", "FR": "FR", "BR": "BR", "US": "US"}
"""Origin and the country that its goods are sent from."""


@pytest.fixture(scope="module")
def shipped() -> FactSet:
    document = {name: rows_read(DATA / f"{name}.csv", columns) for name, columns in TABLES.items()}
    return fact_set_of(fact_set_version(document), document)


def honest(chance: random.Random, tables: FactSet) -> DeclarationMessage:
    """Goods of a usual price and mass, on a usual way; now and then somewhat dear or cheap."""
    origin, dispatch = chance.choice(list(ORIGINS.items()))
    lines = [honest_item(number, chance, tables, origin) for number in range(1, chance.randint(1, 6) + 1)]
    mode = chance.choice("14" if dispatch in tables.modes else "134")
    transport = {"border_mode": mode, "container_indicator": mode == "1"}
    containers = [{"sequence": 1, "id": "CSQU3054383"}] if mode == "1" else []
    return message(*lines, export_country=dispatch, transport=transport, equipment=containers)


def honest_item(number: int, chance: random.Random, tables: FactSet, origin: str) -> dict[str, Any]:
    hs6 = chance.choice(sorted({hs6 for hs6, _ in tables.bands}))
    band = tables.band(hs6, origin)
    median, typical = band.median_value_per_kg or Decimal(1), band.typical_mass_kg or Decimal(1000)
    mass = (typical * Decimal(chance.uniform(0.05, 1.5))).quantize(Decimal("0.1")) + 1
    price = (median * mass * Decimal(chance.lognormvariate(0, 0.25))).quantize(Decimal("0.01"))
    plain = item(
        number,
        commodity_code=f"{hs6}0000",
        description=f"Goods of subheading {hs6}, as in the catalogue",
        origin=origin,
        net_mass_kg=str(mass),
        gross_mass_kg=str((mass * Decimal("1.08")).quantize(Decimal("0.1"))),
        price={"amount": str(price), "currency": "EUR"},
        supplementary_quantity=None,
        packages=[{"sequence": 1, "type": "PX", "count": int(mass // 400) + 1}],
    )
    if band.unit_mass_low_kg is not None and band.unit_mass_high_kg is not None:
        each = (band.unit_mass_low_kg + band.unit_mass_high_kg) / 2
        plain["supplementary_quantity"] = {"quantity": str((mass / each).quantize(Decimal("0.001"))), "unit": band.unit}
    return plain


def lanes(messages: list[DeclarationMessage], known: Facts) -> Counter[Lane]:
    return Counter(result_of(of, known, uuid7()).lane for of in messages)


def test_at_least_nine_in_ten_of_honest_trade_needs_no_officer(shipped: FactSet) -> None:
    chance = random.Random(20261102)
    messages = [honest(chance, shipped) for _ in range(600)]
    every_chapter = frozenset(f"{number:02d}" for number in range(1, 98))
    known = facts(fact_set=shipped, chapters_seen=every_chapter, sample_rate=Decimal("0.01"))
    found = lanes(messages, known)
    assert found[Lane.GREEN] + found[Lane.BLUE] >= 0.9 * len(messages), found
    new = facts(fact_set=shipped, trader=PartyRecord(), pair_seen=False, chapters_seen=frozenset())
    found = lanes(messages, new)
    assert found[Lane.GREEN] + found[Lane.BLUE] >= 0.9 * len(messages), found


def test_the_same_trade_at_a_twentieth_of_its_price_goes_to_an_officer(shipped: FactSet) -> None:
    chance = random.Random(20261103)
    cheap = []
    for _ in range(100):
        plain = honest_item(1, chance, shipped, "CN")
        plain["price"] = {
            "amount": str((Decimal(plain["price"]["amount"]) / 20).quantize(Decimal("0.01"))),
            "currency": "EUR",
        }
        cheap.append(message(plain))
    found = lanes(cheap, facts(fact_set=shipped, chapters_seen=frozenset()))
    assert found[Lane.YELLOW] + found[Lane.RED] >= 90, found


def test_real_messages_are_not_held_for_being_new_or_foreign(shared_inputs: Path, shipped: FactSet) -> None:
    rates = {"GBP": Decimal("0.85"), "USD": Decimal("1.1")}
    new = facts(fact_set=shipped, trader=PartyRecord(), pair_seen=False, chapters_seen=frozenset(), rates=rates)
    messages = []
    for path in sorted((shared_inputs / "cds-dec").rglob("*.xml")):
        try:
            messages.append(parse(path.read_bytes(), "application/xml").message)
        except DomainError:
            continue  # other tests say which messages are read
    found = lanes(messages, new)
    assert len(messages) > 100
    assert found[Lane.GREEN] + found[Lane.BLUE] >= 0.85 * len(messages), found


def test_the_shipped_tables_know_every_word_band_and_lane(shipped: FactSet) -> None:
    assert len(shipped.bands) > 150
    assert all(band.median_value_per_kg for band in shipped.bands.values())
    assert all(chapter.isdecimal() for chapters in shipped.words.values() for chapter in chapters)
    assert {lane.lane for lane in shipped.sensitive.values()} == {Lane.YELLOW, Lane.RED}
    low_above_high = [
        key
        for key, band in shipped.bands.items()
        if band.unit_mass_low_kg and band.unit_mass_high_kg and band.unit_mass_low_kg > band.unit_mass_high_kg
    ]
    assert low_above_high == []


def test_equal_tables_have_an_equal_version_whatever_the_order_of_lines(tmp_path: Path) -> None:
    lines = (DATA / "words.csv").read_text().splitlines()
    (tmp_path / "words.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    same = {"words": rows_read(tmp_path / "words.csv", TABLES["words"])}
    assert fact_set_version(same) == fact_set_version({"words": rows_read(DATA / "words.csv", TABLES["words"])})
