"""X1 to X13: documents that hide, fetch or flood are refused by name, in bounded time and memory, and leave nothing."""

import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from tests.factories.effort import processor_seconds_under
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing, refused
from tests.hostile.corpus import XML
from tests.hostile.xml_corpus import BROKEN, ENCODED, FLOODING, Hostile, fetching, good, instead

pytestmark = pytest.mark.django_db

SECONDS_AT_MOST = 1.0
"""Processor time of one refusal; a body of 12 MB is built by the test within it."""
MEMORY_AT_MOST_KB = 50_000


class Listener:
    """A port of this machine that counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            caller.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def test_the_document_that_all_others_are_made_of_is_taken(software: Software) -> None:
    assert software.lodged(good(), XML)["mrn"]


@pytest.mark.parametrize("case", FLOODING, ids=str)
def test_X1_X2_X9_to_X11_a_flood_is_refused_in_bounded_time_and_memory(
    software: Software, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        memory = _peak_kb()
        with processor_seconds_under(SECONDS_AT_MOST):
            response = software.post(case.body, content_type=case.content_type)
        assert _peak_kb() - memory < MEMORY_AT_MOST_KB
        refused(response, case.status, case.code)


@pytest.mark.parametrize(
    "number", range(len(fetching("http://127.0.0.1/"))), ids=map(str, fetching("http://127.0.0.1/"))
)
def test_X3_to_X7_nothing_is_fetched_and_nothing_is_accepted_with_an_empty_field(
    software: Software, nothing_left: Nothing, listener: Listener, number: int
) -> None:
    case = fetching(listener.address)[number]
    with nothing_left():
        response = software.post(case.body, content_type=case.content_type)
        refused(response, case.status, case.code)
    assert b"root:" not in response.content
    assert listener.visits == 0


def test_X8_a_schema_location_elsewhere_is_not_asked(software: Software, listener: Listener) -> None:
    location = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:wco:datamodel:WCO:DEC-DMS:2 {listener.address}dec.xsd" '
    )
    receipt = software.lodged(instead("<p:Declaration ", f"<p:Declaration {location}"), XML)
    assert receipt["canonical_sha256"] == _sha_of_good()
    assert listener.visits == 0


@pytest.mark.parametrize("case", [*ENCODED, *BROKEN], ids=str)
def test_X12_X18_X19_other_encodings_and_broken_documents_are_refused(
    software: Software, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        refused(software.post(case.body, content_type=case.content_type), case.status, case.code)


@pytest.mark.parametrize(
    "split",
    ["8516<!-- x -->7100", "8516<?x y?>7100", "<![CDATA[8516]]>7100", "&#56;5167100", "  85167100 "],
    ids=["comment", "instruction", "CDATA", "reference", "blanks around"],
)
def test_X13_the_code_around_a_comment_is_read_whole(software: Software, split: str) -> None:
    receipt = software.lodged(instead(">85167100<", f">{split}<"), XML)
    item = declaration_snapshot(Declaration.objects.get().pk).message.items[0]
    assert item.commodity_code == "8516710000"
    assert receipt["canonical_sha256"] == _sha_of_good()


def test_hostile_documents_of_the_field_are_refused(
    software: Software, nothing_left: Nothing, shared_inputs: Path
) -> None:
    files = sorted((shared_inputs / "hostile-xml").glob("*.xml"))
    assert files
    for path in files:
        with nothing_left():
            code = "xml.dtd_forbidden" if b"<!DOCTYPE" in path.read_bytes() else "xml.not_well_formed"
            refused(software.post(path.read_bytes(), content_type=XML), 400, code)


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml"])
def test_a_quote_refuses_the_same_documents(software: Software, nothing_left: Nothing, content_type: str) -> None:
    for case in (*FLOODING[:5], *fetching("http://127.0.0.1:9/"), *ENCODED[:-1], *BROKEN):
        with nothing_left():
            response = software.post(case.body, path="/api/v1/quotes", content_type=content_type)
            refused(response, case.status, case.code)


def test_X1_to_X13_the_process_that_refused_them_all_takes_the_next_good_one(software: Software) -> None:
    for case in (*FLOODING, *ENCODED, *BROKEN):
        assert software.post(case.body, content_type=case.content_type).status_code == case.status
    assert software.lodged(good(), XML)["mrn"]


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _sha_of_good() -> str:
    from declarations.messages import parse

    return parse(good(), XML).message.sha256()
