"""J1 to J12: JSON and addresses that break other systems are refused by name, and leave nothing."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories.declarations import import_json
from tests.factories.third_party import DECLARATIONS, Software
from tests.hostile.conftest import Nothing, refused
from tests.hostile.corpus import MEDIA, UNFIT, UNREADABLE, Hostile, good

pytestmark = pytest.mark.django_db

QUOTES = "/api/v1/quotes"
SMALL = 4_096
"""What a presentation's body may have; longer ones are refused before they are read."""


@pytest.fixture
def presentation(software: Software) -> str:
    """Where the goods of one's own declaration are presented: another's does not exist, whatever the body says."""
    return f"{DECLARATIONS}/{software.lodged(import_json(presented=False))['id']}/presentation"


@pytest.mark.parametrize("case", [*UNREADABLE, *MEDIA, *UNFIT], ids=str)
def test_J1_to_J11_what_is_no_declaration_is_refused_and_leaves_nothing(
    software: Software, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        problem = refused(software.post(case.body, content_type=case.content_type), case.status, case.code)
    assert all(error["code"] and "pointer" in error and error["message"] for error in problem.get("errors", []))


@pytest.mark.parametrize("case", [*UNREADABLE, *MEDIA, *UNFIT], ids=str)
def test_J1_to_J11_a_quote_refuses_the_same_in_the_same_words(
    software: Software, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        response = software.post(case.body, path=QUOTES, content_type=case.content_type)
        refused(response, case.status, case.code)


@pytest.mark.parametrize("case", UNREADABLE, ids=str)
def test_J1_to_J10_a_presentation_refuses_the_same(
    software: Software, presentation: str, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        response = software.post(case.body, path=presentation)
        long = len(case.body) > SMALL
        refused(response, 413 if long else case.status, "too_large" if long else case.code)


@pytest.mark.parametrize("content_type", ["application/xml", "text/plain", "", "application/json; charset=foo"])
def test_J11_XML_or_text_to_a_route_that_reads_JSON_is_another_media_type(
    software: Software, presentation: str, nothing_left: Nothing, content_type: str
) -> None:
    with nothing_left():
        refused(software.post(b"<a/>", path=presentation, content_type=content_type), 415, "media_type")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_J11_a_compressed_body_is_not_unpacked(software: Software, nothing_left: Nothing, encoding: str) -> None:
    with nothing_left():
        refused(software.post(good(), **{"Content-Encoding": encoding}), 415, "media_type")


def test_J1_to_J11_the_process_that_refused_them_all_takes_the_next_good_one(software: Software) -> None:
    for case in (*UNREADABLE, *MEDIA, *UNFIT):
        assert software.post(case.body, content_type=case.content_type).status_code == case.status
    assert software.lodged(import_json())["mrn"]


def _addresses(resolver: URLResolver | None = None, before: str = "/") -> list[str]:
    """Each address of the application that takes an identifier, as a pattern."""
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _addresses(entry, here)
        elif isinstance(entry, URLPattern) and "_id>" in here:
            found.append(here)
    return found


WRONG_IDS = {
    "too long": "99999999999999999999999",
    "below zero": "-1",
    "NUL": "%00",
    "an Arabic digit": "%D9%A1",
    "a fraction": "1.0",
    "a slash more": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50/",
    "one": "1",
    "a step up": "..%2f..%2fdesk",
    "a quote": "'%20OR%20'1'='1",
    "full-width digits": "%EF%BC%91%EF%BC%92",
    "a line break": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50%0A",
}


@pytest.mark.parametrize("identifier", WRONG_IDS.values(), ids=WRONG_IDS.keys())
@pytest.mark.parametrize("pattern", _addresses())
def test_J12_what_is_no_identifier_leads_nowhere(
    software: Software, nothing_left: Nothing, admin_like: Client, pattern: str, identifier: str
) -> None:
    start, _, rest = pattern.partition("<")
    path = start + identifier + rest.partition(">")[2].replace("<slug:act>", "claim")
    # An address that is none of a trader's software is 403 whatever stands in it, and that is an event.
    with nothing_left("audit_event"):
        if path.startswith("/api/"):
            for method in ("GET", "POST"):
                response = software.send(method, path, {} if method == "POST" else b"")
                assert response.status_code in {403, 404, 405}, response.content
        else:
            assert admin_like.get(path).status_code == 404
            assert admin_like.post(path).status_code == 404
