"""The rules of a declaration, each on both sides of its threshold."""

import copy
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from declarations.messages import message_read
from declarations.rules import RULES, Severity, declaration_check, declaration_require
from singlewindow.kernel.errors import RuleViolated
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.declarations import export_json, import_json

Change = Callable[[dict[str, Any]], Any]


def findings(made: dict[str, Any]) -> set[tuple[str, str]]:
    outcome = declaration_check(message_read(made), code_lists_from_files())
    assert all(RULES[one.rule].severity is Severity.REFUSAL for one in outcome.violations)
    assert all(RULES[one.rule].severity is Severity.ADVICE for one in outcome.advice)
    return {(one.rule, one.pointer) for one in (*outcome.violations, *outcome.advice)}


def changed(made: dict[str, Any], **paths: Any) -> dict[str, Any]:
    """A copy with values set or (None) left out; a double underscore goes down, i0 is the first item."""
    made = copy.deepcopy(made)
    for path, value in paths.items():
        *way, last = [int(step[1:]) if step[0] == "i" and step[1:].isdigit() else step for step in path.split("__")]
        at: Any = made
        for step in way:
            at = at["items"][step] if isinstance(step, int) else at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return made


IMPORT, EXPORT = import_json(2, lrn="R-1"), export_json(2, lrn="R-2")
PRICE = {"amount": "1", "currency": "EUR"}


@pytest.mark.parametrize("made", [IMPORT, EXPORT, import_json(999), import_json(1, presented=False)])
def test_a_sound_declaration_breaks_no_rule(made):
    assert findings(made) == set()


