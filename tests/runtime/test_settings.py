"""Settings: the driver, the sentences for what is wrong, and what must hold on any machine."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from singlewindow.runtime.checks import lodgement_checks_resolve, message_doors_resolve, reactions_resolve
from singlewindow.settings.env import PROJECT_ROOT, Environment, database_from_url, secret_key_for, unknown_variables


def run_check(**environ: str) -> "subprocess.CompletedProcess[str]":
    """Run Django's checks in a process of their own, with these variables set."""
    return subprocess.run(
        [sys.executable, "-m", "singlewindow.runtime", "run"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db
def test_the_database_driver_is_psycopg2():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        assert cursor.fetchone()[0].startswith("18")
    assert connection.Database.__name__ == "psycopg2"


@pytest.mark.django_db
def test_waits_on_the_database_are_bounded():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('timezone')")
        assert cursor.fetchone() == ("3s", "UTC")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty', which is wrong"),
        ({"PORT": "70000"}, "PORT is '70000', which is wrong"),
        ({"CSW_PROT": "1"}, "CSW_PROT is not a variable of this project."),
        ({"CSW_DEBG": "1"}, "Did you mean CSW_DEBUG?"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL is 'mysql://a@b/c', which is wrong"),
        ({"REDIS_URL": "amqp://a"}, "REDIS_URL is 'amqp://a', which is wrong"),
        ({"CSW_SECRET_KEY": "short"}, "must have at least 50 characters"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_a_sentence(environ, sentence):
    result = run_check(**environ)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("environ", "loaded"),
    [({}, True), ({"CSW_TLS": "true"}, False), ({"CSW_TLS": "true", "CSW_DEMO": "true"}, True)],
    ids=["on a desk", "behind TLS", "behind TLS, wanted"],
)
def test_the_demonstration_whose_passwords_are_known_is_not_loaded_behind_tls_unasked(monkeypatch, environ, loaded):
    for name in ("CSW_TLS", "CSW_DEMO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert Environment().demo is loaded


def test_variables_of_others_are_no_concern_of_ours():
    assert unknown_variables({"PATH": "x", "PYTHONPATH": "y", "CSW_HOME": "z"}) == []


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first = secret_key_for(tmp_path / "home")
    assert len(first) >= 50
    assert secret_key_for(tmp_path / "home") == first
    mode = (tmp_path / "home" / "secret-key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    ("url", "host", "port", "name"),
    [
        ("postgresql://u:p%40@db.example:6432/csw", "db.example", "6432", "csw"),
        ("postgresql://postgres@/csw?host=/tmp/sockets", "/tmp/sockets", "", "csw"),
        ("postgres://u@h", "h", "", "csw"),
    ],
    ids=["a server", "a socket", "no name"],
)
def test_a_database_address_is_read(url, host, port, name):
    read = database_from_url(url)
    assert (read["HOST"], read["PORT"], read["NAME"]) == (host, port, name)


def test_a_killed_task_is_over_before_its_lease():
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < settings.JOBS_LEASE_S
    assert settings.JOBS_LEASE_S < settings.CELERY_VISIBILITY_TIMEOUT


def test_every_entry_of_the_wiring_tables_resolves():
    assert reactions_resolve(None) == []
    assert lodgement_checks_resolve(None) == []
    assert message_doors_resolve(None) == []


def test_a_wiring_entry_that_leads_nowhere_is_reported(settings):
    settings.REACTIONS = {"SomethingHappened": ["nobody.does_this"]}
    settings.LODGEMENT_CHECKS = ["singlewindow.settings.env.nothing", "singlewindow.settings.env.PROJECT_ROOT"]
    assert [problem.id for problem in reactions_resolve(None)] == ["runtime.E001"]
    assert [problem.id for problem in lodgement_checks_resolve(None)] == ["runtime.E002"] * 2


def test_a_family_of_messages_that_leads_nowhere_or_has_no_doors_is_found_at_start(settings):
    settings.MESSAGE_FAMILIES = {"json": "declarations.messages.family.NOTHING", "cds-dec": "decimal.Decimal"}
    assert [problem.id for problem in message_doors_resolve(None)] == ["runtime.E003"] * 2


def test_scripts_and_styles_need_a_nonce_or_our_own_origin():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert not any("unsafe" in str(source) for sources in directives.values() for source in sources)
    assert directives["frame-ancestors"] == ["'none'"]
