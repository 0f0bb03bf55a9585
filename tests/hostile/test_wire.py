"""The same bodies over a socket, to the server as it runs: each is answered, and the server goes on."""

import http.client
import socket
from urllib.parse import urlsplit

import orjson
import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader
from gunicorn.http.parser import RequestParser
from pytest_django.live_server_helper import LiveServer

from declarations.models import Declaration
from singlewindow.jobs.models import Job
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.third_party import DECLARATIONS
from tests.hostile.corpus import JSON, MEDIA, UNFIT, UNREADABLE
from tests.hostile.xml_corpus import BROKEN, ENCODED, FLOODING

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """Requests as bytes on a connection."""

    def __init__(self, live_server: LiveServer) -> None:
        self.host = urlsplit(live_server.url).netloc
        self.token = accounts.token(of=accounts.organisation(identifier="ZZIMP0001"))

    def post(self, body: bytes, content_type: str = JSON) -> tuple[int, dict[str, str], bytes]:
        """One POST to lodge a declaration."""
        talk = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": "wire"}
        if content_type:
            headers["Content-Type"] = content_type
        talk.request("POST", DECLARATIONS, body, headers)
        answer = talk.getresponse()
        result = answer.status, dict(answer.getheaders()), answer.read()
        talk.close()
        return result

    def raw(self, *lines: str, body: bytes = b"") -> bytes:
        """The status line of the answer to a request written by hand."""
        host, _, port = self.host.partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as talk:
            head = [*lines, f"Host: {self.host}", f"Authorization: Bearer {self.token}", "Connection: close"]
            talk.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)
            answer = b""
            while part := talk.recv(65_536):
                answer += part
        return answer


@pytest.fixture
def wire(live_server: LiveServer) -> Wire:
    return Wire(live_server)


def test_every_hostile_body_is_answered_with_its_problem_and_the_next_good_one_is_taken(wire: Wire) -> None:
    wrong = []
    for case in (*UNREADABLE, *MEDIA, *UNFIT, *FLOODING, *ENCODED, *BROKEN):
        if case.status == 413:
            continue  # answered before the body is read, so the sender may see the connection end first
        status, headers, body = wire.post(case.body, case.content_type)
        problem = orjson.loads(body)
        if (status, headers["Content-Type"]) != (case.status, "application/problem+json") or not problem["code"]:
            wrong.append((case.name, status, body[:200]))
    assert wrong == []
    assert (Declaration.objects.count(), Job.objects.count()) == (0, 0)
    status, _, body = wire.post(orjson.dumps(import_json()))
    assert status == 201
    assert orjson.loads(body)["mrn"]


@pytest.mark.parametrize("types", [(JSON, "application/xml"), ("application/xml", JSON), (JSON, JSON)])
def test_J11_two_content_types_are_refused_by_the_web_server_before_the_application(types: tuple[str, ...]) -> None:
    """WSGI has room for one, so this is the parser of gunicorn, which serves the application."""
    head = "".join(f"Content-Type: {value}\r\n" for value in types)
    request = f"POST {DECLARATIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n{head}\r\n{{}}"
    with pytest.raises(InvalidHeader):
        next(RequestParser(Config(), iter([request.encode()]), ("127.0.0.1", 1)))


@pytest.mark.parametrize("types", [("Content-Type: ",), ()], ids=["an empty one", "none"])
def test_J11_no_content_type_is_refused(wire: Wire, types: tuple[str, ...]) -> None:
    body = orjson.dumps(import_json())
    length = f"Content-Length: {len(body)}"
    answer = wire.raw(f"POST {DECLARATIONS} HTTP/1.1", length, "Idempotency-Key: two", *types, body=body)
    assert answer.split(b" ", 2)[1] == b"415", answer[:300]
    assert Declaration.objects.count() == 0


@pytest.mark.parametrize("path", ["%00", "\xa0", "..%2f..%2fetc", "%D9%A1", "%0d%0aX: y", "//", "%zz"])
def test_J12_J20_an_address_of_odd_bytes_is_not_found_and_adds_no_header(wire: Wire, path: str) -> None:
    answer = wire.raw(f"GET {DECLARATIONS}/{path} HTTP/1.1".replace(": ", ":%20"))
    assert answer.split(b" ", 2)[1] in {b"404", b"400"}, answer[:300]
    assert b"\r\nX:" not in answer


@pytest.mark.parametrize("length", ["-1", "abc", "99999999999999999999"])
def test_a_length_that_is_none_never_fails(wire: Wire, length: str) -> None:
    answer = wire.raw(
        f"POST {DECLARATIONS} HTTP/1.1",
        f"Content-Length: {length}",
        "Content-Type: application/json",
        "Idempotency-Key: l",
    )
    assert answer.split(b" ", 2)[1][:1] == b"4", answer[:300]
    assert Declaration.objects.count() == 0
