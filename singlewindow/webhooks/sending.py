"""One attempt: connect to the checked address, send, read a little of the answer, and be done in bounded time.

No redirect is followed, no proxy of the environment is asked, nothing is kept open.

Source: reliability.md 2.4 and S1.
"""

import contextlib
import socket
import ssl
import threading
import time
from functools import cache

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.webhooks.addresses import addresses_checked, target_of
from singlewindow.webhooks.signing import headers_of
from singlewindow.webhooks.types import EXCERPT, LIMITS, DeliveryKind, Limits, Outcome, Parcel, Target

AGENT = "singlewindow-webhooks/1"
CHUNK = 8_192
ERROR_LENGTH = 200


class _TimeOver(Exception):
    """The whole attempt took longer than it may."""


def parcel_send(parcel: Parcel, *, limits: Limits = LIMITS) -> Outcome:
    """Make one attempt and say what came of it; never raises, never takes much longer than `limits.total_s`."""
    began = time.monotonic()
    status, error, body, address = None, "", b"", ""
    if not parcel.secrets:
        return Outcome(None, "The secret of this endpoint cannot be read; make a new one.", 0)
    try:
        target = target_of(parcel.url)
        addresses = addresses_checked(target)
        status, body, address = _exchange(parcel, target, addresses, limits, began)
        error = _fault(parcel, status, body)
    except RuleViolated as refusal:
        error = f"{refusal.violations[0].rule}: {refusal.detail}"
    except _TimeOver:
        error = f"No complete answer within {limits.total_s:g} seconds."
    except TimeoutError:
        error = "No answer in time."
    except ssl.SSLCertVerificationError as fault:
        error = f"The certificate is not accepted: {fault.verify_message}."
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as fault:
        error = f"{type(fault).__name__}: {fault}"
    except Exception as fault:  # noqa: BLE001  (http.client raises what a stranger's bytes make it raise)
        error = f"The answer cannot be read: {type(fault).__name__}."
    latency = int((time.monotonic() - began) * 1000)
    return Outcome(
        status,
        _plain(error)[:ERROR_LENGTH],
        latency,
        _plain(body[: EXCERPT * 4].decode(errors="replace"))[:EXCERPT],
        address,
    )


def _fault(parcel: Parcel, status: int, body: bytes) -> str:
    if 300 <= status < 400:
        return "A redirect is not followed."
    if not 200 <= status < 300:
        return f"The answer was {status}."
    if parcel.kind is DeliveryKind.CHALLENGE and parcel.expect.encode() not in body:
        return "The answer does not hold the text of the challenge."
    return ""


def _plain(text: str) -> str:
    """Text of a stranger without the characters that a database or a terminal takes amiss."""
    return "".join(character if character.isprintable() else " " for character in text)


def _exchange(
    parcel: Parcel, target: Target, addresses: tuple[str, ...], limits: Limits, began: float
) -> tuple[int, bytes, str]:
    connection, address = _connected(target, addresses, limits)
    over = threading.Event()
    watch = threading.Timer(max(0.05, limits.total_s - (time.monotonic() - began)), _cut, (connection, over))
    watch.daemon = True
    watch.start()
    try:
        headers = headers_of(parcel.message_id, clock.now(), parcel.body, parcel.secrets)
        headers |= {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        connection.request(
            "POST", target.path, body=parcel.body, headers=headers, preload_content=False, decode_content=False
        )
        response = connection.getresponse()
        return response.status, _read(response, limits), address
    except Exception as fault:
        if over.is_set():
            raise _TimeOver from fault
        raise
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: HTTPConnection, over: threading.Event) -> None:
    """End an exchange whose time is over from outside: a peer that sends a byte now and then keeps no thread."""
    over.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _read(response: urllib3.BaseHTTPResponse, limits: Limits) -> bytes:
    """At most so many bytes of the answer; the rest is left unread."""
    body = b""
    while len(body) < limits.body_bytes:
        chunk = response.read(min(CHUNK, limits.body_bytes - len(body)))
        if not chunk:
            break
        body += chunk
    return body


def _connected(target: Target, addresses: tuple[str, ...], limits: Limits) -> tuple[HTTPConnection, str]:
    """A connection to the first checked address that answers, under the name of the host (SNI and Host)."""
    fault: OSError | None = None
    for address in addresses[:2]:
        try:
            return _connect(target, address, limits), address
        except ssl.SSLError:
            raise
        except OSError as error:
            fault = error
    raise fault or OSError("The host has no address.")


def _connect(target: Target, address: str, limits: Limits) -> HTTPConnection:
    raw = socket.create_connection((address, target.port), timeout=limits.connect_s)
    try:
        if target.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(target.host, target.port, timeout=limits.read_s)
            connection.sock = _tls(settings.WEBHOOK_CA_FILE).wrap_socket(raw, server_hostname=target.host)
        else:
            connection = HTTPConnection(target.host, target.port, timeout=limits.read_s)
            connection.sock = raw
        connection.sock.settimeout(limits.read_s)
    except BaseException:
        raw.close()
        raise
    return connection


@cache
def _tls(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
