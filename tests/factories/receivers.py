"""Receivers of webhooks: a server in a thread that behaves as it is told, and a reference receiver that checks."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError


@dataclass
class Receiver:
    """What a receiver got, and how it answers."""

    port: int
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler, bytes], None] | None = None
    scheme: str = "http"
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/events"

    def of_type(self, type: str) -> list[dict[str, Any]]:
        return [value for value in (json.loads(body) for _, body in self.received) if value["type"] == type]


def echo(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Take everything, and answer a challenge with its text."""
    value = json.loads(body)
    text = json.dumps({"challenge": value["data"].get("challenge", "")}).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)


def refusing(status: int = 500) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Answer with a status of failure."""

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@contextmanager
def receiver(
    answer: Callable[[BaseHTTPRequestHandler, bytes], None] = echo, *, tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """A receiver on a loopback port of its own."""
    made: Receiver

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            made.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            assert made.answer is not None
            try:
                made.answer(self, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, peer = super().get_request()
            made.connections.append(str(peer[0]))
            return connection, peer

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made = Receiver(server.server_address[1], answer=answer, scheme="https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield int(server.getsockname()[1])


class ReferenceReceiver:
    """A receiver as the guide tells to write one: the signature, the time, and each id once."""

    def __init__(self, *secrets: str) -> None:
        self._checks = [Webhook(secret) for secret in secrets]
        self._seen: set[str] = set()

    def takes(self, headers: dict[str, str], body: bytes) -> bool:
        """Whether a message is genuine, fresh and new."""
        if not any(self._genuine(check, headers, body) for check in self._checks):
            return False
        known = headers["webhook-id"] in self._seen
        self._seen.add(headers["webhook-id"])
        return not known

    def _genuine(self, check: Webhook, headers: dict[str, str], body: bytes) -> bool:
        try:
            check.verify(body, headers)
        except (WebhookVerificationError, ValueError):
            return False
        return True


def fresh(seconds_ago: float = 0) -> datetime:
    """An instant so long ago."""
    return datetime.fromtimestamp(time.time() - seconds_ago, UTC)
