"""The fast reading of the common case gives what the careful walk gives, or leaves it to that."""

import pytest
from hypothesis import given, settings
from lxml import etree

from declarations.messages import write_xml
from declarations.messages.cds.envelope import declaration_of
from declarations.messages.cds.swift import Swift
from declarations.messages.cds.table import DECLARATION
from declarations.messages.cds.walk import Walk
from singlewindow.kernel import safe_xml
from singlewindow.kernel.errors import FormatRefused
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import export_json, import_json
from tests.factories.messages import messages
from tests.factories.xml_mutants import mutants

SWIFT = Swift(DECLARATION)


def held_against_the_walk(body: bytes) -> bool:
    """Whether the message was the common case; if so, the walk found nothing wrong and read the same."""
    try:
        root = declaration_of(safe_xml.parse(body))
    except FormatRefused:
        return False
    values = SWIFT.read(root)
    if values is None:
        return False
    walk = Walk(root)
    assert walk.read(DECLARATION) == values
    assert not walk.findings
    assert not walk.faults
    return True


@pytest.mark.parametrize("made", [import_json(3, lrn="A"), export_json(3, lrn="B")])
def test_an_ordinary_declaration_is_read_fast(made):
    assert held_against_the_walk(declaration_xml(plain_for_xml(made)))


def test_most_of_the_public_samples_are_read_fast_and_all_of_those_right(shared_inputs):
    files = [path for path in (shared_inputs / "cds-dec").rglob("*.xml") if "stub" not in path.parts]
    fast = [held_against_the_walk(path.read_bytes()) for path in files]
    assert sum(fast) > 0.7 * len(fast)


@given(messages())
@settings(max_examples=100, deadline=None)
def test_what_is_read_fast_is_read_right(message):
    held_against_the_walk(write_xml(message))


@pytest.mark.parametrize("made", [import_json(2, lrn="A"), export_json(2, lrn="B")])
def test_no_mutant_is_read_fast_that_the_walk_finds_wrong(made):
    body = declaration_xml(plain_for_xml(made))
    for _, mutant in mutants(body, 1500, 7):
        held_against_the_walk(mutant)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p:Description>", "<p:Description><p:Classification/>"),
        ("<p:Commodity>", "<p:Commodity>loose"),
        ("<p:Commodity>", '<p:Commodity colour="red">'),
        ("<p:TypeCode>IMA", '<p:TypeCode listID="x">IMA'),
        ("<p:Description>", "<p:Description><![CDATA[a]]>"),
        ("</p:Description>", "<p:ID>1</p:ID></p:Description>"),
        ("</p:Commodity>", "</p:Commodity>loose"),
        ("</p:Declaration>", "loose</p:Declaration>"),
        ("<p:Commodity>", '<p:Commodity xmlns:p="urn:other">'),
        ("<p:Commodity>", "<Commodity/><p:Commodity>"),
        ("</p:Description>", "&gt;&lt;p:ID&gt;1&lt;/p:ID</p:Description>"),
        ("</p:Description>", " &amp;amp; &amp;lt; &#60; &#13;</p:Description>"),
        ("</p:Description>", "\u0065\u0301</p:Description>"),
    ],
)
def test_what_is_unusual_is_left_to_the_walk(old, new):
    body = declaration_xml(plain_for_xml(import_json(1, lrn="A"))).decode()
    assert old in body
    root = declaration_of(safe_xml.parse(body.replace(old, new, 1).encode()))
    values = SWIFT.read(root)
    assert values is None or values == Walk(root).read(DECLARATION)
    assert etree.tostring(root)


def test_no_namespace_holds_tags():
    body = declaration_xml(plain_for_xml(import_json(1, lrn="A"))).decode()
    body = body.replace("<p:Declaration ", '<p:Declaration xmlns:e="a&gt;&lt;p:ID&gt;1&lt;/p:ID&gt;&lt;p:e" ', 1)
    with pytest.raises(FormatRefused):
        safe_xml.parse(body.encode())
