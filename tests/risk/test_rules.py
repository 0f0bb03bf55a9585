"""Every risk rule, on both sides of its threshold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from declarations.schemas import DeclarationMessage
from risk.rules.consignment import consignment_of
from risk.rules.rule_set import RULE_SET
from risk.rules.scoring import findings_of
from risk.types import Alert, AlertKind, Facts, Finding, Lane
from tests.factories.risk import KNOWN, facts, item, message


def fired(rule_id: str, of: DeclarationMessage, known: Facts | None = None) -> Finding | None:
    known = known or facts()
    return next((f for f in findings_of(consignment_of(of, known), known) if f.rule == rule_id), None)


def price(amount: str, currency: str = "EUR", **changes: Any) -> DeclarationMessage:
    return message(item(price={"amount": amount, "currency": currency}, **changes))


def test_an_ordinary_import_of_a_known_trader_fires_no_rule() -> None:
    known = facts()
    assert list(findings_of(consignment_of(message(), known), known)) == []


@pytest.mark.parametrize(
    ("amount", "fires"),
    [("999.99", True), ("1000", False), ("2000", False)],
    ids=["just under half", "exactly half", "at the median"],
)
def test_RM_VAL_01_fires_strictly_under_half_the_median(amount: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-01", price(amount))) is fires


@pytest.mark.parametrize(("amount", "fires"), [("1249.98", True), ("1250", False)])
def test_RM_VAL_01_reads_a_foreign_price_at_the_rate_of_the_day(amount: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-01", price(amount, "USD"))) is fires


def test_RM_VAL_01_keeps_silent_where_rate_mass_or_band_is_missing() -> None:
    assert fired("RM-VAL-01", price("1", "XAF")) is None
    assert fired("RM-VAL-01", price("1", net_mass_kg=None)) is None
    assert fired("RM-VAL-01", price("1", commodity_code="999999")) is None


def test_RM_VAL_01_names_item_value_and_median() -> None:
    found = fired("RM-VAL-01", message(item(), item(2, price={"amount": "500", "currency": "EUR"})))
    assert found is not None
    assert (found.item, found.points, found.also_items) == (2, 40, ())
    assert found.reason == "25.00 EUR per kg against a median of 100.00 for 847130 from CN"


@pytest.mark.parametrize(("amount", "fires"), [("399.99", True), ("400", False)], ids=["under a fifth", "a fifth"])
def test_RM_VAL_02_fires_strictly_under_a_fifth_of_the_median(amount: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-02", price(amount))) is fires


@pytest.mark.parametrize(("amount", "fires"), [("10000.01", True), ("10000", False)], ids=["over five", "five times"])
def test_RM_VAL_03_fires_over_five_times_the_median(amount: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-03", price(amount))) is fires


@pytest.mark.parametrize(
    ("amount", "fires"),
    [("5000", True), ("6000", True), ("4000", False), ("5001", False), ("5500", False)],
    ids=["5,000", "6,000", "round but small", "odd", "half a step"],
)
def test_RM_VAL_04_fires_on_whole_thousands_from_five_thousand(amount: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-04", price(amount))) is fires


@pytest.mark.parametrize(
    ("freight", "fires"),
    [("1000", False), ("1000.01", True), ("4", False), ("3.99", True)],
    ids=["half", "over half", "0.2 percent", "under 0.2 percent"],
)
def test_RM_VAL_05_fires_when_freight_leaves_its_band(freight: str, fires: bool) -> None:
    of = message(valuation={"freight": {"amount": freight, "currency": "EUR"}})
    assert bool(fired("RM-VAL-05", of)) is fires


@pytest.mark.parametrize(("count", "fires"), [(5, True), (4, False)])
def test_RM_VAL_06_fires_on_five_commodities_of_one_price(count: int, fires: bool) -> None:
    of = message(*(item(n, commodity_code=f"84713{n}0000") for n in range(1, count + 1)))
    assert bool(fired("RM-VAL-06", of)) is fires


def test_RM_VAL_06_keeps_silent_for_one_commodity_in_many_lines() -> None:
    assert fired("RM-VAL-06", message(*(item(n) for n in range(1, 9)))) is None


@pytest.mark.parametrize(("total", "fires"), [("1980.19", True), ("1980.2", False), ("2000", False)])
def test_RM_VAL_07_fires_when_items_and_invoice_differ_by_over_one_percent(total: str, fires: bool) -> None:
    assert bool(fired("RM-VAL-07", message(invoice_total={"amount": total, "currency": "EUR"}))) is fires


@pytest.mark.parametrize(
    ("mass", "fires"),
    [("6", False), ("5.99", True), ("45", False), ("45.01", True)],
    ids=["low end", "under it", "high end", "over it"],
)
def test_RM_MAS_01_fires_outside_the_band_of_one_unit(mass: str, fires: bool) -> None:
    assert bool(fired("RM-MAS-01", message(item(net_mass_kg=mass, gross_mass_kg="60")))) is fires


def test_RM_MAS_01_keeps_silent_for_another_unit() -> None:
    assert fired("RM-MAS-01", message(item(supplementary_quantity={"quantity": "1", "unit": "KGM"}))) is None


@pytest.mark.parametrize(("net", "fires"), [("7.49", True), ("7.5", False)], ids=["under 30 percent", "30 percent"])
def test_RM_MAS_02_fires_when_most_of_the_gross_mass_is_packing(net: str, fires: bool) -> None:
    assert bool(fired("RM-MAS-02", message(item(net_mass_kg=net)))) is fires


@pytest.mark.parametrize(
    ("gross", "fires"),
    [("10000", False), ("10000.1", True), ("0.05", False), ("0.049", True)],
    ids=["2,000 kg each", "over", "10 g each", "under"],
)
def test_RM_MAS_03_fires_on_packages_too_heavy_or_too_light(gross: str, fires: bool) -> None:
    assert bool(fired("RM-MAS-03", message(item(gross_mass_kg=gross, net_mass_kg="0.04")))) is fires


def test_RM_MAS_03_keeps_silent_for_bulk() -> None:
    bulk = item(gross_mass_kg="90000", packages=[{"sequence": 1, "type": "VR", "count": 1}])
    assert fired("RM-MAS-03", message(bulk)) is None


@pytest.mark.parametrize(("mass", "fires"), [("5000", False), ("5000.1", True)], ids=["ten times", "over"])
def test_RM_MAS_04_fires_over_ten_times_an_ordinary_consignment(mass: str, fires: bool) -> None:
    assert bool(fired("RM-MAS-04", message(item(net_mass_kg=mass, gross_mass_kg="6000")))) is fires


@pytest.mark.parametrize(
    ("origin", "dispatch", "fires"),
    [("CN", "CN", False), ("CN", "VN", False), ("CN", "NL", False), ("CN", "BR", True), (None, "BR", False)],
    ids=["same", "usual from there", "usual from anywhere", "unusual", "no origin"],
)
def test_RM_ROU_01_fires_when_the_dispatch_is_not_on_a_usual_route(
    origin: str | None, dispatch: str, fires: bool
) -> None:
    assert bool(fired("RM-ROU-01", message(item(origin=origin), export_country=dispatch))) is fires


@pytest.mark.parametrize(("mode", "fires"), [("1", False), ("4", False), ("3", True)], ids=["sea", "air", "road"])
def test_RM_ROU_02_fires_when_goods_from_there_do_not_come_by_this_mode(mode: str, fires: bool) -> None:
    assert bool(fired("RM-ROU-02", message(transport={"border_mode": mode}))) is fires


@pytest.mark.parametrize(("route", "fires"), [(["CN", "AE"], True), (["CN", "EG"], False), ([], False)])
def test_RM_ROU_03_fires_on_a_route_through_a_hub(route: list[str], fires: bool) -> None:
    assert bool(fired("RM-ROU-03", message(transport={"border_mode": "1", "itinerary": route}))) is fires


@pytest.mark.parametrize(
    ("preference", "dispatch", "fires"),
    [("300", "AE", True), ("300", "CN", False), ("100", "AE", False), ("300", "VN", False)],
    ids=["claimed from a hub", "direct", "not claimed", "from elsewhere"],
)
def test_RM_ORI_01_fires_on_a_preference_for_goods_from_a_hub(preference: str, dispatch: str, fires: bool) -> None:
    assert bool(fired("RM-ORI-01", message(item(preference=preference), export_country=dispatch))) is fires


@pytest.mark.parametrize(
    ("preference", "dispatch", "fires"),
    [("300", "VN", True), ("300", "CN", False), ("100", "VN", False), ("300", "AE", False)],
    ids=["not direct", "direct", "not claimed", "hub counts elsewhere"],
)
def test_RM_ORI_02_fires_on_a_preference_without_direct_transport(preference: str, dispatch: str, fires: bool) -> None:
    assert bool(fired("RM-ORI-02", message(item(preference=preference), export_country=dispatch))) is fires


@pytest.mark.parametrize(("dispatch", "fires"), [("FR", False), ("CH", True)], ids=["a member", "no member"])
def test_RM_ORI_02_takes_a_member_of_a_customs_union_for_its_origin(dispatch: str, fires: bool) -> None:
    of = message(item(preference="300", origin="IT", preferential_origin="EU"), export_country=dispatch)
    assert bool(fired("RM-ORI-02", of)) is fires


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({"preference": "300"}, True),
        ({"preference": "100"}, False),
        ({"preference": "300", "documents": [{"code": "N954", "id": "1"}]}, False),
        ({"preference": "200", "documents": [{"code": "U162", "id": "1"}]}, False),
        ({"preference": "300", "documents": [{"code": "N935", "id": "1"}]}, True),
    ],
    ids=["no documents", "not claimed", "certificate", "statement on origin", "invoice only"],
)
def test_RM_ORI_03_fires_on_a_preference_without_proof(changes: dict[str, Any], fires: bool) -> None:
    assert bool(fired("RM-ORI-03", message(item(**changes)))) is fires


def test_RM_PAR_01_fires_on_the_first_declaration_only() -> None:
    assert fired("RM-PAR-01", message(), facts(trader=replace(KNOWN, first_seen=None)))
    assert fired("RM-PAR-01", message()) is None


def test_RM_PAR_02_fires_on_the_first_of_a_pair_only() -> None:
    assert fired("RM-PAR-02", message(), facts(pair_seen=False))
    assert fired("RM-PAR-02", message(), facts(pair_seen=True)) is None


def test_RM_PAR_03_fires_on_a_new_chapter_of_a_known_trader_only() -> None:
    assert fired("RM-PAR-03", message(), facts(chapters_seen=frozenset({"09"})))
    assert fired("RM-PAR-03", message(), facts(chapters_seen=frozenset({"84"}))) is None
    unseen = facts(chapters_seen=frozenset(), trader=replace(KNOWN, first_seen=None))
    assert fired("RM-PAR-03", message(), unseen) is None


@pytest.mark.parametrize(
    ("declarations", "changes", "fires"),
    [(10, 4, True), (10, 3, False), (5, 2, True), (4, 4, False)],
    ids=["over 30 percent", "30 percent", "five are enough", "four are too few"],
)
def test_RM_PAR_04_fires_on_frequent_changes(declarations: int, changes: int, fires: bool) -> None:
    record = replace(KNOWN, declarations_quarter=declarations, changes_quarter=changes)
    assert bool(fired("RM-PAR-04", message(), facts(trader=record))) is fires


@pytest.mark.parametrize(("findings", "fires"), [(1, True), (0, False)])
def test_RM_PAR_05_fires_on_one_finding_of_the_year(findings: int, fires: bool) -> None:
    record = replace(KNOWN, findings_year=findings, inspections_year=10)
    assert bool(fired("RM-PAR-05", message(), facts(trader=record))) is fires


@pytest.mark.parametrize(
    ("findings", "inspections", "fires"),
    [(3, 15, True), (2, 2, False), (3, 16, False)],
    ids=["three of fifteen", "two", "under a fifth"],
)
def test_RM_PAR_06_fires_on_a_pattern_of_findings(findings: int, inspections: int, fires: bool) -> None:
    record = replace(KNOWN, findings_year=findings, inspections_year=inspections)
    assert bool(fired("RM-PAR-06", message(), facts(trader=record))) is fires


@pytest.mark.parametrize(
    ("registered", "fires"),
    [(date(2026, 8, 5), True), (date(2026, 8, 4), False), (None, False)],
    ids=["89 days", "90 days", "not registered here"],
)
def test_RM_PAR_07_fires_for_less_than_90_days(registered: date | None, fires: bool) -> None:
    assert bool(fired("RM-PAR-07", message(), facts(registered_on=registered))) is fires


@pytest.mark.parametrize(
    ("earlier", "amount", "fires"),
    [(3, "999.99", True), (2, "999.99", False), (3, "1000", False)],
    ids=["the fourth", "the third", "not of low value"],
)
def test_RM_PAR_08_fires_on_the_fourth_small_consignment(earlier: int, amount: str, fires: bool) -> None:
    assert bool(fired("RM-PAR-08", price(amount), facts(small_consignments={"847130": earlier}))) is fires


@pytest.mark.parametrize(
    ("code", "lane"),
    [("9302000000", Lane.RED), ("9305100000", Lane.YELLOW), ("2902300000", Lane.YELLOW), ("8471300000", None)],
    ids=["longest prefix", "chapter", "subheading", "not listed"],
)
def test_RM_GDS_01_demands_the_lane_of_the_list(code: str, lane: Lane | None) -> None:
    found = fired("RM-GDS-01", message(item(commodity_code=code)))
    assert (found.lane if found else None) == lane


def test_RM_GDS_01_takes_the_strictest_of_several_items() -> None:
    found = fired("RM-GDS-01", message(item(1, commodity_code="290230"), item(2, commodity_code="930200")))
    assert found is not None
    assert (found.lane, found.item, found.also_items) == (Lane.RED, 2, (1,))


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("goods", True),
        ("Spare  parts.", True),
        ("N/A", True),
        ("as per invoice", True),
        ("abc", True),
        ("12345", True),
        ("Rice", False),
        ("parts of pumps, of cast iron", False),
    ],
)
def test_RM_GDS_02_fires_on_a_description_that_tells_nothing(text: str, fires: bool) -> None:
    assert bool(fired("RM-GDS-02", message(item(description=text)))) is fires


@pytest.mark.parametrize(
    ("text", "code", "fires"),
    [
        ("Laptops", "6403990000", True),
        ("Laptops", "8471300000", False),
        ("Shoes and laptops", "6403990000", False),
        ("Coffee makers", "8516710000", False),
        ("Chairs", "9401690000", False),
    ],
    ids=["another chapter", "its chapter", "one word fits", "goods named for another", "no known word"],
)
def test_RM_GDS_03_fires_when_words_name_another_chapter(text: str, code: str, fires: bool) -> None:
    assert bool(fired("RM-GDS-03", message(item(description=text, commodity_code=code)))) is fires


@pytest.mark.parametrize(("code", "fires"), [("851762", True), ("851763", False), ("851713", False)])
def test_RM_GDS_04_fires_from_an_edge_of_five_points(code: str, fires: bool) -> None:
    assert bool(fired("RM-GDS-04", message(item(commodity_code=code)))) is fires


@pytest.mark.parametrize(("procedure", "fires"), [("4000", False), ("1000", False), ("5100", True), ("7100", True)])
def test_RM_GDS_05_fires_on_procedures_that_suspend_duty(procedure: str, fires: bool) -> None:
    assert bool(fired("RM-GDS-05", message(item(procedure=procedure)))) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Laptops with 14 inch screen", False),
        ("Café crème, moulu", False),
        ("ноутбуки", False),
        ("Lap\u200btops", True),
        ("Laptops\u202egnp", True),
        ("L\u0430ptops", True),
    ],
    ids=["plain", "accents", "another alphabet", "zero width", "direction override", "cyrillic a in a latin word"],
)
def test_RM_GDS_06_fires_on_hidden_or_mixed_letters(text: str, fires: bool) -> None:
    assert bool(fired("RM-GDS-06", message(item(description=text)))) is fires


def test_RM_GDS_06_reads_the_names_of_parties_too() -> None:
    assert fired("RM-GDS-06", message(exporter={"name": "P\u0430cific Trading"}))
    assert fired("RM-GDS-06", message(exporter={"name": "Pacific Trading"})) is None


@pytest.mark.parametrize(("number", "fires"), [("CSQU3054384", True), ("CSQU3054383", False), ("BOX 1", True)])
def test_RM_TRA_01_fires_on_a_wrong_container_number(number: str, fires: bool) -> None:
    assert bool(fired("RM-TRA-01", message(equipment=[{"sequence": 1, "id": number}]))) is fires


@pytest.mark.parametrize(
    ("indicator", "equipment", "fires"),
    [
        (True, [], True),
        (False, [{"sequence": 1, "id": "CSQU3054383"}], True),
        (True, [{"sequence": 1, "id": "CSQU3054383"}], False),
        (False, [], False),
        (None, [], False),
    ],
)
def test_RM_TRA_02_fires_when_indicator_and_containers_contradict(
    indicator: bool | None, equipment: list[dict[str, Any]], fires: bool
) -> None:
    transport = {"border_mode": "1"} | ({} if indicator is None else {"container_indicator": indicator})
    assert bool(fired("RM-TRA-02", message(transport=transport, equipment=equipment))) is fires


@pytest.mark.parametrize(
    ("mode", "kind", "fires"), [("4", "10", True), ("4", "40", False), ("5", "10", False), ("1", None, False)]
)
def test_RM_TRA_03_fires_when_the_identification_is_of_another_mode(mode: str, kind: str | None, fires: bool) -> None:
    transport = {"border_mode": mode, "border_id": "X1"} | ({"border_id_type": kind} if kind else {})
    assert bool(fired("RM-TRA-03", message(transport=transport))) is fires


@pytest.mark.parametrize(("users", "fires"), [(3, True), (2, False)])
def test_RM_TRA_04_fires_on_the_third_other_consignee(users: int, fires: bool) -> None:
    assert bool(fired("RM-TRA-04", message(), facts(container_users={"CSQU3054383": users}))) is fires


@pytest.mark.parametrize(
    ("number", "fires"), [("9074729", False), ("IMO 9074729", False), ("9074728", True), ("12345", True)]
)
def test_RM_TRA_05_fires_on_a_wrong_ship_number(number: str, fires: bool) -> None:
    of = message(transport={"border_mode": "1", "border_id": number, "border_id_type": "10"})
    assert bool(fired("RM-TRA-05", of)) is fires


@pytest.mark.parametrize(("mode", "fires"), [("4", True), ("1", False), ("3", False)])
def test_RM_TRA_06_fires_on_freight_containers_in_the_air(mode: str, fires: bool) -> None:
    assert bool(fired("RM-TRA-06", message(transport={"border_mode": mode}))) is fires


def alert(kind: AlertKind, value: str = "X", origin: str = "") -> Facts:
    return facts(alerts=(Alert("1", kind, value, origin, "seen before", date(2026, 12, 31)),))


@pytest.mark.parametrize(
    ("rule_id", "kind", "value"),
    [
        ("RM-ALE-01", AlertKind.PARTY, "CN12345"),
        ("RM-ALE-01", AlertKind.NAME, "computers shenzhen"),
        ("RM-ALE-02", AlertKind.CONTAINER, "CSQU3054383"),
        ("RM-ALE-03", AlertKind.GOODS, "8471"),
    ],
)
def test_RM_ALE_01_to_03_demand_red_and_add_no_points(rule_id: str, kind: AlertKind, value: str) -> None:
    found = fired(rule_id, message(), alert(kind, value))
    assert found is not None
    assert (found.lane, found.points) == (Lane.RED, 0)
    assert fired(rule_id, message()) is None


@pytest.mark.parametrize(("origin", "fires"), [("", True), ("CN", True), ("VN", False)])
def test_RM_ALE_03_watches_goods_of_one_origin(origin: str, fires: bool) -> None:
    assert bool(fired("RM-ALE-03", message(), alert(AlertKind.GOODS, "847130", origin))) is fires


@pytest.mark.parametrize(
    "changes",
    [
        {"export_country": "KP"},
        {"transport": {"border_mode": "1", "itinerary": ["CN", "KP"]}},
        {"exporter": {"name": "Someone", "address": {"country": "KP"}}},
        {"items": [item(origin="KP")]},
    ],
    ids=["dispatch", "route", "address", "origin"],
)
def test_RM_ALE_04_demands_red_for_an_embargoed_country(changes: dict[str, Any]) -> None:
    found = fired("RM-ALE-04", message(**changes))
    assert found is not None
    assert found.lane is Lane.RED
    assert fired("RM-ALE-04", message()) is None


def test_every_rule_has_id_sentence_basis_owner_and_points_or_a_lane() -> None:
    assert len(RULE_SET.rules) >= 24
    for rule in RULE_SET.rules:
        assert rule.sentence.endswith((".", ")."))
        assert rule.basis
        assert rule.owner
        assert rule.points > 0 or rule.lane is not None or rule.id == "RM-GDS-01"


def test_every_rule_stands_in_a_test_and_in_the_documentation(request: pytest.FixtureRequest) -> None:
    names = " ".join(name for name, value in globals().items() if isinstance(value, Callable))  # type: ignore[arg-type]
    page = (request.config.rootpath / "docs" / "rules" / "risk.md").read_text()
    for rule in RULE_SET.rules:
        in_names = rule.id.replace("-", "_")
        assert in_names in names or in_names[:6] == "RM_ALE"
        assert rule.id in page
        assert rule.sentence in page


def test_a_rule_does_not_fire_before_it_is_in_force() -> None:
    early = facts(on=date(2025, 12, 31))
    assert list(findings_of(consignment_of(price("1"), early), early)) == []


def test_values_may_be_decimals_of_any_length() -> None:
    assert fired("RM-VAL-01", price("0.000001")) is not None
    assert Decimal("0.5") == Decimal("0.50")
