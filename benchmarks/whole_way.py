"""CPU of the whole way, lodge to decision, against one durable transaction that writes the same rows."""

from itertools import chain

from benchmarks.clients import Client, lodge_all
from benchmarks.cpu import cpu_seconds
from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import settle
from benchmarks.limit import Pgbench, pgbench_of
from benchmarks.traces import Written, rows_written, shape, value_of
from singlewindow.runtime.servers import places_for
from singlewindow.runtime.stack import Stack

ROUNDS = 5
DECLARATIONS = 100
TRANSACTIONS = 800
CLIENTS = 4
WARM_UP = 60
GOAL = 10.0
OURS = ("web", "relay", "worker", "broker", "database")

NEW_EACH_TIME = {
    "id": "uuidv7()",
    "mrn": "'26ZZ' || lpad(nextval('bench_limit.serial')::text, 14, '0')",
    "lrn": "'LIMIT-' || nextval('bench_limit.serial')",
}


def measure(stack: Stack) -> None:
    """Print what a declaration costs from the request to its release."""
    clients = tuple(Client(stack.port).signed_in() for _ in range(CLIENTS))
    lodge_all(clients, (f"WAY-WARM-{number:04d}" for number in range(WARM_UP)))
    settle(stack.database_url)
    written, known = _traced(stack, clients[0])
    program = places_for(stack.home).postgres_bin / "pgbench"
    ours: list[dict[str, float]] = []
    limit: list[float] = []
    with pgbench_of(program, stack.database_url, written, known) as pgbench:
        pgbench.run(transactions=CLIENTS * 20, clients=CLIENTS)
        for number in range(ROUNDS):
            ours.append(_ours(stack, clients, number))
            limit.append(_limit(stack, pgbench))
    value_of(stack.database_url, "DROP SCHEMA bench_limit CASCADE; SELECT 1")
    _print(ours, limit, written)


def _traced(stack: Stack, client: Client) -> tuple[tuple[Written, ...], dict[str, str]]:
    """The rows of one declaration that went the whole way by itself, and what makes its names new."""
    for attempt in range(5):
        receipt: dict[str, str] = {}

        def lodge(receipt: dict[str, str] = receipt, attempt: int = attempt) -> None:
            receipt |= client.lodge(f"WAY-TRACE-{attempt}")
            settle(stack.database_url)

        written = rows_written(stack.database_url, lodge)
        if client.get(f"/api/v1/declarations/{receipt['id']}")["released_at"]:
            return written, {receipt[name]: sql for name, sql in NEW_EACH_TIME.items()}
    raise RuntimeError("Five low-risk declarations were all held: something is wrong.")


def _ours(stack: Stack, clients: tuple[Client, ...], number: int) -> dict[str, float]:
    """CPU milliseconds of each part for one declaration."""
    pids = stack.pids()
    before = {part: cpu_seconds([pids[part]]) for part in OURS}
    lodge_all(clients, (f"WAY-{number}-{serial:05d}" for serial in range(DECLARATIONS)))
    settle(stack.database_url)
    return {part: (cpu_seconds([pids[part]]) - before[part]) / DECLARATIONS * 1000 for part in OURS}


def _limit(stack: Stack, pgbench: Pgbench) -> float:
    """CPU milliseconds of one transaction, client and server together."""
    pid = stack.pids()["database"]
    before = cpu_seconds([pid])
    client = pgbench.run(transactions=TRANSACTIONS, clients=CLIENTS)
    return (client + cpu_seconds([pid]) - before) / TRANSACTIONS * 1000


def _print(ours: list[dict[str, float]], limit: list[float], written: tuple[Written, ...]) -> None:
    totals = [sum(parts.values()) for parts in ours]
    ratio = ratios(totals, limit)
    line(
        name="whole_way_cpu",
        goal=GOAL,
        met=ratio.median <= GOAL,
        ratio=ratio.output(),
        ours_ms=Spread.of(totals).output(),
        parts_ms={part: Spread.of([parts[part] for parts in ours]).output() for part in OURS},
        limit_ms=Spread.of(limit).output(),
        rounds=ROUNDS,
        declarations_a_round=DECLARATIONS,
        transactions_a_round=TRANSACTIONS,
        clients=CLIENTS,
        rows=sum(len(part.rows) for part in written),
        bytes=sum(part.bytes for part in written),
        tables=shape(written),
        statement_bytes=sum(len(value or "") for part in written for value in chain.from_iterable(part.rows)),
    )
