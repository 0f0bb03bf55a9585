"""One line: read into the canonical message, or told everything that is wrong with it, column by column."""

from datetime import date
from decimal import Decimal

import pytest

from declarations.schemas import DeclarationMessage
from singlewindow.lowvalue.rules.columns import COLUMNS, HEADER, examples, place_of
from singlewindow.lowvalue.rules.lines import LineRead, Setting, line_read
from singlewindow.lowvalue.services import setting_from_files
from tests.factories.lowvalue import cells


def setting(on: date = date(2026, 11, 20)) -> Setting:
    found = setting_from_files(on)
    assert found is not None
    return found


def read(**changes: str) -> LineRead:
    return line_read(cells(**changes), setting())


def found(**changes: str) -> list[tuple[str, str]]:
    return [(error.column, error.rule) for error in read(**changes).errors]


def message(**changes: str) -> DeclarationMessage:
    outcome = read(**changes)
    assert outcome.errors == ()
    assert outcome.message is not None
    return outcome.message


def test_a_line_becomes_a_declaration_of_the_reduced_data_set() -> None:
    made = message(tax_id="IM1234567890")
    (item,) = made.items
    assert (made.type_code, item.procedure, item.additional_procedures) == ("IMA", "4000", ("C07",))
    assert (made.declarant.id, made.export_country, made.destination_country) == ("ZZOPERATOR", "CN", "ZZ")
    assert (item.price, made.valuation) != (None, None)
    assert (made.fiscal_references[0].role, made.fiscal_references[0].id) == ("FR5", "IM1234567890")
    assert made.previous_documents[0].type == "740"


def test_goods_on_their_way_are_lodged_before_they_arrive() -> None:
    assert message(arrived="N").type_code == "IMD"
    assert not message(arrived="N").goods_presented


@pytest.mark.parametrize("name", [column.name for column in COLUMNS if column.required])
def test_LV_001_each_required_column_is_asked_for_once(name: str) -> None:
    assert (name, "LV-001") in found(**{name: ""})
    assert [column for column, _ in found(**{name: ""})].count(name) == 1


@pytest.mark.parametrize("name", [column.name for column in COLUMNS if not column.required])
def test_LV_001_the_other_columns_may_be_empty(name: str) -> None:
    assert found(**{name: ""}) == []


def test_LV_002_arrived_is_Y_or_N() -> None:
    assert found(arrived="yes") == [("arrived", "LV-002")]


@pytest.mark.parametrize(
    ("value", "freight", "currency", "bad"),
    [
        ("150", "", "EUR", False),
        ("150.01", "", "EUR", True),
        ("145.50", "4.50", "EUR", False),
        ("145.51", "4.50", "EUR", True),
        ("20", "0", "USD", False),
        ("5000", "", "USD", True),
    ],
)
def test_LV_003_price_and_freight_are_at_most_what_the_profile_says(value, freight, currency, bad) -> None:
    errors = found(value=value, freight=freight, currency=currency)
    assert errors == ([("value", "LV-003")] if bad else [])
    assert setting().scheme.max_value == Decimal(150)


def test_LV_004_excise_goods_are_never_of_low_value() -> None:
    assert found(commodity_code="220421") == [("commodity_code", "LV-004")]
    assert found(commodity_code="220110") == []


def test_LV_005_a_currency_without_a_rate_is_told_at_its_column() -> None:
    assert found(currency="XXX") == [("currency", "LV-005")]


def test_LV_SCH_a_period_without_a_scheme_takes_none() -> None:
    assert setting_from_files(date(2025, 6, 1)) is None


def test_every_finding_of_a_line_is_told_at_once_in_the_order_of_the_columns() -> None:
    errors = found(office="", consignor_country="China", value="1,50", gross_mass_kg="-1", packages="one")
    wanted = ["office", "consignor_country", "value", "gross_mass_kg", "packages"]
    assert [column for column, _ in errors] == wanted


def test_each_field_of_a_finding_leads_to_its_column() -> None:
    for column in COLUMNS:
        assert place_of(column.pointer) == column.name
    assert place_of("/export_country") == "consignor_country"
    assert place_of("/importer") == "consignee_name"
    assert place_of("/items/0/procedure") == ""
    assert place_of("") == ""


def test_the_lines_of_the_sample_would_be_lodged() -> None:
    assert all(len(line) == len(HEADER) for line in examples())
    assert [line_read(line, setting()).errors for line in examples()] == [(), ()]
