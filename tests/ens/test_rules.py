"""Every rule of the message guide: on the public rule files, and on both sides of each of its thresholds."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from singlewindow.ens.messages import read_xml
from singlewindow.ens.messages.table import MESSAGES, PARTY_FIELDS
from singlewindow.ens.messages.walk import path_of
from singlewindow.ens.rules import RULES, entry_check
from singlewindow.ens.rules.catalogue import IDENTIFIED, PARTIES
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel.errors import FormatRefused
from singlewindow.messaging.families import recognise
from tests.factories.ens import entry_values, shared

EXPECTED = Path(__file__).parent / "rule_files.tsv"
DOCS = settings.BASE_DIR / "docs" / "rules" / "ens.md"


def broken(**changes: Any) -> set[str]:
    """The rules that the sample breaks when it is changed."""
    return {found.rule for found in entry_check(EntryMessage("CC315A", entry_values(**changes)))}


def rule_files() -> Iterator[tuple[str, set[str]]]:
    for line in EXPECTED.read_text(encoding="utf-8").splitlines()[1:]:
        name, rules = line.split("\t")
        yield name, set(rules.split())


def test_the_sample_breaks_no_rule() -> None:
    assert broken() == set()


def test_each_public_rule_file_breaks_exactly_the_rules_that_it_was_made_for() -> None:
    base, wrong = shared("ens-ics"), []
    for name, expected in rule_files():
        try:
            found = {one.rule for one in entry_check(read_xml(recognise((base / name).read_bytes()).root))}
        except FormatRefused:
            found = {"format"}
        if found != expected:
            wrong.append((name, sorted(expected), sorted(found)))
    assert wrong == []


def test_the_table_of_rule_files_is_what_the_files_say_of_themselves() -> None:
    """Each file names the errors that it expects in comments; docs/rules/ens.md explains the one that errs."""
    base, errs = shared("ens-ics"), []
    for name, expected in rule_files():
        said = {f"EN-{code}" for code in re.findall(r"code: (\d+)\)-->?", (base / name).read_text("utf-8"))}
        said = {
            f"EN-{c}" for c in re.findall(r"should cause an error \(code: (\d+)\)", (base / name).read_text("utf-8"))
        }
        if expected != {"format"} and said != expected:
            errs.append(name)
    assert errs == [
        "ruleTestCases315/p104_non_GB_consignee_itemlevel_nocountry_CR.xml",
        "schemaTestCases315/MESRECMES6_optional.xml",
    ]


def test_the_table_names_every_visible_rule_file() -> None:
    base = shared("ens-ics")
    folders = [folder for folder in base.iterdir() if "TestCases" in folder.name]
    assert {name for name, _ in rule_files()} == {
        str(file.relative_to(base)) for folder in folders for file in folder.iterdir()
    }


def test_every_rule_stands_in_the_documentation_and_no_other() -> None:
    named = set(re.findall(r"^\| (EN-\d{4}) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == set(RULES)


def test_every_finding_has_a_remedy_a_pointer_and_the_path_of_an_element() -> None:
    for found in entry_check(EntryMessage("CC315A", entry_values(sender="x", header__transport_mode="9"))):
        assert found.remedy
        assert found.pointer.startswith("/")
        assert found.source.startswith("/CC315A/")


def test_a_missing_field_has_the_path_where_it_would_stand() -> None:
    assert path_of(MESSAGES["CC313A"], "/items/1/consignee/country") == "/CC313A/GOOITEGDS[2]/TRACONCE2/CouCE225"


ADDRESS = {"name": "A", "street": "B", "postcode": "C", "city": "D", "country": "FR"}


def around(party: Any) -> dict[str, Any]:
    """What must stand around a party so that nothing but its own rules speaks."""
    if party.name == "notify_party":
        changes: dict[str, Any] = {"consignee": None, "items__0__special_mentions": [{"code": "10600"}]}
    elif party.on_item:
        changes = {party.name: None}
    else:
        changes = {}
    if party.name == "carrier":
        changes |= {
            "header__transport_mode": "3",
            "header__transport_id": "AB12",
            "header__transport_nationality": "FR",
        }
    return changes


def with_party(party: Any, value: dict[str, Any]) -> set[str]:
    key = f"items__0__{party.name}" if party.on_item else party.name
    found = broken(**around(party), **{key: value})
    # one consignor of one item is a rule of its own
    return found - ({"EN-8193"} if party.name == "consignor" and party.on_item else set())


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: f"{party.missing}")
def test_C501_a_party_has_an_address_or_a_domestic_number_and_never_both(party: Any) -> None:
    assert with_party(party, ADDRESS) == set()
    assert with_party(party, {"id": "ZZ12345"}) == set()
    assert with_party(party, ADDRESS | {"id": "FR12345", "language": "fr"}) == set()
    for place, name in enumerate(PARTY_FIELDS):
        short = {field: value for field, value in ADDRESS.items() if field != name}
        assert with_party(party, short) == {f"EN-{party.missing + place}"}
        assert with_party(party, short | {"id": "FR12345"}) == {f"EN-{party.missing + 100 + place}"}
        assert with_party(party, {name: ADDRESS[name], "id": "GB12345"}) == {f"EN-{party.domestic + place}"}
    assert with_party(party, {"language": "fr", "id": "GB12345"}) == {f"EN-{party.language}"}


@pytest.mark.parametrize(("name", "words", "first"), IDENTIFIED)
def test_C501_who_always_has_a_number_gives_no_address(name: str, words: str, first: int) -> None:
    for place, field in enumerate(PARTY_FIELDS):
        assert broken(**{name: {"id": "ZZBRK0001", field: ADDRESS[field]}}) == {f"EN-{first + place}"}


FLIGHT = {"header__transport_mode": "4", "header__transport_id": None, "header__conveyance_reference": "BA123"}
ROAD = {"header__transport_mode": "3", "header__transport_id": "AB12", "header__transport_nationality": "FR"}
PACK = "items__0__packages__0__"
TO_ORDER = {"consignee": None, "items__0__special_mentions": [{"code": "10600"}], "notify_party": {"id": "ZZ123"}}
SECOND = {
    "number": "2",
    "description": "Lamp shades",
    "gross_mass_kg": "0.5",
    "packages": [{"kind": "CT", "count": "0", "marks": "KITO 1-10"}],
}


def two(**second: Any) -> dict[str, Any]:
    """Changes that make a sample of two items."""
    first = entry_values()["items"][0]
    return {"items": [first, SECOND | second], "header__item_count": "2", "header__gross_mass_kg": "1201"}


@pytest.mark.parametrize(
    ("rules", "changes"),
    [
        ("4065", {"sender": "GBCD1234"}),
        ("4065", {"sender": "GB/123456789"}),
        ("4065", {"sender": "gb1/1234567890"}),
        ("", {"sender": "GB1/1234567890"}),
        ("8102", {"items__0__number": "2"}),
        ("8102", two(number="3")),
        ("", two()),
        ("8678", {"items__0__number": "01"}),
        ("8103", {"items__0__gross_mass_kg": None, "header__gross_mass_kg": None}),
        ("", {"items__0__gross_mass_kg": None}),
        ("", {"items__0__gross_mass_kg": None, "header__gross_mass_kg": None, "header__special_circumstance": "E"}),
        ("8104", {"header__loading_place": None}),
        ("", {"header__loading_place": None, "items__0__loading_place": "CNSHA"}),
        ("8136", {"items__0__loading_place": "CNSHA"}),
        ("8105", {"header__special_circumstance": "E", "consignee": ADDRESS}),
        ("", {"header__special_circumstance": "E"}),
        ("8208", {"header__special_circumstance": "E", "consignee": None, "items__0__consignee": ADDRESS}),
        ("8107 8199", {"header__transport_id": None}),
        ("8107", {"header__transport_id": None, "items__0__transport_means": [{"id": "1234567", "nationality": "FR"}]}),
        ("8114", {"header__transport_id": "123456"}),
        ("8114", {"header__transport_id": "123456789"}),
        ("", {"header__transport_id": "12345678"}),
        ("8108", ROAD | {"header__transport_nationality": None}),
        ("", ROAD),
        ("8115", {"header__transport_nationality": "FR"}),
        ("8113", FLIGHT | {"header__transport_id": "X"}),
        ("", FLIGHT),
        ("8118", FLIGHT | {"header__conveyance_reference": None}),
        ("8118", FLIGHT | {"header__conveyance_reference": "BA123456"}),
        ("8118", FLIGHT | {"header__conveyance_reference": "BA-123"}),
        ("", FLIGHT | {"header__conveyance_reference": "BAW1234A"}),
        ("8198", {"items__0__transport_means": [{"id": "1234567", "nationality": "FR"}]}),
        ("8147 8198", {"items__0__transport_means": [{"id": "1234567"}]}),
        ("8109", {"header__package_count": None}),
        ("8116 8117 8688", {"items__0__packages": None}),
        ("8688", {"items__0__packages": None, "header__package_count": None}),
        ("8117", {"header__package_count": "11"}),
        ("8672", {"header__package_count": "010"}),
        ("8111", ROAD | {"header__special_circumstance": "C", "header__transport_mode": "10"}),
        ("", ROAD | {"header__special_circumstance": "C"}),
        ("8112", ROAD | {"header__special_circumstance": "D"}),
        ("8691", {"header__special_circumstance": "A"}),
        ("8689", {"header__transport_mode": "9"}),
        ("8690", {"header__transport_mode": "01"}),
        ("8119 8193", {"items__0__consignor": ADDRESS}),
        ("8193", {"consignor": None, **two(consignor=ADDRESS)}),
        ("8135", {"header__freight_payment_method": "A", "items__0__freight_payment_method": "A"}),
        ("", {"items__0__freight_payment_method": "A"}),
        ("8149 8117", {PACK + "kind": "VR"}),
        ("", {PACK + "kind": "VR", PACK + "count": None, "header__package_count": "1"}),
        ("8150", {PACK + "kind": "NE"}),
        ("", {PACK + "kind": "NE", PACK + "count": None, PACK + "pieces": "10"}),
        ("8151", {PACK + "count": None, PACK + "pieces": "10"}),
        ("8152", {PACK + "marks": None}),
        ("", {PACK + "marks": None, "header__special_circumstance": "E"}),
        ("8153", {PACK + "count": "0", "header__package_count": "0"}),
        ("8153", two(packages=[{"kind": "CT", "count": "0", "marks": "OTHER"}])),
        ("8680", {PACK + "count": "010"}),
        ("8681", {PACK + "kind": "NE", PACK + "count": None, PACK + "pieces": "010"}),
        ("8164", {"carrier": ADDRESS}),
        ("", ROAD | {"carrier": ADDRESS}),
        ("8195", {"carrier": {"id": "ZZBRK0001"}}),
        ("8170", {"items__0__documents": None, "header__commercial_reference": None}),
        ("", {"items__0__documents": None}),
        ("", {"header__commercial_reference": None}),
        ("8171", {"items__0__unloading_place": "ZZAMA"}),
        ("8687", {"header__unloading_place": None}),
        ("", {"header__unloading_place": None, "header__special_circumstance": "E"}),
        ("8204", {"items__0__special_mentions": [{"code": "10600"}], "notify_party": {"id": "ZZ123"}}),
        ("", TO_ORDER),
        ("8622", TO_ORDER | {"notify_party": None}),
        ("8619", {"notify_party": {"id": "ZZ123"}}),
        ("8620", {"items__0__notify_party": {"id": "ZZ123"}}),
        ("8621", TO_ORDER | {"items__0__notify_party": {"id": "ZZ123"}}),
        ("8623", {"consignee": None}),
        ("8624", TO_ORDER | {"items__0__consignee": {"id": "ZZ123"}}),
        ("8625", {"items__0__consignee": {"id": "ZZ123"}}),
        ("8206", {"header__item_count": "2"}),
        ("8671", {"header__item_count": "01"}),
        ("8207", {"items__0__description": None, "items__0__commodity": None}),
        ("", {"items__0__description": None}),
        ("8616", {"lodgement_office": {"id": "ZZ000101"}}),
        ("", {"lodgement_office": {"id": "ZZ000201"}}),
        ("8684", {"itinerary": [{"country": "CN"}]}),
        ("8684", {"itinerary": None}),
        ("8617", {"seals": [{"id": "1"}] * 10_000}),
        ("", {"seals": [{"id": "1"}] * 9_999}),
        ("8612 8198", {"items__0__transport_means": [{"id": "1234567", "nationality": "FR"}] * 1000}),
        ("8673", {"header__gross_mass_kg": "+1200.5"}),
        ("8673 8686", {"header__gross_mass_kg": "-1200.5"}),
        ("8679", {"items__0__gross_mass_kg": "+1"}),
        ("8674", {"items__0__gross_mass_kg": "01.5"}),
        ("8675 8674", {"items__0__gross_mass_kg": "000000001.000"}),
        ("8676", {"items__0__gross_mass_kg": "1.0000"}),
        ("8677", {"items__0__gross_mass_kg": "1."}),
        ("8677", {"items__0__gross_mass_kg": ".5"}),
        ("", {"items__0__gross_mass_kg": "0.5"}),
        ("8686", {"header__gross_mass_kg": "1200.499"}),
        ("", {"header__gross_mass_kg": "1200.500"}),
        ("8685", {"header__conveyance_reference": "XFER"}),
        ("8685", {"header__conveyance_reference": "XFER1:"}),
        ("", {"header__conveyance_reference": "XFER1:A"}),
        ("", {"header__conveyance_reference": "xfer"}),
        ("8692", {"lodger": {"id": "FR123"}}),
    ],
)
def test_each_rule_speaks_on_its_side_of_the_threshold_only(rules: str, changes: dict[str, Any]) -> None:
    assert broken(**changes) == {f"EN-{number}" for number in rules.split()}


@pytest.mark.parametrize(("count", "speaks"), [(999, False), (1000, True)])
def test_EN_8611_a_message_has_at_most_999_items(count: int, speaks: bool) -> None:
    first = entry_values()["items"][0]
    items = [first | {"number": str(number), "gross_mass_kg": "1"} for number in range(1, count + 1)]
    found = broken(items=items, header__item_count=str(count), header__package_count=str(count * 10))
    assert found == ({"EN-8611"} if speaks else set())
