"""The instance under measurement: the demonstration country without its trade, in a home of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.traces import value_of
from singlewindow.runtime.stack import Stack, stack_running
from singlewindow.settings.env import PROJECT_ROOT

DUE_SQL = "SELECT count(*) FROM jobs_job WHERE state = 'todo' AND not_before <= clock_timestamp()"


@contextmanager
def country_running(home: Path) -> Iterator[Stack]:
    """Run the instance, with people, money and tariff, and no declarations but ours."""
    with stack_running(home, environ={"CSW_DEMO": "false"}) as stack:
        environ = environment_of(home, database_url=stack.database_url, redis_url=stack.redis_url)
        for command in ("manage.py", "load_demo", "--count", "0"), ("-m", "benchmarks.fund"):
            subprocess.run([sys.executable, *command], cwd=PROJECT_ROOT, env=environ, check=True, capture_output=True)
        yield stack


def environment_of(home: Path, *, database_url: str, redis_url: str) -> Mapping[str, str]:
    """What a command beside the instance is told."""
    return {
        **os.environ,
        "CSW_HOME": str(home),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "singlewindow.settings.base",
    }


def settle(database_url: str, *, seconds: float = 60) -> None:
    """Wait until every job that is due was done.

    Raises:
        TimeoutError: some were not.
    """
    deadline = time.monotonic() + seconds
    while value_of(database_url, DUE_SQL):
        if time.monotonic() > deadline:
            raise TimeoutError("Jobs are still due; the instance does not keep up.")
        time.sleep(0.1)