@pytest.mark.parametrize(
    ("rule", "pointer", "broken", "sound"),
    [
        ("DL-002", "/items/1/number", changed(IMPORT, i1__number=3), IMPORT),
        ("DL-002", "/items/1/number", changed(IMPORT, i1__number=1), IMPORT),
        ("DL-003", "/item_count", changed(IMPORT, item_count=3), changed(IMPORT, item_count=None)),
        ("DL-004", "/total_packages", changed(IMPORT, total_packages=1), changed(IMPORT, total_packages=None)),
        ("DL-005", "/invoice_total/amount", changed(IMPORT, invoice_total=PRICE), changed(IMPORT, invoice_total=None)),
        ("DL-006", "/declarant", changed(IMPORT, declarant={"contact": "A"}), changed(IMPORT, declarant={"id": "X"})),
        ("DL-006", "/declarant/address", changed(IMPORT, declarant={"name": "A"}), IMPORT),
        ("DL-007", "/importer", changed(IMPORT, importer=None), EXPORT),
        ("DL-008", "/exporter", changed(EXPORT, exporter=None), changed(IMPORT, exporter=None)),
        ("DL-009", "/representative/status", changed(IMPORT, representative={"id": "B"}), IMPORT),
        ("DL-010", "/exit_office",
         changed(EXPORT, exit_office=None), changed(EXPORT, exit_office=None, type_code="EXC")),
        ("DL-011", "/delivery_terms/location", changed(IMPORT, delivery_terms={"incoterm": "CIF"}), IMPORT),
        ("DL-012", "/equipment/0/id", changed(IMPORT, equipment=[{"sequence": 1, "id": "CSQU3054384"}]), IMPORT),
        ("DL-012", "/items/0/container_ids/0", changed(IMPORT, i0__container_ids=["CSQU3054384"]), IMPORT),
        ("DL-013", "/items/0/container_ids/0", changed(IMPORT, i0__container_ids=["AD1"]),
         changed(IMPORT, i0__container_ids=["CSQU3054383"])),
        ("DL-014", "/equipment/1/id",
         changed(IMPORT, equipment=[{"sequence": 1, "id": "AD1"}, {"sequence": 2, "id": "AD1"}]),
         changed(IMPORT, equipment=[{"sequence": 1, "id": "AD1"}, {"sequence": 2, "id": "AD2"}])),
        ("DL-015", "/previous_documents/0/id",
         changed(IMPORT, previous_documents=[{"category": "Z", "type": "MRN", "id": "06DE586600006143E2"}]),
         changed(IMPORT, previous_documents=[{"category": "Z", "type": "MRN", "id": "06DE586600006143E1"}])),
        ("DL-020", "/items/0/commodity_code", changed(IMPORT, i0__commodity_code=None),
         changed(IMPORT, i0__commodity_code=None, type_code="IMJ")),
        ("DL-021", "/items/0/description", changed(IMPORT, i0__description=None),
         changed(IMPORT, i0__description=None, type_code="IMQ")),
        ("DL-022", "/items/0/gross_mass_kg", changed(IMPORT, i0__gross_mass_kg="0", i0__net_mass_kg="0.000"), IMPORT),
        ("DL-023", "/items/0/net_mass_kg", changed(IMPORT, i0__gross_mass_kg="5", i0__net_mass_kg="5.000001"),
         changed(IMPORT, i0__gross_mass_kg="5", i0__net_mass_kg="5")),
        ("DL-024", "/items/0/net_mass_kg", changed(IMPORT, i0__net_mass_kg=None),
         changed(IMPORT, i0__net_mass_kg=None, type_code="IMC")),
        ("DL-024", "/items/0/net_mass_kg", changed(EXPORT, i0__net_mass_kg=None),
         changed(IMPORT, i0__net_mass_kg=None, i0__procedure="7100")),
        ("DL-024", "/items/0/net_mass_kg", changed(IMPORT, i0__net_mass_kg=None, i0__additional_procedures=["000"]),
         changed(IMPORT, i0__net_mass_kg=None, i0__additional_procedures=["C07"])),
        ("DL-026", "/items/0/price",
         changed(IMPORT, i0__price=None), changed(IMPORT, i0__price=None, i0__customs_value=PRICE)),
        ("DL-026", "/items/0/price", changed(IMPORT, i0__price=None),
         changed(IMPORT, i0__price=None, i0__additional_procedures=["E01"])),
        ("DL-027", "/items/0/origin",
         changed(IMPORT, i0__origin=None), changed(IMPORT, i0__origin=None, i0__procedure="7100")),
        ("DL-028", "/items/0/preferential_origin", changed(IMPORT, i0__preference="300"),
         changed(IMPORT, i0__preference="300", i0__preferential_origin="TR")),
        ("DL-030", "/items/0/documents/0/quantity",
         changed(IMPORT, i0__documents=[{"code": "7P01", "quantity": "0", "unit": "KGM"}]),
         changed(IMPORT, i0__documents=[{"code": "7P01", "quantity": "0.000001", "unit": "KGM"}])),
        ("DL-030", "/items/0/documents/0/unit",
         changed(IMPORT, i0__documents=[{"code": "7P01", "quantity": "1"}]), IMPORT),
        ("DL-031", "/items/0/previous_documents/0/id",
         changed(IMPORT, i0__previous_documents=[{"category": "Z", "type": "355", "id": "24GB34F7Y1O2CX8PT4"}]),
         changed(IMPORT, i0__previous_documents=[{"category": "Z", "type": "355", "id": "10NL5663962BE1E825"}])),
        ("DL-040", "/type_code", changed(IMPORT, type_code="IMG"), changed(IMPORT, type_code="IMZ")),
        ("DL-041", "/export_country", changed(IMPORT, export_country="DD"), changed(IMPORT, export_country="KE")),
        ("DL-041", "/transport/border_nationality", changed(IMPORT, transport__border_nationality="DD"), IMPORT),
        ("DL-042", "/valuation/freight/currency",
         changed(IMPORT, valuation__freight={"amount": "1", "currency": "QQQ"}), IMPORT),
        ("DL-043", "/office", changed(IMPORT, office="ZZ999999"), changed(IMPORT, office="GBLBA001")),
        ("DL-044", "/delivery_terms/incoterm", changed(IMPORT, delivery_terms__incoterm="QQQ"), IMPORT),
        ("DL-046", "/transaction_nature", changed(IMPORT, transaction_nature="97"), IMPORT),
        ("DL-050", "/items/0/commodity_code", changed(IMPORT, i0__commodity_code="00000000"),
         changed(IMPORT, i0__commodity_code="851671")),
        ("DL-051", "/items/0/procedure", changed(IMPORT, i0__procedure="9700"), changed(IMPORT, i0__procedure="4071")),
        ("DL-052", "/items/0/origin", changed(IMPORT, i0__origin="DD"), IMPORT),
        ("DL-053", "/items/0/statistical_value/currency",
         changed(IMPORT, i0__statistical_value={"amount": "1", "currency": "QQQ"}),
         changed(IMPORT, i0__statistical_value={"amount": "1", "currency": "JPY"})),
        ("DL-054", "/items/0/supplementary_quantity/unit",
         changed(IMPORT, i0__supplementary_quantity={"quantity": "1", "unit": "QQQQ"}),
         changed(IMPORT, i0__supplementary_quantity={"quantity": "1", "unit": "KGM#G"})),
        ("DL-055", "/items/0/packages/0/type",
         changed(IMPORT, i0__packages=[{"sequence": 1, "type": "AX", "count": 10}]), IMPORT),
        ("DL-056", "/items/0/preference", changed(IMPORT, i0__preference="999"), IMPORT),
        ("DL-057", "/items/0/valuation_method", changed(IMPORT, i0__valuation_method="99"), IMPORT),
        ("DL-058", "/items/0/transaction_nature", changed(IMPORT, i0__transaction_nature="97"), IMPORT),
    ],
)  # fmt: skip
def test_a_rule_finds_the_broken_one_and_passes_the_sound_one(rule, pointer, broken, sound):
    assert (rule, pointer) in findings(broken)
    assert rule not in {found for found, _ in findings(sound)}


