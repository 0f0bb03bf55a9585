"""S1: an address for webhooks that leads inside, or a receiver that wants to keep us busy.

Addresses are tried at save and at send; what Python connects to is written down by an audit hook, so that "no
connection inside" is seen and not believed.
"""

import ipaddress
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from singlewindow.webhooks.addresses import is_outside
from singlewindow.webhooks.models import Attempt, Delivery, WebhookEndpoint
from singlewindow.webhooks.sending import parcel_send
from singlewindow.webhooks.services import outcomes_record, parcels_claim
from singlewindow.webhooks.signing import headers_of, seal, secret_new, secret_text
from singlewindow.webhooks.types import DeliveryKind, Limits, Outcome, Parcel
from tests.factories import accounts
from tests.factories.receivers import ReferenceReceiver, echo, fresh, receiver
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)
LIMITS = Limits(connect_s=1.0, read_s=1.0, total_s=1.5)

INSIDE = {
    "http": "http://hooks.example.org/",
    "port 8080": "https://hooks.example.org:8080/",
    "port 80": "https://hooks.example.org:80/",
    "localhost": "https://localhost/",
    "localhost with a dot": "https://localhost./",
    "below localhost": "https://a.localhost/",
    "short form": "https://127.1/",
    "hexadecimal": "https://0x7f000001/",
    "hexadecimal parts": "https://0x7f.0.0.1/",
    "decimal": "https://2130706433/",
    "octal": "https://0177.0.0.1/",
    "zero": "https://0/",
    "any": "https://0.0.0.0/",
    "IPv4": "https://10.0.0.1/",
    "public IPv4": "https://93.184.216.34/",
    "IPv6 loopback": "https://[::1]/",
    "IPv6 mapped": "https://[::ffff:10.0.0.1]/",
    "NAT64": "https://[64:ff9b::a9fe:a9fe]/",
    "scope": "https://[fe80::1%25eth0]/",
    "metadata": "https://169.254.169.254/latest/meta-data/",
    "metadata name": "https://metadata.google.internal/",
    "user": "https://user@hooks.example.org/",
    "user and password": "https://hooks.example.org:443@127.0.0.1/",
    "IDN dot": "https://127。0。0。1/",
    "full-width dot": "https://127．0．0．1/",
    "full-width digits": "https://１２７.0.0.1/",
    "circled digits": "https://①②⑦.⓪.⓪.①/",
    "fragment": "https://hooks.example.org/#inside",
    "backslash": "https://hooks.example.org\\@127.0.0.1/",
    "line break": "https://hooks.example.org/\r\nHost: inside",
    "space": "https://hooks.example.org /",
    "tab": "https://hooks\t.example.org/",
    "one label": "https://intranet/",
    "local": "https://printer.local/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://hooks.example.org/",
    "no scheme": "//hooks.example.org/",
    "nothing": "",
    "no host": "https:///path",
    "bad port": "https://hooks.example.org:99999/",
    "broken IPv6": "https://[::1/",
    "very long": "https://hooks.example.org/" + "a" * 3_000,
    "NUL": "https://hooks.example.org/\x00",
    "surrogate": "https://xn--\udcff.example.org/",
}

connected: list[str] = []


def _note(event: str, arguments: Any) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        connected.append(str(arguments[1][0]))


sys.addaudithook(_note)


@pytest.fixture
def owner() -> Organisation:
    return accounts.organisation()


@pytest.mark.parametrize("url", INSIDE.values(), ids=INSIDE)
def test_S1_an_address_inside_is_refused_at_save_over_REST_and_on_the_page(
    owner: Organisation, client: Client, url: str
) -> None:
    body = json.dumps({"url": url}).encode()
    refused = Software(owner, scopes="webhooks").post(body, path="/api/v1/webhooks")
    assert refused.status_code in {400, 422}, refused.content
    assert refused["Content-Type"] == "application/problem+json"
    client.force_login(accounts.user(Role.TRADER, of=owner), backend="django.contrib.auth.backends.ModelBackend")
    page = client.post("/webhooks/new", {"url": url.encode("utf-8", "replace").decode(), "description": ""})
    # A form trims its values, so a line break at the end is none; everything that stays is refused.
    assert page.status_code == 422, page.content
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Hooks.EXAMPLE.org", "https://hooks.example.org/"),
        ("https://hooks.example.org:443/a?b=c", "https://hooks.example.org/a?b=c"),
        ("https://bücher.example。org/ä", "https://xn--bcher-kva.example.org/%C3%A4"),
        ("https://hooks.example.org./", "https://hooks.example.org/"),
    ],
)
def test_an_address_outside_is_kept_in_its_one_form(owner: Organisation, url: str, kept: str) -> None:
    answer = Software(owner, scopes="webhooks").post({"url": url}, path="/api/v1/webhooks")
    assert answer.status_code == 201, answer.content
    assert answer.json()["url"] == kept


