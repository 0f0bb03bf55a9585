"""The table of elements against the published schemas: every mutant of every element, and every public sample."""

import csv
from collections import Counter

import pytest
from lxml import etree

from singlewindow.ens.messages import read_xml
from singlewindow.ens.messages.table import MESSAGES
from singlewindow.kernel.errors import FormatRefused
from singlewindow.messaging.families import recognise
from tests.factories.ens import entry_xml, full_message, mutants, schema_of, shared

EDITIONS = [
    ("CC315A", "", "", 15_000),
    ("CC313A", "", "", 15_000),
    ("CC315A", "-New", "HEAHEA", 2_000),
    ("CC313A", "-New", "HEAHEA", 2_000),
]
"""Message, edition, the group that the edition changes, and how many mutants there are at least."""


def accepted(body: bytes, *, reduced: bool = False) -> bool:
    """Whether our table takes a message."""
    try:
        read_xml(recognise(body).root, reduced=reduced)
    except FormatRefused:
        return False
    return True


@pytest.mark.parametrize(("kind", "edition", "inside", "least"), EDITIONS)
def test_every_mutant_of_every_element_gets_the_verdict_of_the_published_schema(
    kind: str, edition: str, inside: str, least: int
) -> None:
    schema = schema_of(kind, edition)
    tried: Counter[bool] = Counter()
    wrong = []
    for what, root in mutants(kind, inside):
        expected = schema.validate(root)
        tried[expected] += 1
        if accepted(etree.tostring(root), reduced=bool(edition)) is not expected:
            wrong.append((what, expected))
    assert wrong == []
    assert tried.total() > least
    assert min(tried.values()) > least / 10


@pytest.mark.parametrize("kind", list(MESSAGES))
def test_a_message_with_every_element_is_valid_for_the_schema_and_for_the_table(kind: str) -> None:
    root = full_message(kind)
    schema_of(kind).assertValid(root)
    assert accepted(etree.tostring(root))


def test_the_public_samples_get_the_verdict_of_the_schema_oracle() -> None:
    """313 files of the visible part; two envelopes and an answer have no verdict there."""
    base = shared("VALIDITY.tsv").parent
    with (base / "VALIDITY.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["file"].startswith("ens-ics/")]
    judged = [row for row in rows if row["xsd"] != "no-schema"]
    wrong = [
        row["file"] for row in judged if accepted((base / row["file"]).read_bytes()) is not (row["xsd"] == "xsd-valid")
    ]
    assert wrong == []
    assert len(judged) == 313


def test_the_later_edition_takes_the_reduced_example_and_the_edition_in_force_does_not() -> None:
    body = shared("ens-ics", "examples", "CC315A_reduced.xml").read_bytes()
    assert not accepted(body)
    assert accepted(body, reduced=True)


@pytest.mark.parametrize(
    "space", ["http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"]
)
def test_a_message_in_an_envelope_is_read_like_a_bare_one(space: str) -> None:
    inner = entry_xml()
    body = b'<s:Envelope xmlns:s="%s"><s:Header/><s:Body>%s</s:Body></s:Envelope>' % (space.encode(), inner)
    assert read_xml(recognise(body).root) == read_xml(recognise(inner).root)


@pytest.mark.parametrize("around", [b"%s%s", b"%s<x/>"])
def test_an_envelope_with_two_messages_is_refused(around: bytes) -> None:
    inner = entry_xml()
    inside = around % ((inner, inner) if around.count(b"%s") == 2 else inner)
    body = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%s</s:Body></s:Envelope>' % inside
    with pytest.raises(FormatRefused) as refusal:
        read_xml(recognise(body).root)
    assert refusal.value.code == "format.envelope"
