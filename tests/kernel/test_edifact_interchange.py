"""An interchange is read with everything that its service segments say, and written as it is read."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.kernel.edifact import (
    Interchange,
    InterchangeRefused,
    Place,
    Separators,
    charset_for,
    interchange_read,
    interchange_write,
    segment,
    segments_write,
    tokenize,
)

AT = datetime(2026, 11, 22, 10, 15)
MESSAGE = b"UNH+1+CUSDEC:D:99B:UN'BGM+929'UNT+3+1'"


def framed(*messages: bytes, count: int = -1, head: bytes = b"UNOC:3+ME:ZZ+YOU+261122:1015+R1++++1++1") -> bytes:
    number = len(messages) if count < 0 else count
    return b"UNB+" + head + b"'" + b"".join(messages) + b"UNZ+%d+R1'" % number


def faults(body: bytes) -> list[str]:
    """Rules that are broken, those around the messages first."""
    found = interchange_read(body)
    rules = [one.rule for one in found.faults] + [one.rule for message in found.messages for one in message.faults]
    return [rule.removeprefix("format.edifact.") for rule in rules]


def test_the_header_is_read() -> None:
    found = interchange_read(framed(MESSAGE))
    header = found.header
    assert (found.sender, header.sender_qualifier, found.recipient, found.reference) == ("ME", "ZZ", "YOU", "R1")
    assert (header.syntax, header.syntax_version, header.prepared) == ("UNOC", "3", "2611221015")
    assert (header.acknowledgement, header.test) == (True, True)
    (message,) = found.messages
    assert (message.reference, message.kind, message.agency) == ("1", "CUSDEC:D:99B", "UN")
    assert [one.tag for one in message.segments] == ["UNH", "BGM", "UNT"]
    assert message.faults == found.faults == ()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (framed(MESSAGE), []),
        (framed(MESSAGE, MESSAGE), []),
        (framed(MESSAGE, count=2), ["count"]),
        (framed(), ["no_message"]),
        (framed(MESSAGE.replace(b"UNT+3", b"UNT+2")), ["count"]),
        (framed(MESSAGE.replace(b"UNT+3", b"UNT+03")), []),
        (framed(MESSAGE.replace(b"UNT+3+1", b"UNT+3+2")), ["reference"]),
        (framed(MESSAGE.replace(b"UNT+3+1'", b"")), ["message_trailer"]),
        (framed(MESSAGE.replace(b"UNT+3+1'", b""), MESSAGE), ["message_trailer"]),
        (framed(MESSAGE, b"BGM+1'", count=1), ["outside"]),
        (framed(MESSAGE, b"UNT+3+1'", count=1), ["outside"]),
        (framed(MESSAGE, b"UNB+X'", count=1), ["repeated"]),
        (framed(MESSAGE.replace(b"CUSDEC:D:99B:UN", b"")), ["message_header"]),
        (framed(MESSAGE).replace(b"UNZ+1+R1", b"UNZ+1+R2"), ["reference"]),
        (framed(MESSAGE).replace(b"UNOC:3", b"UNOC:9"), ["syntax_version"]),
        (framed(MESSAGE).replace(b"UNOC:3", b"IATB:1"), ["charset"]),
        (framed(MESSAGE).replace(b"BGM", b"b+m"), ["tag"]),
        (framed(MESSAGE).replace(b"BGM+929", b"BGM+9\n9"), ["line_break"]),
        (framed(MESSAGE).replace(b"BGM+929", b"BGM+9\t9"), ["character"]),
        (framed(MESSAGE).replace(b"ME:ZZ", b"ME:Z\x85"), ["character"]),
    ],
)
def test_counts_references_and_characters_are_checked(body: bytes, found: list[str]) -> None:
    assert faults(body) == found


GROUP = b"UNG+CUSDEC+A+B+261122:1015+7+UN+D:99B'" + MESSAGE + b"UNE+1+7'"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (framed(GROUP), []),
        (framed(GROUP, GROUP), []),
        (framed(GROUP.replace(b"UNE+1+7", b"UNE+2+7")), ["count"]),
        (framed(GROUP.replace(b"UNE+1+7", b"UNE+1+8")), ["reference"]),
        (framed(GROUP.replace(b"UNE+1+7'", b"")), ["group_trailer"]),
        (framed(GROUP, MESSAGE, count=1), ["mixed"]),
        (framed(GROUP, b"UNE+1+7'", count=1), ["outside"]),
    ],
)
def test_groups_are_checked_too(body: bytes, found: list[str]) -> None:
    assert faults(body) == found


@pytest.mark.parametrize("body", [b"", b"UNH+1+CUSDEC:D:99B:UN'UNT+2+1'", b"UNB+UNOC:3+A'UNZ+0'", b"UNB'"])
def test_without_a_header_there_is_nobody_to_answer(body: bytes) -> None:
    with pytest.raises(InterchangeRefused) as refused:
        interchange_read(body)
    assert refused.value.code == "format.edifact.header"
    assert refused.value.header is None


@pytest.mark.parametrize("cut", [b"UNZ+1+R1'", b"1+R1'", b"UNT+3+1'UNZ+1+R1'"])
def test_what_is_cut_off_still_names_its_interchange(cut: bytes) -> None:
    with pytest.raises(InterchangeRefused) as refused:
        interchange_read(framed(MESSAGE).removesuffix(cut))
    assert refused.value.header is not None
    assert refused.value.header.reference == "R1"


def test_a_place_is_written_and_read() -> None:
    for place in (Place("1", 17, "CST"), Place("M 1", 2, "DTM", 1, 2), Place("", 1, "UNB", 3)):
        assert Place.of(str(place)) == place
    assert str(Place("1", 17, "CST")) == "UNH 1 segment 17 CST"
    assert Place.of("/Declaration/TypeCode") is None


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.lists(TEXTS, min_size=1, max_size=3), max_size=4), max_size=5),
    st.sampled_from([Separators(), Separators("|", "^", ",", "\\", " ", "~")]),
)
def test_what_is_written_is_read_back(elements: list[list[list[str]]], una: Separators) -> None:
    inner = [segment("FTX", *parts) for parts in elements]
    body = interchange_write(
        [("1", "CUSDEC:D:99B:UN", inner)], sender="ME", recipient="YOU", reference="R1", at=AT, una=una
    )
    found: Interchange = interchange_read(body)
    assert found.faults == found.messages[0].faults == ()
    assert [one.elements for one in found.messages[0].segments[1:-1]] == [one.elements for one in inner]
    assert found.una == una


def test_the_smallest_repertoire_that_holds_a_text_is_used() -> None:
    assert (charset_for("Café"), charset_for("中文"), charset_for("a\x85b")) == ("UNOC", "UNOY", "UNOY")
    with pytest.raises(UnicodeEncodeError):
        segments_write([segment("FTX", "中文")])
    (one,) = tokenize(b"UNB+UNOE:3+" + "Жук".encode("iso8859-5") + b"'")
    assert one.get(2) == "Жук"