ADDRESSES_INSIDE = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3"),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::1", "::", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::8.8.8.8"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "ff0e::1"),
    *("2001:db8::1", "100::1", "::ffff:0:10.0.0.1"),
)


@pytest.mark.parametrize("address", ADDRESSES_INSIDE)
def test_WH_URL_06_an_address_that_is_not_public_is_inside(address: str) -> None:
    assert not is_outside(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"]
)
def test_WH_URL_06_a_public_address_is_outside(address: str) -> None:
    assert is_outside(ipaddress.ip_address(address))


class Rebinding:
    """A resolver whose answers change from one call to the next."""

    answers: list[list[str]] = []
    asked: list[str] = []

    @classmethod
    def resolve(cls, host: str, port: int) -> list[str]:
        cls.asked.append(host)
        return cls.answers.pop(0) if len(cls.answers) > 1 else cls.answers[0]


def rebinding_resolver(host: str, port: int) -> list[str]:
    """Named in the settings of these tests."""
    return Rebinding.resolve(host, port)


def parcel(url: str, kind: DeliveryKind = DeliveryKind.EVENT) -> Parcel:
    return Parcel(uuid4(), uuid4(), kind, str(uuid4()), url, (secret_new(),), b'{"type":"x","data":{}}', 1)


@pytest.fixture
def resolver(settings: Any) -> type[Rebinding]:
    settings.WEBHOOK_RESOLVER = f"{__name__}.rebinding_resolver"
    Rebinding.answers, Rebinding.asked = [["127.0.0.1"]], []
    connected.clear()
    return Rebinding


@pytest.mark.parametrize("address", ADDRESSES_INSIDE)
def test_S1_a_name_that_stands_for_an_address_inside_is_refused_at_send(
    resolver: type[Rebinding], address: str
) -> None:
    resolver.answers = [[address]]
    outcome = parcel_send(parcel("https://hooks.example.org/"), limits=LIMITS)
    assert outcome.error.startswith("WH-URL-06")
    assert connected == []


@pytest.mark.parametrize("answers", [["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"]])
def test_S1_one_address_inside_among_many_refuses_them_all(resolver: type[Rebinding], answers: list[str]) -> None:
    resolver.answers = [answers]
    assert parcel_send(parcel("https://hooks.example.org/"), limits=LIMITS).error.startswith("WH-URL-06")
    assert connected == []


def test_S1_rebinding_between_check_and_connection_changes_nothing(resolver: type[Rebinding], settings: Any) -> None:
    """The name is asked once; the second answer, which leads inside, is never asked for."""
    settings.WEBHOOK_LOOPBACK = True
    with receiver(echo) as at:
        resolver.answers = [["127.0.0.1"], ["10.0.0.1"]]
        outcome = parcel_send(parcel(f"http://hooks.example.org:{at.port}/"), limits=LIMITS)
        assert outcome.delivered, outcome
        assert resolver.asked == ["hooks.example.org"]
        assert connected == ["127.0.0.1"]
        settings.WEBHOOK_LOOPBACK = False
        resolver.answers = [["127.0.0.1"]]
        assert parcel_send(parcel("https://hooks.example.org/"), limits=LIMITS).error.startswith("WH-URL-06")
        assert len(at.connections) == 1


def test_S1_rebinding_between_save_and_send_is_refused_and_logged(
    resolver: type[Rebinding], owner: Organisation
) -> None:
    resolver.answers = [["93.184.216.34"], ["169.254.169.254"]]
    made = (
        Software(owner, scopes="webhooks").post({"url": "https://hooks.example.org/"}, path="/api/v1/webhooks").json()
    )
    resolver.answers = [["169.254.169.254"]]
    Software(owner, scopes="webhooks").post({}, path=f"/api/v1/webhooks/{made['id']}/challenge")
    (claimed,) = parcels_claim(free=5, slow=False, cap=5)
    outcomes_record([(claimed, parcel_send(claimed, limits=LIMITS))])
    assert Attempt.objects.get().error.startswith("WH-URL-06")
    assert Delivery.objects.get().state == "FAILED"
    assert WebhookEndpoint.objects.get().state == "PAUSED"
    assert connected == []


