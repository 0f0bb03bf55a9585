"""One of the processes of the race of ledgers: some clients, each a thread with a connection of its own.

Reads a line of JSON for each round, waits with all clients of all processes at one barrier, acts, and answers with a
line: what came of each client.
"""

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import django

BARRIER = 7_305_001
"""The advisory lock that the test holds while the clients gather."""

Round = dict[str, Any]


def permits(told: Round, number: int) -> str:
    """Accept a declaration that cites one permit, or two in crossed order."""
    from agencies.services import permits_reserve
    from singlewindow.accounts.models import Organisation
    from singlewindow.db.work import unit_of_work
    from tests.factories.agencies import AT, citing, oranges, snapshot

    trader = Organisation.objects.get(pk=told["trader"])
    numbers = told["permits"][:: 1 if number % 2 else -1]
    message = oranges({"documents": citing(*numbers, quantity="1", unit="KGM")}, trader=trader.identifier)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, snapshot(message, of=trader), actor=_system(), at=AT)
    return "taken" if all(one.state.value == "reserved" for one in outcomes) else "refused"


def quotas(told: Round, number: int) -> str:
    """Claim; in the second step half the clients settle the day while the others give back."""
    from singlewindow.db.work import unit_of_work
    from singlewindow.kernel import clock
    from singlewindow.quotas.models import Quota
    from singlewindow.quotas.services import quota_return
    from singlewindow.quotas.services.book import day_over
    from tests.factories import quotas as made

    declaration_id = UUID(told["declarations"][number])
    if told["step"] == "claim":
        made.claimed(told["asked"], number=told["numbers"][number % len(told["numbers"])], id=declaration_id)
        return "claimed"
    if number % 2:
        for quota in Quota.objects.filter(order_number__in=told["numbers"]).order_by("order_number"):
            made.settle(quota, date.fromisoformat(told["day"]))
        return "settled"
    with clock.frozen(day_over(date.fromisoformat(told["day"]))), unit_of_work() as work:
        return "returned" if quota_return(work, declaration_id, actor=_system(), at=clock.now()) else "nothing"


def guarantees(told: Round, number: int) -> str:
    """Draw on a guarantee."""
    from singlewindow.kernel.errors import RuleViolated
    from tests.factories.guarantees import reserve

    try:
        reserve(told["grn"], told["amount"], subject=UUID(told["declarations"][number]))
    except RuleViolated:
        return "refused"
    return "taken"


def accounts(told: Round, number: int) -> str:
    """Pay one of the declarations; every one of them is asked for by two clients."""
    from fees.services import account_debit
    from singlewindow.db.work import unit_of_work

    with unit_of_work() as work:
        declaration_id = UUID(told["declarations"][number // 2])
        result = account_debit(work, declaration_id=declaration_id, organisation_id=UUID(told["trader"]))
    return result.state.value


def together(told: Round, number: int) -> str:
    """Permits, quotas, a guarantee and the account in one act, everything named in crossed order."""
    from agencies.services import permits_reserve
    from fees.services import account_debit
    from singlewindow.accounts.models import Organisation
    from singlewindow.db.work import unit_of_work
    from singlewindow.guarantees.services import guarantee_reserve
    from singlewindow.kernel.identifiers import uuid7
    from singlewindow.quotas.services import quota_claim
    from tests.factories.agencies import AT, citing, oranges, snapshot
    from tests.factories.guarantees import CODE, DAY

    way = 1 if number % 2 else -1
    trader = Organisation.objects.get(pk=told["trader"])
    items = [{"quota_order_number": one, "net_mass_kg": "1"} for one in told["numbers"][::way]]
    cited = citing(*told["permits"][::way], quantity="1", unit="KGM")
    message = oranges(*({**item, "documents": cited} for item in items), trader=trader.identifier)
    declaration = snapshot(message, of=trader, id=UUID(told["declarations"][number]))
    with unit_of_work() as work:
        permits_reserve(work, declaration, actor=_system(), at=AT)
        quota_claim(work, declaration, actor=_system(), at=AT)
        guarantee_reserve(
            work,
            grn=told["grn"],
            access_code=CODE,
            holder_ids=[trader.pk],
            subject_id=uuid7(),
            purpose="debt",
            amount_minor=1,
            currency="EUR",
            on=DAY,
            actor=_system(),
            at=AT,
        )
        account_debit(work, declaration_id=declaration.id, organisation_id=trader.pk)
    return "done"


ACTS: dict[str, Callable[[Round, int], str]] = {
    "permits": permits,
    "quotas": quotas,
    "guarantees": guarantees,
    "accounts": accounts,
    "together": together,
}


def _system() -> Any:
    from singlewindow.accounts.types import system_actor

    return system_actor("clearance")


def client(told: Round, number: int) -> str:
    """Wait at the barrier, then act once, without another try: whatever the database says reaches this client."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [BARRIER])
        cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [BARRIER])
        cursor.execute("SET lock_timeout = '20s'")
    try:
        return ACTS[told["act"]](told, number)
    except Exception as error:  # noqa: BLE001  (every failure is the test's to judge)
        cause = error.__cause__
        return f"{type(error).__name__} {getattr(cause, 'pgcode', '')} {error}"[:300]


def mutate(name: str) -> None:
    """Take a guard of the services out of this process; those of the database the test takes out itself."""
    if name:
        from tests.faults.mutants import MUTANTS

        MUTANTS[name]()


def main(first: int, count: int, mutant: str) -> None:
    """Serve rounds until the input ends."""
    django.setup()
    mutate(mutant)
    with ThreadPoolExecutor(count) as pool:
        for line in sys.stdin:
            told = json.loads(line)
            answers = list(pool.map(lambda number, told=told: client(told, number), range(first, first + count)))
            sys.stdout.write(json.dumps(answers) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.test")
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
