"""The messages that stand for events: every state has one or a reason, and each is a valid response of the WCO."""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from clearance.services.cases import TOLD
from clearance.states import CONTROL
from clearance.states import DMS_FUNCTION_CODES as CONTROL_CODES
from declarations.services import steps
from declarations.services.changes import NOTICES
from declarations.states import DMS_FUNCTION_CODES as LEGAL_CODES
from declarations.states import GOODS, LEGAL
from fees.states import FISCAL
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.state_machine import StateMachine
from singlewindow.notifications.json_form import notification_json
from singlewindow.notifications.kinds import KINDS, SILENT, SILENT_FAMILIES, STATES, silence_of
from singlewindow.notifications.pointers import path_of
from singlewindow.notifications.refusals import fault_of
from singlewindow.notifications.types import FunctionCode, Step
from singlewindow.notifications.wco_ids import CLASSES, TAGS
from singlewindow.notifications.xml_form import NoMessage, notification_xml
from tests.factories.res_schema import response_of, schema_of, shape, told

MACHINES: tuple[StateMachine, ...] = (LEGAL, GOODS, FISCAL, CONTROL)  # type: ignore[type-arg]
EVERY_STATE = [(machine.name, state.value) for machine in MACHINES for state in machine.states]


@pytest.fixture(scope="module")
def schema(shared_inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return schema_of(shared_inputs, tmp_path_factory.mktemp("schema"))


def valid(schema: etree.XMLSchema, body: bytes) -> None:
    response = response_of(body)
    assert schema.validate(etree.fromstring(etree.tostring(response))), schema.error_log


@pytest.mark.parametrize(("machine", "state"), EVERY_STATE, ids=[f"{name}-{state}" for name, state in EVERY_STATE])
def test_each_state_that_a_life_cycle_can_reach_is_told_by_a_valid_message_or_has_a_reason(
    schema: etree.XMLSchema, machine: str, state: str
) -> None:
    telling = STATES[machine][state]
    if isinstance(telling, str):
        assert len(telling) > 15
        return
    for type_ in telling:
        valid(schema, notification_xml(told(type_)))


def test_the_table_names_exactly_the_states_of_the_life_cycles() -> None:
    for machine in MACHINES:
        assert set(STATES[machine.name]) == {state.value for state in machine.states}


@pytest.mark.parametrize("type_", sorted(KINDS))
def test_each_kind_is_valid_with_all_its_data_and_with_hardly_any(schema: etree.XMLSchema, type_: str) -> None:
    valid(schema, notification_xml(told(type_)))
    bare = told(type_)
    poor = {"mrn": "26ZZ010100000041R8"}
    from declarations.selectors.names import DeclarationName
    from singlewindow.audit.models import PartyEvent
    from singlewindow.notifications.selectors import notification_make

    event = PartyEvent(event_id=bare.id, type=type_, subject_id=bare.subject, at=bare.at, data=poor)
    valid(schema, notification_xml(notification_make(event, DeclarationName("26ZZ010100000041R8", "L" * 35))))


def test_texts_of_strangers_and_long_ones_stay_valid(schema: etree.XMLSchema) -> None:
    hostile = told("query.sent", question="<x>&" + "\x01\ufffe" + "ü" * 2_000, consequence="]]>" * 400)
    valid(schema, notification_xml(hostile))


def test_the_same_event_always_gives_the_same_bytes() -> None:
    one = told("assessed")
    assert notification_xml(one) == notification_xml(one)
    assert notification_json(one) == notification_json(one)


def test_the_function_codes_are_those_that_the_life_cycles_name() -> None:
    for state, code in LEGAL_CODES.items():
        telling = STATES["legal"][state.value]
        if not isinstance(telling, str):
            assert {KINDS[type_].function.value for type_ in telling} == {code}
    for state, code in CONTROL_CODES.items():
        assert {KINDS[type_].function.value for type_ in STATES["control"][state.value]} == {code}


def test_a_tax_liability_lists_each_line_with_its_base_rate_and_amount() -> None:
    value = notification_json(told("assessed"))
    assert value["function_code"] == "13"
    first, *_ = value["taxes"]
    assert first == {"item": 1, "type": "A00", "base": "427", "rate": "2.7", "amount": "11.53"}
    assert value["payments"][0] == {"amount": "384.24", "assessed": "384.24"}
    response = response_of(notification_xml(told("assessed")))
    amounts = [element.text for element in response.iter("{*}AdValoremTaxBaseAmount")]
    assert amounts == ["427", "438.53", "10000"]


@pytest.mark.parametrize(("type_", "code"), [("change.granted", "39"), ("change.denied", "41")])
def test_a_decided_request_bears_its_name_code(type_: str, code: str) -> None:
    response = response_of(notification_xml(told(type_)))
    assert response.findtext("{*}FunctionCode") == "11"
    assert response.findtext("{*}Status/{*}NameCode") == code


def test_a_query_names_the_element_the_question_the_deadline_and_the_consequence() -> None:
    value = notification_json(told("query.sent"))
    asked, consequence = value["statements"]
    assert asked["text"] == "Which brand?"
    assert asked["by"] == "2026-11-24T10:00:00Z"
    assert asked["wco_pointer"] == "42A/67A/68A[1]/23A/137"
    assert consequence["text"] == "The goods stay here."


@pytest.mark.parametrize(
    ("pointer", "source", "path"),
    [
        (
            "/items/1/commodity_code",
            "",
            (Step("42A"), Step("67A"), Step("68A", "", 2), Step("23A"), Step("21A", "145")),
        ),
        ("/declarant/id", "", (Step("42A"), Step("57B", "R123"))),
        ("", "", (Step("42A"),)),
        (
            "/x",
            "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[3]/Commodity/Description",
            (Step("42A"), Step("67A"), Step("68A", "", 3), Step("23A", "137")),
        ),
    ],
)
def test_a_pointer_of_ours_becomes_one_of_the_WCO(pointer: str, source: str, path: tuple[Step, ...]) -> None:
    found = path_of(pointer, source)
    assert [step.section for step in found] == [step.section for step in path]
    assert [step.tag for step in found] == [step.tag for step in path]
    assert [step.sequence for step in found] == [step.sequence for step in path]


def test_the_ids_are_those_of_the_schema(shared_inputs: Path) -> None:
    schema = etree.parse(str(shared_inputs / "cds-schemas/wco/declaration/WCO_DEC_2_DMS.xsd")).getroot()
    named: dict[str, set[str]] = defaultdict(set)
    xs = "{http://www.w3.org/2001/XMLSchema}"
    for element in schema.iter(f"{xs}element"):
        around = next((one for one in element.iterancestors(f"{xs}element")), None)
        found = element.find(f"{xs}annotation")
        ids = [one.text for one in found.iter("{*}WCOID")] if found is not None else []
        if ids and element.get("name"):
            key = f"{around.get('name')}/{element.get('name')}" if around is not None else element.get("name", "")
            named[key].add(str(ids[0]))
            named[element.get("name", "")].add(str(ids[0]))
    assert len(TAGS) > 150
    assert all(tag in named[key] for key, tag in TAGS.items())
    assert all(code in named[name] for name, code in CLASSES.items())


def test_our_messages_use_the_elements_that_the_samples_use(shared_inputs: Path) -> None:
    """For each kind of which there is a sample: what the samples always have, ours has too, or the reason is here."""
    always: dict[str, set[str]] = {}
    for file in sorted((shared_inputs / "cds-notifications").rglob("*.xml")):
        try:
            root = etree.parse(str(file)).getroot()
        except etree.XMLSyntaxError:
            continue
        for response in root.iter("{*}Response"):
            code = response.findtext("{*}FunctionCode") or ""
            used = shape(response)
            always[code] = always[code] & used if code in always else used
    not_ours = {"/Bank", "/Bank/ReferenceID", "/Bank/ID"}  # the debt is taken from a prepaid account: no bank is named
    guarantee = "/Declaration/DutyTaxFee/Payment/ObligationGuarantee"
    not_ours |= {guarantee, f"{guarantee}/ReferenceID"}
    corrected = "/Declaration/"  # the whole corrected content stands at its own address, not in the message
    ours: dict[str, set[str]] = defaultdict(set)
    for type_, kind in KINDS.items():
        ours[kind.function.value] |= shape(response_of(notification_xml(told(type_)))) | shape(
            response_of(notification_xml(told(type_, reason="16")))
        )
    pointed = Violation("DL-024", "/items/0/net_mass_kg", "It is missing.")
    rejected = replace(told("expired"), faults=(fault_of(pointed),))
    ours["03"] |= shape(response_of(notification_xml(rejected)))
    compared = 0
    for code, used in always.items():
        if code not in ours:
            continue
        missing = {path for path in used - ours[code] - not_ours if not (code == "07" and path.startswith(corrected))}
        assert not missing, (code, missing)
        compared += 1
    assert compared >= 14


def test_every_event_that_the_code_publishes_has_a_message_or_a_reason() -> None:
    root = Path(__file__).resolve().parents[2]
    places = ("declarations", "clearance", "fees", "agencies", "risk", "singlewindow")
    published: set[str] = set()
    for place in places:
        for file in (root / place).rglob("*.py"):
            text = file.read_text()
            if "notifications" in file.parts:
                continue
            for call in re.findall(r"(?:party_event_publish|parties_tell|owner_warn)\((?:[^()]|\([^()]*\))*\)", text):
                published |= set(re.findall(r"\btype_?=\"([a-z_.]+)\"", call))
    published |= {*TOLD.values(), *NOTICES.values(), *(step.notice for step in vars(steps).values() if _told(step))}
    assert {"waiting", "query.answered", "control.examination", "change.granted", "released"} <= published
    unknown = {
        type_
        for type_ in published
        if type_ not in KINDS and type_ not in SILENT and not type_.startswith(tuple(SILENT_FAMILIES))
    }
    assert not unknown, unknown


def _told(value: object) -> bool:
    return isinstance(value, steps.Step) and bool(value.notice)


def test_an_event_without_a_message_says_why() -> None:
    quiet = told("waiting")
    assert quiet.function is None
    with pytest.raises(NoMessage):
        notification_xml(quiet)
    assert notification_json(quiet)["no_message_because"] == SILENT["waiting"]
    assert silence_of("something.new")


def test_each_function_code_has_a_short_name_of_its_own() -> None:
    assert len({code.short for code in FunctionCode}) == len(FunctionCode)
