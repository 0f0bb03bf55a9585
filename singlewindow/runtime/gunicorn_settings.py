"""How gunicorn serves: the application is loaded once and forked, each worker with a few threads."""

from pathlib import Path
from typing import Any

from singlewindow.settings.env import environment

_read = environment()

bind = f"{_read.bind}:{_read.port}"
workers = _read.web_workers
worker_class = "gthread"
threads = _read.web_threads
preload_app = True
timeout = 30
graceful_timeout = 5
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# A heartbeat file on a slow disk would stall the worker; not every system has this folder in memory.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
accesslog = None
loglevel = "warning"
proc_name = "csw-web"


def pre_fork(server: Any, worker: Any) -> None:
    """Close the connections that loading may have opened: a forked copy of one corrupts both."""
    from django.db import connections

    del server, worker
    connections.close_all()


def when_ready(server: Any) -> None:
    """Load in the parent what every worker would load for itself."""
    from singlewindow.runtime.warm import warm

    del server
    warm()
