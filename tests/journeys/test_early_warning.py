"""On the whole stack: goods that are lodged before they arrive warn desk and port within a minute (domain.md F28)."""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from singlewindow.demo.people import CLIENT_ID, CLIENT_SECRET
from singlewindow.runtime.stack import Stack, home_made, stack_running
from singlewindow.settings.env import PROJECT_ROOT
from tests.factories.declarations import import_json, item_json

pytestmark = pytest.mark.serial

WITHIN_S = 60.0


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
        load = [sys.executable, "manage.py", "load_demo", "--count", "0"]
        subprocess.run(load, cwd=PROJECT_ROOT, env=environ, check=True)
        yield running


def rows(stack: Stack, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(stack.database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())
    finally:
        connection.close()


def sent(stack: Stack, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(f"{stack.address}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.loads(answer.read()))


def arms_on_their_way() -> dict[str, Any]:
    item = item_json(1, description="parts", commodity_code="9303300000", origin="KP", boxes=1)
    item["price"] = {"amount": "3", "currency": "EUR"}
    whole = import_json(1, presented=False) | {"items": [item], "invoice_total": item["price"], "total_packages": 1}
    return whole | {"total_gross_mass_kg": item["gross_mass_kg"]}


def test_F28_the_warning_stands_and_the_port_is_told_within_a_minute_of_lodging(stack: Stack) -> None:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    token = sent(stack, "/oauth/token", urllib.parse.urlencode(form).encode(), {})["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": "warn-1"}
    begun = time.monotonic()
    mrn = sent(stack, "/api/v1/declarations", json.dumps(arms_on_their_way()).encode(), headers)["mrn"]
    told = (
        "SELECT w.seconds, (SELECT count(*) FROM audit_partyevent e "
        "WHERE e.type = 'hold_instruction' AND e.subject_id = w.id::text) "
        f"FROM clearance_warning w WHERE w.mrn = '{mrn}'"
    )
    while not (found := rows(stack, told)):
        assert time.monotonic() - begun < WITHIN_S, "no warning within a minute of lodging"
        time.sleep(0.1)
    assert time.monotonic() - begun < WITHIN_S
    ((seconds, terminals),) = found
    assert seconds < WITHIN_S
    assert terminals == 1, "the terminal of the port"
