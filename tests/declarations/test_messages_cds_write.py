"""Canonical to XML and back, and to JSON and back, is the identity; what is written is valid."""

import csv
import re

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from declarations.messages import (
    MessageUnsupported,
    StructureRefused,
    parse,
    read_json,
    read_xml,
    write_json,
    write_xml,
)
from declarations.schemas import DeclarationMessage
from tests.factories.declarations import export_json, import_json
from tests.factories.messages import messages

SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(messages())
@SLOW
def test_every_declaration_comes_back_from_XML_and_from_JSON_as_it_went(message):
    written = write_xml(message)
    again, kind = read_xml(written)
    assert again == message
    assert again.sha256() == message.sha256()
    assert kind.kind == message.type_code
    assert read_json(write_json(message))[0] == message


@pytest.fixture(scope="module")
def schema(shared_inputs) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(shared_inputs / "cds-schemas/customs/wrapper_submit.xsd")))


def test_every_declaration_is_written_as_the_schema_wants_it(schema):
    @given(messages())
    @SLOW
    def valid(message):
        assert schema.validate(etree.fromstring(write_xml(message))), schema.error_log.last_error

    valid()


def test_each_public_sample_is_written_back_without_a_statement_of_our_own(schema, shared_inputs):
    with (shared_inputs / "VALIDITY.tsv").open(encoding="utf-8") as file:
        oracle = {row["file"]: row["xsd"] for row in csv.DictReader(file, delimiter="\t")}
    written = 0
    for name, verdict in oracle.items():
        if not name.startswith("cds-dec/") or verdict != "xsd-valid":
            continue
        body = (shared_inputs / name).read_bytes()
        try:
            message = read_xml(body)[0]
        except MessageUnsupported:
            continue
        made = write_xml(message)
        assert read_xml(made)[0] == message
        assert b">ZZC<" not in made
        assert schema.validate(etree.fromstring(made)), (name, schema.error_log.last_error)
        written += 1
    assert written > 190


def test_what_has_no_element_is_carried_by_statements_and_by_nothing_else():
    message = DeclarationMessage.model_validate(import_json(2, lrn="X-1"))
    carried = etree.fromstring(write_xml(message)).findall(".//{*}AdditionalInformation")
    texts = "".join(one.findtext("{*}StatementDescription") or "" for one in carried)
    assert [one.findtext("{*}StatementTypeCode") for one in carried] == ["ZZC"]
    assert set(re.findall(r'\["([a-z_]+)"', texts)) == {"delivery_terms", "valuation"}
    plain = DeclarationMessage.model_validate(export_json(2, lrn="X-2", delivery_terms=None))
    assert b"ZZC" not in write_xml(plain)


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "1",
        '[["x"]]',
        '[[["items",9],1]]',
        '[[["items","a"],1]]',
        "[[[],1]]",
        '[[["lrn","a"],1]]',
        "[" * 400,
        '[[["nothing"]]]',
    ],
)
def test_statements_that_fit_no_message_are_refused(text):
    message = DeclarationMessage.model_validate(export_json(1, lrn="X-3"))
    statement = f"<StatementCode>C1</StatementCode><StatementDescription>{text}</StatementDescription>"
    statement = f"<AdditionalInformation>{statement}<StatementTypeCode>ZZC</StatementTypeCode></AdditionalInformation>"
    body = re.sub(
        rb"(<(?:Agent|BorderTransportMeans|Declarant|Exporter)>)",
        statement.encode() + rb"\1",
        write_xml(message),
        count=1,
    )
    with pytest.raises(StructureRefused) as refused:
        parse(body, "application/xml")
    assert refused.value.code in {"format.statements", "format.unknown_field", "format.type"}
