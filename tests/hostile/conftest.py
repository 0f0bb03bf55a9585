"""What every hostile test asks: the answer is a problem with a stable code, and nothing was left behind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.clearance import country_load
from tests.factories.third_party import Software

Nothing = Callable[..., AbstractContextManager[None]]
TABLES_SQL = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1"


def row_counts() -> dict[str, int]:
    """How many rows each table of the database has, and how many files were kept."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES_SQL)
        counts = [f"SELECT '{name}', count(*) FROM \"{name}\"" for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(counts))
        tables = dict(cursor.fetchall())
    return tables | {"files": sum(path.is_file() for path in (settings.CSW_HOME / "files").rglob("*"))}


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The country as it is shipped, loaded once for a module and taken away after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def nothing_left(db: None) -> Nothing:
    """A block after which every table and the folder of files have what they had before."""

    @contextmanager
    def block(*but: str) -> Iterator[None]:
        before = row_counts()
        yield
        after = row_counts()
        changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
        assert changed.keys() <= set(but), changed

    return block


@pytest.fixture
def software(db: None) -> Software:
    """The software of a trader, ZZIMP0001."""
    return Software(accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd"))


@pytest.fixture
def stranger(db: None) -> Software:
    """The software of another trader, who has nothing to do with the first."""
    return Software(accounts.organisation(identifier="ZZIMP0666", name="Nosy Trading"))


def refused(response: Any, status: int, code: str = "") -> dict[str, Any]:
    """The problem of a refusal, with the code expected or, where the code ends in a dot, one of that family."""
    assert response.status_code == status, (response.status_code, response.content[:400])
    assert response["Content-Type"] == "application/problem+json"
    problem = dict(response.json())
    assert problem["status"] == status
    assert not code or problem["code"] == code or (code.endswith(".") and problem["code"].startswith(code)), problem
    assert b"Traceback" not in response.content
    assert len(response.content) < 20_000
    return problem


@pytest.fixture
def admin_like(db: None) -> Client:
    """A browser of an officer who may enter every page of the desk."""
    browser = Client(raise_request_exception=False)
    browser.force_login(accounts.user(Role.SUPERVISOR), backend="django.contrib.auth.backends.ModelBackend")
    return browser
