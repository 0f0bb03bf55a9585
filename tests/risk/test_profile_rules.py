"""What a profile may say, what it hits, and that the index over many asks the same as each in turn."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.rules.profile_check import OPERATORS, profile_read
from risk.rules.profile_index import ProfileIndex
from risk.rules.profile_words import profile_sentence
from risk.rules.profiles import CompiledProfile, compile_profile, profile_change, profile_of
from risk.rules.record import FIELDS, Kind, Record
from risk.schemas import Operator, ProfileContent
from risk.types import Lane
from singlewindow.kernel.errors import RuleViolated
from tests.factories.profiles import content, criterion

FIELD_OF = {Kind.CODE: "origin", Kind.NUMBER: "value", Kind.FLAG: "dangerous", Kind.CODES: "package_kinds"}


def compiled(*criteria: dict[str, Any], any_of: list[list[dict[str, Any]]] | None = None) -> CompiledProfile:
    """A profile of some criteria."""
    return compile_profile(profile_read(content(all=list(criteria), any=any_of or [])), code="PR-0001")


def hits(field: str, operator: str, values: list[str], found: Any) -> bool:
    """Whether one criterion hits an item in which the field has a value; None: it is not known."""
    item = {} if found is None else {field: found}
    return compiled(criterion(field, operator, *values)).hit(Record({}, (item,))) is not None


def refused(**changes: Any) -> dict[str, str]:
    """What is refused, as rule by pointer."""
    with pytest.raises(RuleViolated) as caught:
        profile_read(content(**changes))
    assert all(one.message and one.remedy for one in caught.value.violations)
    return {one.pointer: one.rule for one in caught.value.violations}


@pytest.mark.parametrize(
    ("field", "operator", "values", "yes", "no"),
    [
        ("origin", "in", ["CN", "IN"], "IN", "DE"),
        ("origin", "not_in", ["CN"], "DE", "CN"),
        ("commodity", "begins", ["61", "6203"], "6203420000", "6204000000"),
        ("value", "at_least", ["100"], 100.0, 99.99),
        ("value", "at_most", ["100"], 100.0, 100.01),
        ("value", "more", ["100"], 100.01, 100.0),
        ("value", "less", ["100"], 99.99, 100.0),
        ("value", "between", ["10", "20"], 20.0, 20.01),
        ("dangerous", "yes", [], True, False),
        ("dangerous", "no", [], False, True),
        ("package_kinds", "has_any", ["BX", "CT"], ["CT"], ["PK"]),
        ("package_kinds", "has_all", ["BX", "CT"], ["BX", "CT", "PK"], ["CT"]),
        ("package_kinds", "has_none", ["BX", "CT"], ["PK"], ["CT", "PK"]),
    ],
)
def test_each_question_hits_on_one_side_of_its_threshold(
    field: str, operator: str, values: list[str], yes: Any, no: Any
) -> None:
    assert hits(field, operator, values, yes)
    assert not hits(field, operator, values, no)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_not_known_meets_no_question_but_unknown_and_has_none(kind: Kind) -> None:
    values = {Operator.BETWEEN: ["1", "2"], Operator.YES: [], Operator.NO: [], Operator.KNOWN: [], Operator.UNKNOWN: []}
    met = {one for one in OPERATORS[kind] if hits(FIELD_OF[kind], one.value, values.get(one, ["1"]), None)}
    assert met == {Operator.UNKNOWN, Operator.HAS_NONE} & set(OPERATORS[kind])


def test_all_criteria_of_items_are_met_by_one_and_the_same_item() -> None:
    profile = compiled(criterion("origin", "in", "CN"), criterion("value", "less", "5"), criterion("office", "in", "A"))
    apart = ({"origin": "CN", "value": 9.0}, {"origin": "DE", "value": 1.0})
    assert profile.hit(Record({"office": "A"}, apart)) is None
    together = (*apart, {"origin": "CN", "value": 1.0}, {"origin": "CN", "value": 2.0})
    hit = profile.hit(Record({"office": "A"}, together))
    assert hit is not None
    assert (hit.item, hit.also_items) == (3, (4,))
    assert hit.figures == {"origin": "CN", "value": "1", "office": "A"}
    assert profile.hit(Record({"office": "B"}, together)) is None


def test_of_a_group_one_is_enough_wherever_it_stands() -> None:
    group = [criterion("dispatch", "in", "AE"), criterion("origin", "in", "CN")]
    profile = compiled(criterion("value", "more", "10"), any_of=[group])
    rich = {"value": 20.0, "origin": "DE"}
    assert profile.hit(Record({"dispatch": "AE"}, (rich,))) is not None
    assert profile.hit(Record({"dispatch": "DE"}, (rich,))) is None
    assert profile.hit(Record({"dispatch": "DE"}, (rich, {"value": 5.0, "origin": "CN"}))) is None
    hit = profile.hit(Record({"dispatch": "DE"}, (rich, {"value": 50.0, "origin": "CN"})))
    assert hit is not None
    assert hit.item == 2


def test_a_profile_of_the_whole_declaration_names_no_item() -> None:
    hit = compiled(criterion("office", "in", "ZZ000101")).hit(Record({"office": "ZZ000101"}, ({}, {})))
    assert hit is not None
    assert (hit.item, hit.also_items) == (None, ())


@pytest.mark.parametrize(
    ("changes", "pointer", "rule"),
    [
        ({"extra": 1}, "/extra", "RM-PRO-01"),
        ({"valid_days": "90"}, "/valid_days", "RM-PRO-01"),
        ({"step": "TS-NOTHING"}, "/step", "RM-PRO-01"),
        ({"all": "61"}, "/all", "RM-PRO-01"),
        ({"name": "x" * 121}, "/name", "RM-PRO-01"),
        ({"name": "  "}, "/name", "RM-PRO-02"),
        ({"owner": ""}, "/owner", "RM-PRO-02"),
        ({"basis": ""}, "/basis", "RM-PRO-02"),
        ({"points": "60.01"}, "/points", "RM-PRO-03"),
        ({"points": "-30.01"}, "/points", "RM-PRO-03"),
        ({"points": "1.234"}, "/points", "RM-PRO-03"),
        ({"points": "0"}, "/points", "RM-PRO-03"),
        ({"points": "NaN"}, "/points", "RM-PRO-03"),
        ({"points": "5", "lane": "RED"}, "/points", "RM-PRO-03"),
        ({"points": "0", "lane": "GREEN"}, "/lane", "RM-PRO-03"),
        ({"points": "0", "lane": "BLUE"}, "/lane", "RM-PRO-03"),
        ({"expected_hit_rate": "1.001"}, "/expected_hit_rate", "RM-PRO-04"),
        ({"expected_hit_rate": "0.1234"}, "/expected_hit_rate", "RM-PRO-04"),
        ({"expected_hit_rate": ""}, "/expected_hit_rate", "RM-PRO-04"),
        ({"valid_days": 0}, "/valid_days", "RM-PRO-05"),
        ({"valid_days": 181}, "/valid_days", "RM-PRO-05"),
        ({"all": []}, "/all", "RM-PRO-06"),
        ({"any": [[criterion("origin", "in", "DE")]]}, "/any/0", "RM-PRO-06"),
        ({"all": [criterion("origin", "in", "CN"), criterion("origin", "in", "cn ")]}, "/all/1", "RM-PRO-06"),
        ({"all": [criterion("colour", "in", "red")]}, "/all/0/field", "RM-PRO-07"),
        ({"all": [criterion("origin", "at_least", "1")]}, "/all/0/operator", "RM-PRO-08"),
        ({"all": [criterion("origin", "in")]}, "/all/0/values", "RM-PRO-09"),
        ({"all": [criterion("trusted", "yes", "1")]}, "/all/0/values", "RM-PRO-09"),
        ({"all": [criterion("value", "between", "1")]}, "/all/0/values", "RM-PRO-09"),
        ({"all": [criterion("value", "less", "1e9")]}, "/all/0/values/0", "RM-PRO-10"),
        ({"all": [criterion("value", "less", "inf")]}, "/all/0/values/0", "RM-PRO-10"),
        ({"all": [criterion("value", "between", "2", "1")]}, "/all/0/values", "RM-PRO-10"),
        ({"all": [criterion("origin", "in", "C\u0000N")]}, "/all/0/values/0", "RM-PRO-10"),
    ],
)
def test_RM_PRO_what_cannot_be_written_is_refused_with_its_place(changes: Any, pointer: str, rule: str) -> None:
    assert refused(**changes) == {pointer: rule}


@pytest.mark.parametrize(
    "changes",
    [
        {"points": "60"},
        {"points": "-30"},
        {"points": "0", "lane": "YELLOW"},
        {"points": "0", "lane": "RED"},
        {"valid_days": 1},
        {"valid_days": 180},
        {"expected_hit_rate": "0"},
        {"expected_hit_rate": "1"},
        {"all": [criterion("value", "less", str(number)) for number in range(20)]},
        {"all": [criterion("trader", "in", *[f"T{number}" for number in range(500)])]},
        {"name": "x" * 120},
    ],
)
def test_RM_PRO_what_stands_on_a_limit_is_taken(changes: Any) -> None:
    assert profile_read(content(**changes))


def test_RM_PRO_06_twenty_one_criteria_and_RM_PRO_01_five_hundred_and_one_values_are_too_many() -> None:
    twenty = [criterion("value", "less", str(number)) for number in range(20)]
    group = [criterion("origin", "in", "CN"), criterion("trusted", "no")]
    assert refused(all=twenty, any=[group]) == {"/all": "RM-PRO-06"}
    values = [f"T{number}" for number in range(501)]
    assert refused(all=[criterion("trader", "in", *values)]) == {"/all/0/values": "RM-PRO-01"}


def test_RM_PRO_every_wrong_element_is_told_at_once() -> None:
    found = refused(
        name="",
        points="99",
        valid_days=900,
        all=[criterion("colour", "in", "red"), criterion("value", "less", "much"), {"field": 1}],
    )
    assert found == {
        "/all/2/field": "RM-PRO-01",
        "/all/2/operator": "RM-PRO-01",
        "/name": "RM-PRO-02",
        "/points": "RM-PRO-03",
        "/valid_days": "RM-PRO-05",
        "/all/0/field": "RM-PRO-07",
        "/all/1/values/0": "RM-PRO-10",
    }


def test_the_same_profile_written_otherwise_has_the_same_digest_and_another_has_another() -> None:
    first = profile_read(content())
    again = content(name=" Clothes  far under their usual value", points="25.00", expected_hit_rate="0.250")
    again["all"] = [
        criterion("commodity", "begins", "62 ", "61", "61"),
        criterion("origin", "in", "cn"),
        criterion("unit_value_ratio", "less", "0.400"),
    ]
    assert profile_read(again).sha256 == first.sha256
    for change in ({"points": "26"}, {"valid_days": 91}, {"basis": "Another"}, {"owner": "B"}, {"step": "TS-GOODS"}):
        assert profile_read(content(**change)).sha256 != first.sha256


def test_a_stored_profile_is_compiled_to_what_was_checked() -> None:
    checked = profile_read(content(lane="RED", points="0"))
    profile = profile_of(checked.plain(), code="PR-0007", version=3)
    assert (profile.code, profile.version, profile.sha256) == ("PR-0007", 3, checked.sha256)
    assert (profile.hard, profile.lane, profile.points) == (True, Lane.RED, Decimal(0))
    change = profile_change(checked, code="PR-0007", version=3)
    assert change.values["content_sha256"] == checked.sha256
    assert change.sha256 != profile_change(checked, code="PR-0007", version=4).sha256


def test_codes_that_records_hold_in_lower_case_are_kept_so() -> None:
    found = profile_read(
        content(all=[criterion("trader_kinds_found", "has_any", "VALUE"), criterion("partner", "in", "~Ab C")])
    )
    assert [one.values for one in found.all] == [("value",), ("~ab c",)]


def test_a_profile_reads_as_a_sentence() -> None:
    hard = content(
        lane="RED",
        points="0",
        all=[criterion("documents", "has_none", "N954"), criterion("trader", "in", *[f"T{n}" for n in range(10)])],
        any=[[criterion("trader_known_days", "less", "30"), criterion("total_value", "between", "100", "2000")]],
    )
    assert profile_sentence(profile_read(hard)) == (
        "Declarations without any document N954, of trader T0, T1, T2, T3, T4, T5, T6, T7 and 2 more, either (where "
        "“Trader: days since first seen” is under 30 days, or where “Value of the goods” is from 100 to 2000): always "
        "lane red."
    )
    assert profile_sentence(profile_read(content(points="-12.5"))).endswith(": -12.5 points.")


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_of_the_catalogue_can_be_asked_with_every_question_that_fits(name: str) -> None:
    for operator in OPERATORS[FIELDS[name].kind]:
        values = {"between": ["1", "2"]}.get(operator.value, ["1"])
        found = content(all=[criterion(name, operator.value, *([] if operator in NO_VALUES else values))])
        checked = profile_read(found)
        assert compile_profile(checked).hit(Record({}, ({},))) is None or operator in (
            Operator.UNKNOWN,
            Operator.HAS_NONE,
        )
        assert "%(" not in profile_sentence(checked)


NO_VALUES = {Operator.YES, Operator.NO, Operator.KNOWN, Operator.UNKNOWN}
CODES = ["CN", "DE", "6109", "61", "620342", "T1", "T2", "N380"]
ASKED = ["origin", "commodity", "trader", "dispatch", "documents", "package_kinds", "value", "total_value", "dangerous"]


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, Any]:
    """Any criterion that may be written about a few fields."""
    name = draw(st.sampled_from(ASKED))
    operator = draw(st.sampled_from(OPERATORS[FIELDS[name].kind]))
    if operator in NO_VALUES:
        return criterion(name, operator.value)
    if FIELDS[name].kind is Kind.NUMBER:
        count = 2 if operator is Operator.BETWEEN else 1
        return criterion(name, operator.value, *map(str, sorted(draw(st.integers(0, 5)) for _ in range(count))))
    return criterion(name, operator.value, *draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=4)))


def values_of(item: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Any values of the fields of the header, or of an item."""
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.CODE: st.sampled_from(CODES),
        Kind.NUMBER: st.integers(0, 5).map(float),
        Kind.FLAG: st.booleans(),
        Kind.CODES: st.lists(st.sampled_from(CODES), min_size=1, max_size=3),
    }
    fields = {name: kinds[FIELDS[name].kind] for name in ASKED if FIELDS[name].item is item}
    return st.fixed_dictionaries({}, optional=fields)


