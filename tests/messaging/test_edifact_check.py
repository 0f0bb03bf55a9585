"""`check_message` on EDIFACT: each public sample gets the verdict that it deserves, and nothing raises."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome, Verdict
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.declarations import import_message
from tests.factories.edifact import interchange

SAMPLES = {
    "au-customs/CUSDEC.edi": ("CUSDEC:D:99B", "rejected", "format.missing"),
    "au-customs/GENRAL.edi": ("GENRAL:D:99B", "unsupported", "format.unsupported"),
    "php-edifact/files_D95BBAPLIE.edi": ("BAPLIE:D:95B", "unsupported", "format.unsupported"),
    "php-edifact/files_example_multiline.edi": ("IFTMBC:D:00B", "rejected", "format.edifact.count"),
    "php-edifact/files_example_order_error.edi": ("ORDERS:D:01B", "unsupported", "format.unsupported"),
    "php-edifact/files_example_order_ok.edi": ("ORDERS:D:01B", "unsupported", "format.unsupported"),
    "php-edifact/files_example_release_character.edi": ("PAORES:93:1", "rejected", "format.edifact.count"),
    "php-edifact/files_example_utf8.edi": ("DESADV:0:96A", "unsupported", "format.unsupported"),
    "php-edifact/files_example_wrapped.edi": ("PAORES:93:1", "unsupported", "format.unsupported"),
    "pydifact/data_invoice1.edi": ("INVOIC:D:97A", "unsupported", "format.unsupported"),
    "pydifact/data_patient2.edi": ("MEDRPT:1:901", "rejected", "format.edifact.reference"),
    "pydifact/data_patient3.edi": ("MEDRPT:1:901", "rejected", "format.edifact.cut"),
    "pydifact/data_wikipedia_en.edi": ("PAORES:93:1", "unsupported", "format.unsupported"),
    "pydifact/v3_aperak.edi": ("APERAK:D:96A", "rejected", "format.edifact.count"),
    "smooks/paxlst_bad-paxlst.txt": ("PAXLST:D:03B", "rejected", "format.edifact.count"),
    "smooks/paxlst_paxlst.txt": ("PAXLST:D:03B", "unsupported", "format.unsupported"),
}


LISTS = code_lists_from_files()


def check(body: bytes) -> Verdict:
    return message_check(body, LISTS)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_public_sample_gets_its_verdict(shared_inputs: Path, name: str) -> None:
    kind, outcome, code = SAMPLES[name]
    verdict = check((shared_inputs / "edifact" / name).read_bytes())
    assert (verdict.format, verdict.kind, verdict.outcome) == ("edifact", kind, outcome)
    assert code in {error.rule for error in verdict.errors}


def test_a_sound_declaration_is_accepted_with_its_hash() -> None:
    message = import_message(3)
    verdict = check(interchange(message, release="24A"))
    assert (verdict.kind, verdict.outcome) == ("CUSDEC:D:24A", MessageOutcome.ACCEPTED), verdict.errors
    assert verdict.canonical_sha256 == message.sha256()


def test_a_broken_rule_bears_its_id_its_pointer_and_its_segment() -> None:
    verdict = check(interchange(import_message(2, item_count=3)))
    (error,) = verdict.errors
    assert (error.rule, error.pointer) == ("DL-003", "/item_count")
    assert error.source.endswith("CNT element 1.2")


def test_several_messages_get_one_verdict_the_worst() -> None:
    verdict = check(interchange(import_message(1), import_message(2, item_count=3)))
    assert (verdict.outcome, verdict.kind) == (MessageOutcome.REJECTED, "CUSDEC:D:99B")
    assert [error.rule for error in verdict.errors] == ["DL-003"]
    assert verdict.errors[0].source.startswith("UNH 2 ")


WHOLE = interchange(import_message(2))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=6), st.integers(0, 8))
def test_no_change_of_bytes_makes_it_raise(place: int, put: bytes, left_out: int) -> None:
    verdict = check(WHOLE[:place] + put + WHOLE[place + left_out :])
    assert verdict.outcome is MessageOutcome.ACCEPTED or verdict.errors


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WHOLE.split(b"\n")), max_size=60))
def test_no_order_of_segments_makes_it_raise(lines: list[bytes]) -> None:
    verdict = check(WHOLE.split(b"\n")[0] + b"\n" + b"\n".join(lines))
    assert verdict.outcome is MessageOutcome.ACCEPTED or verdict.errors
