"""A client over HTTP that keeps its connection, as third-party software does."""

import http.client
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any

from benchmarks.messages import message
from singlewindow.demo.people import CLIENT_ID, CLIENT_SECRET

PATH = "/api/v1/declarations"


class Client:
    """One connection to one server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._token = ""

    def signed_in(self) -> "Client":
        """Fetch an access token for what follows."""
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        body = urllib.parse.urlencode(form).encode()
        answer = self._ask("POST", "/oauth/token", body, {"Content-Type": "application/x-www-form-urlencoded"})
        self._token = str(answer["access_token"])
        return self

    def lodge(self, lrn: str) -> dict[str, Any]:
        """Lodge one declaration; the receipt."""
        return self.lodge_body(lrn, message(lrn))

    def lodge_body(self, lrn: str, body: bytes) -> dict[str, Any]:
        """Lodge a declaration that was made before; the receipt."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": lrn}
        return self._ask("POST", PATH, body, headers)

    def get(self, path: str) -> dict[str, Any]:
        """Read one resource."""
        return self._ask("GET", path, b"", {})

    def connect(self) -> None:
        """Open the connection anew: a server ends one that was idle. Raises OSError while nobody listens."""
        self._connection.close()
        self._connection.connect()

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        if self._token:
            headers = headers | {"Authorization": f"Bearer {self._token}"}
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status not in {200, 201}:
            raise RuntimeError(f"{method} {path} was answered with {response.status}: {content[:500]!r}")
        return dict(json.loads(content))


def lodge_all(clients: Iterable[Client], lrns: Iterable[str]) -> None:
    """Lodge one declaration for each number, every client as fast as it is answered."""
    todo: SimpleQueue[str] = SimpleQueue()
    for lrn in lrns:
        todo.put(lrn)

    def work(client: Client) -> None:
        client.connect()
        while True:
            try:
                lrn = todo.get_nowait()
            except Empty:
                return
            client.lodge(lrn)

    in_threads([lambda client=client: work(client) for client in clients])  # type: ignore[misc]


def in_threads(acts: Iterable[Callable[[], None]]) -> None:
    """Run these at the same time to their end; the first failure is raised here."""
    failures: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  (handed on below)
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
