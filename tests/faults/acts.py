"""Acts that move money or permits, run in a process of their own that stops at a named point to be killed.

`python -m tests.faults.acts NAME POINT N ARGUMENTS`: does the act and stops just before (`before`) or just after
(`after`) the N-th commit, says so with its process id, and waits. What is done is the real act on the real database;
only the end of a transaction is watched.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]
Act = Callable[[Arguments], None]


def credit(given: Arguments) -> None:
    """The bank's money is booked; told again by somebody who got no answer."""
    from decimal import Decimal
    from uuid import UUID

    from fees.services import account_credit
    from singlewindow.accounts.types import system_actor
    from singlewindow.kernel.errors import Conflict

    try:
        account_credit(
            organisation_id=UUID(given["trader"]),
            amount=Decimal("500.00"),
            currency="EUR",
            reference=given["reference"],
            actor=system_actor("tests"),
        )
    except Conflict:
        return


def release(given: Arguments) -> None:
    """The job that accepts, assesses, reserves, debits and releases."""
    from clearance.tasks import decide

    decide(given["jobs"])


def demand(given: Arguments) -> None:
    """A demand is paid from the account."""
    from uuid import UUID

    from fees.services.demands import demands_lock, demands_pay
    from singlewindow.accounts.types import system_actor
    from singlewindow.db.work import unit_of_work

    with unit_of_work() as work:
        found = demands_lock(work, [UUID(given["demand"])])
        demands_pay(work, found, payer_id=UUID(given["trader"]), actor=system_actor("tests"))


def invalidation(given: Arguments) -> None:
    """Goods that wait for money are given up: what was reserved comes back."""
    from uuid import UUID

    from singlewindow.accounts.models import User
    from singlewindow.accounts.selectors import actor_of_user
    from singlewindow.kernel.errors import Conflict, TransitionRefused
    from tests.factories.changes import invalidate

    try:
        invalidate(UUID(given["declaration"]), actor_of_user(User.objects.get(pk=given["user"])))
    except (Conflict, TransitionRefused):
        return


def amendment(given: Arguments) -> None:
    """An officer grants another price of released goods: assessed anew, and the difference moves at once."""
    from uuid import UUID

    from clearance.services.changes import change_decision
    from singlewindow.accounts.models import User
    from singlewindow.accounts.selectors import actor_of_user
    from singlewindow.kernel.errors import Conflict, TransitionRefused

    try:
        change_decision(
            actor=actor_of_user(User.objects.get(pk=given["user"])),
            declaration_id=UUID(given["declaration"]),
            number=given["number"],
            grant=True,
            reason="The invoice says so.",
        )
    except (Conflict, TransitionRefused):
        return


def lodgement(given: Arguments) -> None:
    """Software lodges with a key, and sends the same again when no answer came."""
    from django.test import Client

    answer = Client().post(
        "/api/v1/declarations",
        json.dumps(given["body"]),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {given['token']}",
        HTTP_IDEMPOTENCY_KEY=given["key"],
    )
    assert answer.status_code == 201, answer.content


def callback(given: Arguments) -> None:
    """The job that applies what a provider told."""
    from singlewindow.payments.tasks import apply

    apply(given["jobs"])


def month(given: Arguments) -> None:
    """The timer that closes a month, and its holder, who pays it."""
    from uuid import UUID

    from singlewindow.accounts.models import User
    from singlewindow.accounts.selectors import actor_of_user
    from singlewindow.revenue.services import statement_pay
    from singlewindow.revenue.tasks import close

    close(given["jobs"])
    statement_pay(statement_id=UUID(given["statement"]), actor=actor_of_user(User.objects.get(pk=given["user"])))


def refund(given: Arguments) -> None:
    """A second officer approves a repayment, and it is paid."""
    from uuid import UUID

    from singlewindow.accounts.models import User
    from singlewindow.accounts.selectors import actor_of_user
    from singlewindow.kernel.errors import TransitionRefused
    from singlewindow.revenue.services import claim_approve

    try:
        claim_approve(claim_id=UUID(given["claim"]), actor=actor_of_user(User.objects.get(pk=given["user"])))
    except TransitionRefused:
        return


def bank_file(given: Arguments) -> None:
    """A treasurer loads a file of the bank, and loads it again when no answer came."""
    from singlewindow.accounts.models import User
    from singlewindow.accounts.selectors import actor_of_user
    from singlewindow.payments.services.statements import statements_load

    statements_load(body=given["body"].encode(), actor=actor_of_user(User.objects.get(pk=given["user"])))


def quota_day(given: Arguments) -> None:
    """The job that settles the day of a quota, and those that follow for the declarations of it."""
    from datetime import date

    from clearance.tasks import quota_settled
    from singlewindow.jobs.models import Job
    from singlewindow.kernel import clock
    from singlewindow.quotas.services.book import day_over
    from singlewindow.quotas.tasks import allocate

    with clock.frozen(day_over(date.fromisoformat(given["day"]))):
        allocate(given["jobs"])
    jobs = Job.objects.filter(kind=quota_settled.name, subject_id=given["declaration"])
    quota_settled(list(jobs.values_list("pk", flat=True)))


DONE = (credit, release, demand, invalidation, amendment, lodgement, callback, month, refund, bank_file, quota_day)
ACTS: dict[str, Act] = {act.__name__: act for act in DONE} | {"release_on_guarantee": release}


def _watch(point: str, number: int) -> None:
    """Stop at the end of the N-th whole transaction that wrote something."""
    from django.db import connection
    from django.db.transaction import Atomic

    plain, seen = Atomic.__exit__, [0]

    def stop() -> None:
        sys.stdout.write(f"reached {os.getpid()}\n")
        sys.stdout.flush()
        time.sleep(60)

    def watched(self: Any, kind: Any, value: Any, trace: Any) -> Any:
        outermost, writes = not connection.savepoint_ids, False
        if outermost and kind is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
                writes = cursor.fetchone()[0]
            seen[0] += writes
        mine = writes and seen[0] == number
        if mine and point == "before":
            stop()
        done = plain(self, kind, value, trace)
        if mine and point == "after":
            stop()
        return done

    Atomic.__exit__ = watched  # type: ignore[method-assign]


def main() -> None:
    """Do one act, stopping where told."""
    import django

    django.setup()
    name, point, number, given = sys.argv[1:]
    _watch(point, int(number))
    ACTS[name](json.loads(given))
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