@pytest.fixture
def loopback(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    connected.clear()


def sent(answer: Any) -> tuple[Outcome, float, int]:
    """What came of a message to a receiver that behaves so, how long it took, and how often it was connected to."""
    with receiver(answer) as at:
        began = time.monotonic()
        outcome = parcel_send(parcel(at.url), limits=LIMITS)
        return outcome, time.monotonic() - began, len(at.connections)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.usefixtures("loopback")
def test_S1_a_redirect_to_the_inside_is_not_followed(status: int) -> None:
    with receiver(echo) as inside:

        def away(handler: BaseHTTPRequestHandler, body: bytes) -> None:
            handler.send_response(status)
            handler.send_header("Location", inside.url)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        outcome, _, _ = sent(away)
        assert outcome.error == "A redirect is not followed."
        assert inside.connections == []


@pytest.mark.usefixtures("loopback")
def test_S1_a_reply_of_10_GB_is_read_for_64_KiB() -> None:
    given = 0

    def endless(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        nonlocal given
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**10))
        handler.end_headers()
        while given < 10**9:
            given += handler.wfile.write(b"x" * 65_536)

    outcome, seconds, _ = sent(endless)
    assert outcome.status == 200
    assert len(outcome.excerpt) == 500
    assert seconds < 2.5
    assert given < 50_000_000


def _dribbled(part: str) -> Any:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        if part == "body":
            handler.wfile.write(head)
        for byte in head * 100 if part == "head" else b"x" * 100_000:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.3)

    return answer


@pytest.mark.parametrize("part", ["head", "body"])
@pytest.mark.usefixtures("loopback")
def test_S1_a_reply_of_a_byte_now_and_then_is_ended_when_its_time_is_over(part: str) -> None:
    """One byte a minute is ended by the limit of a read; one byte just under that limit, by the limit of the whole."""
    outcome, seconds, _ = sent(_dribbled(part))
    assert not outcome.delivered
    assert seconds < 2.5


@pytest.mark.usefixtures("loopback")
def test_S1_a_reply_that_never_comes_is_ended_by_the_limit_of_a_read() -> None:
    outcome, seconds, _ = sent(lambda handler, body: time.sleep(4))
    assert (
        outcome.error in {"No answer in time.", "No complete answer within 1.5 seconds."}
        or "timed out" in outcome.error
    )
    assert seconds < 2.0


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 100,
        b"HTTP/9.9 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00",
        b"",
    ],
    ids=["zeros", "banana", "many headers", "long header", "broken chunk", "gzip", "nothing"],
)
@pytest.mark.usefixtures("loopback")
def test_an_answer_of_nonsense_is_an_outcome_and_no_fault(raw: bytes) -> None:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    outcome, seconds, _ = sent(answer)
    assert seconds < 2.5
    assert outcome.error or outcome.status == 200
    assert "\x00" not in outcome.excerpt + outcome.error


@pytest.mark.usefixtures("loopback")
def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(echo) as proxy:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        outcome, _, count = sent(echo)
        assert outcome.delivered
        assert count == 1
        assert proxy.connections == []


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def tls_receiver(folder: Path, name: str) -> Iterator[tuple[Any, list[str]]]:
    path = _certificate(folder, name)
    context, asked = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(path)
    context.sni_callback = lambda _socket, wanted, _context: asked.append(str(wanted))  # type: ignore[assignment]
    with receiver(echo, tls=context) as at:
        yield at, asked


def test_the_checked_address_is_connected_to_under_the_name_of_the_host(
    resolver: type[Rebinding], settings: Any, tmp_path: Path
) -> None:
    settings.WEBHOOK_LOOPBACK = True
    with tls_receiver(tmp_path, "hooks.example.org") as (at, asked):
        settings.WEBHOOK_CA_FILE = str(tmp_path / "hooks.example.org.pem")
        outcome = parcel_send(parcel(f"https://hooks.example.org:{at.port}/"), limits=LIMITS)
        assert outcome.delivered, outcome
        assert asked == ["hooks.example.org"]
        assert at.received[0][0]["host"].startswith("hooks.example.org")
        other = parcel_send(parcel(f"https://other.example.org:{at.port}/"), limits=LIMITS)
        assert "certificate is not accepted" in other.error


