"""A pytest plugin: an embedded PostgreSQL and broker for each process that runs tests.

Each parallel worker has servers of its own, because one server's databases share their transaction numbers: a feed
that waits for older transactions would wait for those of the neighbour's tests.

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

OURS = "SINGLEWINDOW_TEST_SERVERS"
"""Set where the addresses in the environment are of this plugin's making, and not the user's."""

_running = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Start the servers, unless DATABASE_URL names a real one."""
    del early_config, parser
    real = "DATABASE_URL" in os.environ and OURS not in os.environ
    if not real and not {"-h", "--help", "--version", "-V"} & set(args):
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
    os.environ[OURS] = "1"


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    _running.close()