def test_DL_001_one_to_999_items():
    assert findings(changed(IMPORT, items=[], item_count=None, total_packages=None)) == {("DL-001", "/items")}
    too_many = import_json(1000)
    assert ("DL-001", "/items/999") in findings(too_many)
    assert findings(import_json(999)) == set()


def test_DL_005_prices_in_several_currencies_are_not_added():
    mixed = changed(IMPORT, i0__price={"amount": "1", "currency": "USD"})
    assert "DL-005" not in {rule for rule, _ in findings(mixed)}


def test_DL_005_an_invoice_total_off_by_the_smallest_amount_is_found():
    total = Decimal(IMPORT["invoice_total"]["amount"]) + Decimal("0.01")
    made = changed(IMPORT, invoice_total={"amount": str(total), "currency": "EUR"})
    assert findings(made) == {("DL-005", "/invoice_total/amount")}


def test_DL_045_a_mode_that_is_not_of_the_list_is_found():
    lists = replace(code_lists_from_files(), transport_modes=frozenset({"3"}))
    found = declaration_check(message_read(IMPORT), lists).violations
    assert [(one.rule, one.pointer) for one in found] == [("DL-045", "/transport/border_mode")]


def test_every_broken_rule_is_named_at_once_in_the_order_of_the_message():
    made = changed(IMPORT, i1__number=7, i0__origin="DD", item_count=9, importer=None, i1__net_mass_kg="0")
    with pytest.raises(RuleViolated) as refused:
        declaration_require(message_read(made), code_lists_from_files())
    assert [one.pointer for one in refused.value.violations] == [
        "/item_count",
        "/importer",
        "/items/0/origin",
        "/items/1/number",
        "/items/1/net_mass_kg",
    ]
    assert all(one.remedy for one in refused.value.violations)


def test_each_rule_has_a_sentence_a_source_and_stands_in_the_documentation(settings):
    listed = (settings.BASE_DIR / "docs/rules/declarations.md").read_text(encoding="utf-8")
    for rule in RULES.values():
        assert rule.sentence.endswith(".")
        assert f"| {rule.id} | {rule.sentence} | {rule.severity} | {rule.source} |" in listed


def test_findings_of_a_flood_are_bounded():
    made = import_json(999)
    for item in made["items"]:
        item["origin"] = "DD"
    assert len(declaration_check(message_read(made), code_lists_from_files()).violations) == 500