def unique(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what stands there twice."""
    return list({str(sorted(set(one["values"]))) + one["field"] + one["operator"]: one for one in found}.values())


@st.composite
def written(draw: st.DrawFn) -> ProfileContent:
    """Any profile."""
    found = unique(draw(st.lists(criteria(), min_size=1, max_size=8)))
    split = draw(st.integers(0, len(found)))
    group = found[split:]
    all_of, any_of = (found[:split], [group]) if len(group) > 1 else (found, [])
    return profile_read(content(all=all_of, any=any_of))


def plainly(profile: ProfileContent, record: Record) -> bool:
    """Whether a profile hits, said as simply as can be: each item with the header, every criterion one by one."""
    asks_items = any(FIELDS[one.field].item for one in profile.criteria)
    for item in record.items if asks_items else ({},):
        values = {**record.header, **item}
        all_met = all(met(one.field, one.operator, one.values, values) for one in profile.all)
        if all_met and all(any(met(one.field, one.operator, one.values, values) for one in g) for g in profile.any):
            return True
    return False


def met(name: str, operator: Operator, named: tuple[str, ...], values: dict[str, Any]) -> bool:
    """One question, said as simply as can be."""
    if operator in (Operator.KNOWN, Operator.UNKNOWN):
        return (name in values) is (operator is Operator.KNOWN)
    found = values.get(name, [] if FIELDS[name].kind is Kind.CODES else None)
    if found is None:
        return False
    numbers = [float(one) for one in named] if FIELDS[name].kind is Kind.NUMBER else []
    answers = {
        Operator.IN: lambda: found in named,
        Operator.NOT_IN: lambda: found not in named,
        Operator.BEGINS: lambda: any(found[: len(one)] == one for one in named),
        Operator.AT_LEAST: lambda: found >= numbers[0],
        Operator.AT_MOST: lambda: found <= numbers[0],
        Operator.MORE: lambda: found > numbers[0],
        Operator.LESS: lambda: found < numbers[0],
        Operator.BETWEEN: lambda: numbers[0] <= found <= numbers[1],
        Operator.YES: lambda: found,
        Operator.NO: lambda: not found,
        Operator.HAS_ANY: lambda: bool(set(found) & set(named)),
        Operator.HAS_ALL: lambda: set(named) <= set(found),
        Operator.HAS_NONE: lambda: not set(found) & set(named),
    }
    return bool(answers[operator]())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(written(), min_size=1, max_size=12),
    st.builds(Record, values_of(False), st.lists(values_of(True), min_size=1, max_size=4).map(tuple)),
)
def test_compiled_and_indexed_profiles_hit_exactly_what_the_plainest_reading_hits(
    contents: list[ProfileContent], record: Record
) -> None:
    found = [compile_profile(one, code=f"PR-{number}") for number, one in enumerate(contents)]
    hit = [profile.code for profile, _ in ProfileIndex(found).hits(record)]
    assert hit == [profile.code for profile in found if profile.hit(record) is not None]
    assert hit == [profile.code for profile in found if plainly(profile.content, record)]
