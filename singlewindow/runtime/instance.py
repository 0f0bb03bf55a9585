"""One instance: its servers, its set-up and its processes in the foreground, until somebody stops it."""

import contextlib
import signal
import socket
import sys
import time
from collections.abc import Iterator
from types import FrameType

import psutil

from singlewindow.runtime import servers
from singlewindow.runtime.lock import home_locked
from singlewindow.runtime.prepared import is_prepared, prepared_record
from singlewindow.runtime.processes import Child, Program, start
from singlewindow.runtime.programs import base_environment, project_programs
from singlewindow.runtime.servers import Places, ServerFailed
from singlewindow.runtime.supervisor import Supervisor
from singlewindow.settings.env import PROJECT_ROOT, Component, Environment

READY = "ready"
"""The file in the run folder that stands while the instance answers."""


class PortBusy(RuntimeError):
    """Another program listens on the port."""


class _StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent a signal. Not an Exception: nothing on the way may swallow it."""


def say(line: str) -> None:
    """Print one line of progress."""
    print(line, flush=True)  # noqa: T201  (the terminal is this module's page)


def instance_run(read: Environment) -> None:
    """Run everything in the foreground until Ctrl-C or SIGTERM, then end everything.

    Raises:
        HomeBusy: another instance holds the home. PortBusy: the port is taken. ServerFailed: no server, no start.
    """
    begun = time.monotonic()
    address = f"http://{read.bind}:{read.port}/"
    with home_locked(read.home, address=address) as found:
        for sentence in found:
            say(sentence)
        port_check(read.bind, read.port)
        places = servers.places_for(read.home)
        supervisor = Supervisor(places, say)
        (places.run / READY).unlink(missing_ok=True)
        try:
            with _stopping_on_signals():
                _bring_up(read, places, supervisor)
                _announce(places, address, time.monotonic() - begun)
                while True:
                    supervisor.look_after()
                    time.sleep(0.05)
        except _StopAsked:
            say("\nStopping ...")
        finally:
            _end(places, supervisor)
        say("Every process has ended.")


def _end(places: Places, supervisor: Supervisor) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave a process behind
    (places.run / READY).unlink(missing_ok=True)
    places.record.unlink(missing_ok=True)
    supervisor.stop()


def _bring_up(read: Environment, places: Places, supervisor: Supervisor) -> None:
    database_url, redis_url = _servers_start(read, places, supervisor)
    servers.addresses_record(places, database_url=database_url, redis_url=redis_url)
    base = base_environment(read, database_url=database_url, redis_url=redis_url)
    if is_prepared(read, database_url):
        say("Tables and data are up to date.")
    else:
        _prepare(base)
        prepared_record(read, database_url)
    say("Starting web, worker, relay, beat and courier ...")
    children = {program.name: supervisor.start(program) for program in project_programs(read, base)}
    _wait_for_web(read, places, children[Component.WEB])


def _servers_start(read: Environment, places: Places, supervisor: Supervisor) -> tuple[str, str]:
    """Start the servers that no variable names; both come up at the same time."""
    waits = []
    if not read.redis_url:
        waits.append((servers.broker_answers, supervisor.start(servers.broker_program(places, durable=True))))
    if not read.database_url:
        if not (places.database / "ready").exists():
            say("Making the embedded PostgreSQL ...")
        servers.database_initialise(places, durable=True)
        waits.append((servers.database_answers, supervisor.start(servers.database_program(places, durable=True))))
    for answers, child in waits:
        servers.wait_until(answers, child, places)
        say(f"The embedded {child.program.name} answers.")
    if not read.database_url:
        servers.database_create(places)
    return read.database_url or places.database_url, read.redis_url or places.redis_url


def _prepare(base: dict[str, str]) -> None:
    program = Program("setup", (sys.executable, "-m", "singlewindow.runtime.setup"), env=base, cwd=PROJECT_ROOT)
    process = start(program, output=sys.stdout.fileno())
    try:
        code = process.wait()
    except _StopAsked:
        process.kill()
        process.wait()
        raise
    if code:
        raise ServerFailed("The set-up failed; the reason is above. Nothing was started.")


def _wait_for_web(read: Environment, places: Places, web: Child) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection((read.bind, read.port), timeout=1):
            return
        log = places.log / "web.log"
        if web.exit_code() is not None:
            raise ServerFailed(f"The web server ended at once. Its log {log} ends:\n{servers.tail(log, 20)}")
        if time.monotonic() > deadline:
            raise ServerFailed(f"The web server did not answer in 60 s. See {log}.")
        time.sleep(0.02)


def _announce(places: Places, address: str, seconds: float) -> None:
    accounts = places.home / "accounts.txt"
    if accounts.exists():
        say("\n" + accounts.read_text().rstrip())
    (places.run / READY).write_text(address)
    say(f"\nReady in {seconds:.1f} s: {address}   (logs in {places.log}; Ctrl-C stops everything)")


def port_check(bind: str, port: int) -> None:
    """Make sure that the web server will get its port.

    Raises:
        PortBusy: it will not; the text says who has it where that can be seen.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise PortBusy(
                f"Port {port} on {bind} cannot be used{_holder_of(port)}: {error.strerror}. "
                f"Choose another: make run PORT={port + 1 if port < 65535 else 8001}"
            ) from None


def _holder_of(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", 0) == port
            if listens and connection.pid:
                return f", process {connection.pid} ({psutil.Process(connection.pid).name()}) listens there"
    return ""


@contextlib.contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _StopAsked

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield
