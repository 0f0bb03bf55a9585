"""Every part is killed while traders file: nothing lost, nothing twice, nothing stuck, each alert once.

The parts are ended by their stored process ids. The clients do what a careful client does: send again, with the same
Idempotency-Key, until there is an answer.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from queue import Empty, Queue
from typing import Any

import psycopg2
import pytest

from singlewindow.demo.people import CLIENT_ID, CLIENT_SECRET
from singlewindow.runtime.stack import Stack, home_made, stack_running
from singlewindow.settings.env import PROJECT_ROOT
from tests.factories.declarations import import_json, item_json

pytestmark = [pytest.mark.serial, pytest.mark.faults]

FILED = 500
RISKY_EVERY = 25
CLIENTS = 4
KILLS = {60: "worker", 150: "relay", 240: "broker", 330: "database", 420: "web"}
"""How many declarations were acknowledged when each part is killed."""

SETTLED_WITHIN_S = 60.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with home_made() as home, stack_running(home, environ={"CSW_DEMO": "false"}) as running:
        environ = {
            **os.environ,
            "CSW_HOME": str(home),
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "DJANGO_SETTINGS_MODULE": "singlewindow.settings.base",
        }
        for command in ("load_demo", "--count", "0"), ("check",):
            subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT_ROOT, env=environ, check=True)
        yield running


def _rows(stack: Stack, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement; a database that is just being started again is waited for."""
    for _ in range(100):
        try:
            connection = psycopg2.connect(stack.database_url)
        except psycopg2.OperationalError:
            time.sleep(0.2)
            continue
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()
    raise AssertionError("the database did not come back")


def _risky(lrn: str) -> dict[str, Any]:
    item = item_json(1, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
    item["price"] = {"amount": "3", "currency": "EUR"}
    whole = import_json(1, lrn=lrn) | {"items": [item], "invoice_total": item["price"], "total_packages": 1}
    return whole | {"total_gross_mass_kg": item["gross_mass_kg"]}


class Trader:
    """Several clients that file from one list until it is empty."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.todo: Queue[int] = Queue()
        self.answers: dict[int, list[str]] = {number: [] for number in range(FILED)}
        self.acknowledged = 0
        self.refused: list[str] = []
        self._lock = threading.Lock()
        self._token = ""
        for number in range(FILED):
            self.todo.put(number)

    def work(self) -> None:
        while True:
            try:
                number = self.todo.get_nowait()
            except Empty:
                return
            lrn = f"FAULT-{number:05d}"
            plain = _risky(lrn) if number % RISKY_EVERY == 0 else import_json(2, lrn=lrn)
            mrn = self._until_answered(number, json.dumps(plain).encode())
            with self._lock:
                self.answers[number].append(mrn)
                self.acknowledged += 1

    def _until_answered(self, number: int, body: bytes) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                return str(json.loads(self._post(number, body))["mrn"])
            except urllib.error.HTTPError as error:
                if error.code == 401:
                    self._token = ""
                elif error.code not in {409, 500, 502, 503}:
                    self.refused.append(f"{error.code} {error.read()[:300]!r}")
                    return ""
            except (OSError, ValueError):
                pass  # no answer, or half of one: send the same request again
            time.sleep(0.1)
        raise AssertionError(f"declaration {number} was never answered")

    def _post(self, number: int, body: bytes) -> bytes:
        headers = {
            "Authorization": f"Bearer {self._token or self._sign_in()}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"fault-{number}",
        }
        request = urllib.request.Request(f"{self.stack.address}/api/v1/declarations", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())

    def _sign_in(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        body = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{self.stack.address}/oauth/token", body, timeout=20) as answer:
            self._token = str(json.loads(answer.read())["access_token"])
        return self._token


def _kill_on_the_way(stack: Stack, trader: Trader) -> list[str]:
    killed = []
    for after, part in KILLS.items():
        while trader.acknowledged < after:
            time.sleep(0.01)
        old = stack.kill(part, whole=True)
        stack.wait_for_another(part, old)
        killed.append(part)
    return killed


def _settle(stack: Stack) -> float:
    """Wait until no job is due; how long that took."""
    begun = time.monotonic()
    due = "SELECT count(*) FROM jobs_job WHERE state = 'todo' AND not_before <= clock_timestamp()"
    while _rows(stack, due) != [(0,)]:
        if time.monotonic() - begun > SETTLED_WITHIN_S:
            stuck = _rows(stack, "SELECT kind, started, sent, last_error FROM jobs_job WHERE state = 'todo' LIMIT 5")
            raise AssertionError(f"jobs are stuck: {stuck}")
        time.sleep(0.2)
    return time.monotonic() - begun


def test_killing_every_part_loses_nothing_doubles_nothing_and_leaves_nothing_stuck(stack: Stack) -> None:
    trader = Trader(stack)
    clients = [threading.Thread(target=trader.work) for _ in range(CLIENTS)]
    [client.start() for client in clients]
    assert _kill_on_the_way(stack, trader) == list(KILLS.values())
    [client.join() for client in clients]
    _settle(stack)

    assert trader.refused == []
    acknowledged = {mrn for mrns in trader.answers.values() for mrn in mrns}
    stored = {mrn for (mrn,) in _rows(stack, "SELECT mrn FROM declarations_declaration")}
    assert len(acknowledged) == FILED
    assert stored == acknowledged

    risky = FILED // RISKY_EVERY
    states = dict(_rows(stack, "SELECT legal_state, count(*) FROM declarations_declaration GROUP BY 1"))
    sampled = _rows(stack, "SELECT count(*) FROM risk_riskassessment WHERE random_selected")[0][0]
    assert states.get("ACCEPTED", 0) <= risky + sampled
    assert states["CLEARED"] == FILED - states["ACCEPTED"]
    once = "SELECT count(*), count(DISTINCT subject_id) FROM audit_event WHERE verb = '{}'"
    for verb, times in (("declaration.registered", FILED), ("declaration.released", states["CLEARED"])):
        assert _rows(stack, once.format(verb)) == [(times, times)]
    debits = (
        "SELECT count(*), count(DISTINCT declaration_id) FROM fees_ledgertransaction WHERE declaration_id IS NOT NULL"
    )
    assert _rows(stack, debits) == [(states["CLEARED"], states["CLEARED"])]
    assert _rows(stack, "SELECT sum(amount_minor) FROM fees_posting") == [(0,)]
    assert _rows(stack, "SELECT count(*) FROM jobs_job WHERE state = 'dead'") == [(0,)]


def test_each_alert_comes_once_although_the_worker_and_the_relay_die_while_alerts_are_due(stack: Stack) -> None:
    waiting = _rows(stack, "SELECT count(*) FROM clearance_case WHERE closed_at IS NULL")[0][0]
    assert waiting >= FILED // RISKY_EVERY
    _rows(stack, "UPDATE jobs_job SET not_before = now() WHERE kind = 'clearance.clock' AND state = 'todo'")
    for part in ("worker", "relay", "broker"):
        stack.wait_for_another(part, stack.kill(part, whole=True))
    _settle(stack)
    alerts = _rows(stack, "SELECT kind, count(*), count(DISTINCT case_id) FROM clearance_alert GROUP BY 1 ORDER BY 1")
    assert alerts == [(kind, waiting, waiting) for kind in ("amber", "late_list", "red")]
