"""A pytest plugin: one embedded PostgreSQL and broker for the whole run, shared by its parallel workers.

Loaded by `-p` in pyproject.toml, because the servers must listen before pytest-django reads the settings.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from singlewindow.runtime.servers import servers_running
from singlewindow.runtime.translations import translations_compile

_running = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Start the servers, unless DATABASE_URL names one: a real one, or the one of the run that started us."""
    del early_config, parser
    if "DATABASE_URL" not in os.environ and not {"-h", "--help", "--version", "-V"} & set(args):
        _start()
    yield


def _start() -> None:
    translations_compile()
    home = Path(tempfile.mkdtemp(prefix="csw-test-"))
    home.chmod(0o711)  # run as root, PostgreSQL takes another user and must get to its folder
    _running.callback(shutil.rmtree, home, ignore_errors=True)
    places = _running.enter_context(servers_running(home, durable=False))
    os.environ["DATABASE_URL"] = places.database_url
    os.environ["REDIS_URL"] = places.redis_url
    os.environ["CSW_HOME"] = str(home)


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    _running.close()
