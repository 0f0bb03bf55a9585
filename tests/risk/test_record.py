"""What the engine sees of a declaration: every field read, named in every language, and plain enough to be kept."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

import risk
from risk.rules.consignment import consignment_of
from risk.rules.frame import FREE_NUMBERS, TEXT_FIELDS, frame_of_rows, rows_of
from risk.rules.record import FIELDS, HEADER_READERS, ITEM_READERS, Kind, Record, record_from, record_of
from risk.selectors.drift import OWN
from risk.types import Facts, PartyRecord
from tests.factories.risk import facts, item, message
from tests.factories.translations import known as said_in

LODGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def full() -> tuple[Any, Facts]:
    """A declaration in which every field has something to say."""
    past = PartyRecord(
        first_seen=date(2026, 1, 1), declarations_year=40, declarations_quarter=10, declarations_month=3,
        changes_quarter=1, changes_year=4, inspections_quarter=1, inspections_year=5, findings_quarter=1,
        findings_year=2, kinds_found=frozenset({"value", "origin"}),
    )  # fmt: skip
    content = message(
        item(
            duty_claims=[{"method": "e"}],
            additional_procedures=["C07"],
            valuation_method="1",
            documents=[{"code": "N954"}],
            preference="300",
        ),
        office="ZZ000101",
        transaction_nature="11",
        representative={"id": "ZZBRK0001", "status": "direct"},
        transport={
            "border_mode": "1", "border_nationality": "PA", "inland_mode": "3", "loading_location": "CNSHA",
            "itinerary": ["SG"], "carrier": {"id": "CARRIER1"},
        },
        equipment=[{"sequence": 1, "id": "CSQU3054383", "seals": ["S1", "S2"]}],
        valuation={"freight": {"amount": "100", "currency": "EUR"}},
        delivery_terms={"incoterm": "CIF", "location": "ZZAMA"},
        documents=[{"code": "N380"}],
    )  # fmt: skip
    goods = {("847130", "CN", measure): ([90, 94], [15, 15]) for measure in ("value", "mass")}
    return content, facts(
        trader=past, partner=past, declarant=past, lodged_at=LODGED, office="ZZ000101", goods=goods,
        duty_percents={1: 12.5}, headings_seen=frozenset({"8471"}), trusted_since=date(2026, 1, 1),
    )  # fmt: skip


def record(content: Any, known: Facts) -> Record:
    return record_of(consignment_of(content, known), known)


def test_every_field_is_read_of_a_declaration_that_says_all() -> None:
    made = record(*full())
    assert set(HEADER_READERS) - set(made.header) == set()
    assert set(ITEM_READERS) - set(made.items[0]) == set()
    assert set(FIELDS) == {*HEADER_READERS, *ITEM_READERS}


def test_values_are_of_the_kind_of_their_field() -> None:
    made = record(*full())
    kinds = {Kind.CODE: str, Kind.NUMBER: float, Kind.FLAG: bool, Kind.CODES: list}
    for values in (made.header, *made.items):
        for name, value in values.items():
            assert type(value) is kinds[FIELDS[name].kind], name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("freight_share", 0.05), ("packages", 5.0), ("package_mass", 5.0), ("net_share", 0.8), ("seals", 2.0),
        ("lodged_hour", 9.0), ("lodged_weekday", 1.0), ("prelodged", False), ("representative", "ZZBRK0001"),
        ("represented", True), ("documents", ["N380", "N954"]), ("proof_of_origin", True), ("carrier", "CARRIER1"),
        ("trader_known_days", 305.0), ("trader_changes_share", 0.1), ("partner_findings_share", 0.4),
        ("declarant_kinds_found", ["origin", "value"]), ("registered_days", 670.0), ("office_seen", False),
        ("total_net_mass", 20.0), ("currency", "EUR"), ("incoterm", "CIF"),
    ],
)  # fmt: skip
def test_header_fields_say_what_was_declared_and_known(name: str, value: Any) -> None:
    found = record(*full()).header[name]
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duty_percent", 12.5), ("duty_at_stake", 250.0), ("quantity", 10.0), ("quantity_unit", "NAR"),
        ("unit_mass", 2.0), ("item_packages", 5.0), ("package_kinds", ["CT"]), ("preference_claimed", True),
        ("item_proof", True), ("payment", "e"), ("heading_seen", True), ("origin_seen", False),
        ("dispatched_elsewhere", False), ("goods_seen", 30.0), ("quota", False),
    ],
)  # fmt: skip
def test_item_fields_say_what_was_declared_and_known(name: str, value: Any) -> None:
    assert record(*full()).items[0][name] == value


@pytest.mark.parametrize(("preference", "claimed"), [("100", False), ("110", False), ("200", True), (None, False)])
def test_a_preference_is_claimed_by_any_code_but_the_ordinary_ones(preference: str | None, claimed: bool) -> None:
    assert record(message(item(preference=preference)), facts()).items[0]["preference_claimed"] is claimed


def test_an_empty_declaration_has_a_record_too() -> None:
    bare = dict.fromkeys(("origin", "gross_mass_kg", "net_mass_kg", "price", "commodity_code", "packages"))
    content = message(item(**bare), exporter=None, importer=None, transport=None, equipment=None, export_country=None)
    made = record(content, Facts(on=date(2026, 11, 2), currency="EUR"))
    assert "value" not in made.items[0]
    assert rows_of(made)[0]["hs6"] == ""


def test_a_record_comes_back_as_it_was_kept() -> None:
    made = record(*full())
    kept = orjson.dumps(made.plain())
    assert record_from(orjson.loads(kept)) == made
    assert orjson.dumps(record_from(orjson.loads(kept)).plain()) == kept


def test_rows_for_learning_have_every_column_and_leave_out_what_is_not_known() -> None:
    made = record(*full())
    (row,) = rows_of(made, date(2026, 11, 2))
    assert set(TEXT_FIELDS) <= set(row)
    assert set(FREE_NUMBERS) <= set(row)
    assert (row["process"], row["use"], row["courier"], row["tax_type"], row["origin_mark"]) == (
        "4000", "C07", "CARRIER1", "300", "yes",
    )  # fmt: skip
    assert (row["tax_rate"], row["net_mass"], row["price"], row["pair_seen"]) == (12.5, 20.0, 2000.0, 1.0)
    assert all(type(row[name]) is float for name in FREE_NUMBERS)
    assert "day" not in rows_of(made)[0]
    assert len(frame_of_rows([row, row])) == 2
    assert not frame_of_rows([])


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_field_is_without_a_name_in_the_readers_language(language: str) -> None:
    labels = {field.label for field in FIELDS.values()} | set(OWN.values())
    assert sorted(labels - said_in(risk, language)) == []


def test_the_duty_of_a_line_counts_its_value() -> None:
    known = facts(duty_percents={2: 10.0})
    made = record(message(item(), item(2, price={"amount": "50.50", "currency": "EUR"})), known)
    assert "duty_at_stake" not in made.items[0]
    assert made.items[1]["duty_at_stake"] == pytest.approx(float(Decimal("5.05")))
