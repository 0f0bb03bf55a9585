"""Messages made to harm: floods, depth, entities, names that are no names, text that breaks out of its place."""

import time

import pytest
from lxml import etree

from singlewindow.ens.messages import read_xml
from singlewindow.ens.messages.answers import error_response
from singlewindow.ens.messages.walk import MAX_FINDINGS
from singlewindow.ens.rules import entry_check
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel.errors import FormatRefused
from singlewindow.messaging.families import recognise
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.ens import entry_values, entry_xml

ITEM = b"<GOOITEGDS><IteNumGDS7>1</IteNumGDS7></GOOITEGDS>"


def flooded(part: bytes, times: int) -> bytes:
    return entry_xml().replace(b"<ITI>", part * times + b"<ITI>", 1)


@pytest.mark.parametrize(
    ("part", "times"),
    [(b"<x/>", 150_000), (ITEM, 60_000), (b"<GOOITEGDS/>", 150_000), (b'<GOOITEGDS a="1"/>', 100_000)],
)
def test_a_flood_of_elements_is_answered_in_seconds_with_a_bounded_list(part: bytes, times: int) -> None:
    began = time.monotonic()
    verdict = message_check(flooded(part, times), code_lists_from_files())
    assert time.monotonic() - began < 6
    assert verdict.outcome is MessageOutcome.REJECTED
    assert 0 < len(verdict.errors) <= MAX_FINDINGS


def test_faults_behind_a_hundred_thousand_sound_elements_cost_no_more() -> None:
    body = flooded(b"<SEAID529><SeaIdSEAID530>1</SeaIdSEAID530></SEAID529>", 60_000)
    began = time.monotonic()
    with pytest.raises(FormatRefused) as refusal:
        read_xml(recognise(body.replace(b"<ITI>", b"<SEAID529/>" * 300 + b"<ITI>")).root)
    assert time.monotonic() - began < 6
    assert len(refusal.value.violations) == MAX_FINDINGS


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + entry_xml(),
        entry_xml().replace(b"<ITI>", b"<a>" * 100 + b"</a>" * 100 + b"<ITI>", 1),
        entry_xml()[:-5],
        entry_xml().decode().encode("utf-16"),
        b"<ie:CC315A xmlns:ie='http://ics.dgtaxud.ec/CC315A'/>",
        b"<CC315A/>",
        entry_xml().replace(b"CC315A", b"CC313A"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_raises(body: bytes) -> None:
    assert message_check(body, code_lists_from_files()).outcome is not MessageOutcome.ACCEPTED


def test_text_of_a_stranger_stays_text_in_the_answer() -> None:
    found = entry_check(EntryMessage("CC315A", entry_values(sender="</Error><x>&amp;")))
    document = etree.fromstring(error_response(found))
    assert document.find(".//x") is None


@pytest.mark.parametrize("day", ["202602300000", "202602290000", "20|601011200"])
def test_a_day_that_the_form_lets_pass_and_no_calendar_has_is_no_day(day: str) -> None:
    message = EntryMessage("CC315A", entry_values(first_entry__expected_at=day))
    assert message.expected_at is None
