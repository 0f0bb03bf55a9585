"""Documents that hide, fetch or flood (cases X1 to X13, X18)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.kernel import safe_xml
from singlewindow.kernel.errors import FormatRefused
from tests.factories.effort import processor_seconds_under

LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
QUADRATIC = b'<!DOCTYPE l [<!ENTITY a "' + b"a" * 200_000 + b'">]><l>' + b"&a;" * 2_000 + b"</l>"


def refusal_of(body: bytes) -> str:
    with pytest.raises(FormatRefused) as refused:
        safe_xml.parse(body)
    assert refused.value.violations[0].rule == f"format.{refused.value.code}"
    return refused.value.code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (LAUGHS, "xml.dtd_forbidden"),
        (QUADRATIC, "xml.dtd_forbidden"),
        (b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>', "xml.dtd_forbidden"),
        (b'<!DOCTYPE l [<!ENTITY x SYSTEM "http://169.254.169.254/">]><l>&x;</l>', "xml.dtd_forbidden"),
        (b'<!DOCTYPE l SYSTEM "http://192.0.2.1/l.dtd"><l/>', "xml.dtd_forbidden"),
        (b'<!DOCTYPE l [<!ENTITY % p SYSTEM "http://192.0.2.1/p">%p;]><l/>', "xml.dtd_forbidden"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "xml.too_deep"),
        (b"<a>" * 100_000, "xml.too_deep"),
        (b"<a>" * 65 + b"</a>" * 65, "xml.too_deep"),
        (b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>", "xml.too_many_attributes"),
        (b"<a>" + b"<b/>" * 200_000 + b"</a>", "xml.too_many_elements"),
        (b"<a>" + b"x" * 5_000_000 + b"</a>", "xml.too_large"),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "xml.encoding"),
        ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), "xml.encoding"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>é</a>'.encode("latin-1"), "xml.encoding"),
        ("<a/>".encode("cp037"), "xml.encoding"),
        (b"<a/><b/>", "xml.not_well_formed"),
        (b"<a/>trailing", "xml.not_well_formed"),
        (b"<a>&unknown;</a>", "xml.not_well_formed"),
        (b"<a>&#0;</a>", "xml.not_well_formed"),
        (b"<p:a/>", "xml.not_well_formed"),
        (b"<a><!-- -- --></a>", "xml.not_well_formed"),
        (b"", "xml.not_well_formed"),
    ],
)
def test_a_document_that_hides_fetches_or_floods_is_refused_with_its_own_code(body, code):
    with processor_seconds_under(0.1):
        assert refusal_of(body) == code


def test_X13_text_around_comments_and_instructions_is_one_text():
    assert safe_xml.parse(b"<a>0102<!-- x -->21</a>").text == "010221"
    assert safe_xml.parse(b"<a>01<?pi x?>02<![CDATA[21]]></a>").text == "010221"


def test_depth_64_and_a_byte_order_mark_of_utf_8_are_read():
    assert safe_xml.parse(b"<a>" * 64 + b"</a>" * 64).tag == "a"
    assert safe_xml.parse(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a>x</a>').text == "x"


def test_X18_a_processing_instruction_before_the_root_is_dropped():
    root = safe_xml.parse(b'<?xml-stylesheet href="http://192.0.2.1/"?><a/>')
    assert root.getprevious() is None


def test_X7_X8_nothing_is_included_or_fetched():
    body = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>'
    assert len(safe_xml.parse(body)) == 1
    assert safe_xml.parse(body)[0].text is None


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused_and_never_crash(body):
    try:
        safe_xml.parse(body)
    except FormatRefused as refused:
        code = refused.code
    else:
        return
    assert code.startswith("xml.")