def test_a_handshake_that_never_ends_is_bounded(resolver: type[Rebinding], settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)

        def dribble() -> None:
            connection, _ = server.accept()
            with connection:
                for _ in range(10):
                    try:
                        connection.send(b"\x16")
                    except OSError:
                        return
                    time.sleep(0.4)

        thread = threading.Thread(target=dribble, daemon=True)
        thread.start()
        began = time.monotonic()
        outcome = parcel_send(parcel(f"https://hooks.example.org:{server.getsockname()[1]}/"), limits=LIMITS)
        assert not outcome.delivered
        assert time.monotonic() - began < 3.0
        thread.join(6)


def test_G4_the_reference_receiver_takes_no_tampered_old_or_replayed_message_of_5000() -> None:
    secret, other = secret_new(), secret_new()
    checked = ReferenceReceiver(secret_text(secret))
    taken = 0
    for number in range(1_000):
        body = json.dumps({"type": "released", "number": number}).encode()
        headers = headers_of(f"msg-{number}", fresh(), body, (secret,))
        taken += checked.takes(headers, body)
        refused = [
            (headers, body),  # replayed
            ({**headers, "webhook-id": f"new-{number}"}, body),
            (headers_of(f"old-{number}", fresh(301), body, (secret,)), body),
            (headers_of(f"early-{number}", fresh(-301), body, (secret,)), body),
            (headers_of(f"other-{number}", fresh(), body, (other,)), body),
        ]
        place = number % len(body)
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        refused.append((headers_of(f"changed-{number}", fresh(), body, (secret,)), changed))
        assert not any(checked.takes(*one) for one in refused), number
    assert taken == 1_000


def test_another_organisation_can_neither_see_nor_touch_an_endpoint(owner: Organisation) -> None:
    mine = Software(owner, scopes="webhooks")
    made = mine.post({"url": "https://hooks.example.org/"}, path="/api/v1/webhooks").json()
    stranger = Software(accounts.organisation(), scopes="webhooks")
    root = f"/api/v1/webhooks/{made['id']}"
    assert stranger.get("/api/v1/webhooks").json() == {"webhooks": []}
    for path in ("", "/deliveries"):
        assert stranger.get(root + path).status_code == 404
    for act in ("challenge", "ping", "pause", "resume", "secret"):
        assert stranger.post({}, path=f"{root}/{act}").status_code == 404
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    assert stranger.post(span, path=f"{root}/replay").status_code == 404
    assert stranger.send("PUT", root, {"url": "https://evil.example.org/"}).status_code == 404
    assert stranger.send("DELETE", root).status_code == 404
    assert Software(owner, scopes="feed").get(root).status_code == 403
    assert Client().get(root).status_code == 401
    assert mine.get(root).json()["url"] == "https://hooks.example.org/"


def test_a_secret_is_told_once_and_kept_encrypted(owner: Organisation) -> None:
    software, key = Software(owner, scopes="webhooks"), str(uuid4())
    body = {"url": "https://hooks.example.org/"}
    first = software.post(body, path="/api/v1/webhooks", **{"Idempotency-Key": key})
    secret = first.json()["secret"]
    again = software.post(body, path="/api/v1/webhooks", **{"Idempotency-Key": key})
    assert again["Idempotent-Replayed"] == "true"
    assert "secret" not in again.json()
    assert "secret" not in software.get(f"/api/v1/webhooks/{first.json()['id']}").json()
    row = WebhookEndpoint.objects.get()
    assert secret.removeprefix("whsec_").encode() not in bytes(row.secret)
    row.secret = seal(secret_new(), uuid4())  # the secret of another row opens nothing here
    row.state, row.verified_at = "ACTIVE", clock.now()
    row.save()
    Delivery.objects.create(endpoint=row, event_id=uuid4(), event_type="released", event_at=clock.now())
    (claimed,) = parcels_claim(free=1, slow=False, cap=1)
    assert parcel_send(claimed, limits=LIMITS).error == "The secret of this endpoint cannot be read; make a new one."
