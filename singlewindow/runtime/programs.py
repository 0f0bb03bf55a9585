"""The five programs of the project itself, as the supervisor starts them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from singlewindow.runtime.processes import Program
from singlewindow.settings.env import PROJECT_ROOT, Component, Environment

GUNICORN_SETTINGS = Path(__file__).with_name("gunicorn_settings.py")


def base_environment(read: Environment, *, database_url: str, redis_url: str) -> dict[str, str]:
    """Return what every process of one instance is told."""
    return {
        "CSW_HOME": str(read.home),
        "PORT": str(read.port),
        "CSW_BIND": read.bind,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
        # Numeric libraries would start threads in every forked process, which costs more than it brings here.
        "OMP_NUM_THREADS": "1",
    }


def project_programs(read: Environment, base: Mapping[str, str]) -> tuple[Program, ...]:
    """Return web, worker, relay, beat and courier, in the order in which they start."""
    celery = (sys.executable, "-m", "celery", "-A", "singlewindow.celery")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    concurrency = ("--concurrency", str(read.worker_concurrency))
    beat_file = str(read.home / "run" / "beat-schedule")
    argvs = {
        Component.WEB: (
            sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_SETTINGS), "singlewindow.wsgi:application",
        ),
        Component.WORKER: (*celery, "worker", "--pool", "prefork", *concurrency, *quiet),
        Component.RELAY: (sys.executable, "manage.py", "relay"),
        Component.BEAT: (*celery, "beat", "--schedule", beat_file, "--pidfile", "", "--loglevel", "WARNING"),
        Component.COURIER: (sys.executable, "manage.py", "courier"),
    }  # fmt: skip
    return tuple(
        Program(str(component), argv, env={**base, "CSW_COMPONENT": str(component)}, cwd=PROJECT_ROOT)
        for component, argv in argvs.items()
    )
