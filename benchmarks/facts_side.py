"""Facts of declarations in a process of its own: of a party with one earlier declaration, and of one with a long past.

`python -m benchmarks.facts_side` prints one JSON object. CPU is that of this process and of its database backend.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import django
import psutil

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

from django.db import connection

from benchmarks.messages import message
from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationSnapshot
from risk.models import PartyDay, PartyMonth, TradeSeen
from risk.rules.consignment import consignment_of
from risk.rules.record import record_of
from risk.selectors.facts import facts_for, facts_for_many
from risk.selectors.past import asked_of
from risk.services import goods_fold, history_update
from risk.types import HistoryEvent
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7

ROUNDS, CALLS, BATCH = 7, 60, 1_000
YEARS = 25
SEEN = 50_000
"""Partners that the thick party traded with before."""


def snapshot(trader: str) -> DeclarationSnapshot:
    """A declaration of ten items of a trader, not stored."""
    content = DeclarationMessage.model_validate_json(message("FACTS"))
    party = {"id": trader, "name": trader}
    plain = content.canonical() | {"importer": party, "declarant": party, "exporter": {"id": f"{trader}X"}}
    content = DeclarationMessage.model_validate(plain)
    now = clock.now()
    return DeclarationSnapshot(
        id=uuid7(), mrn="", lrn=content.lrn, version=1, direction="import", type_code=content.type_code,
        channel=Channel.JSON, lodged_by=uuid7(), declarant_org=None, trader_org=None, submitter="", office="ZZ000101",
        legal_state=LegalState.REGISTERED, goods_state=GoodsState.PRESENTED, content_sha256="", lodged_at=now,
        presented_at=now, accepted_at=now, released_at=None, expires_at=None, message=content,
    )  # fmt: skip


def past_make(of: DeclarationSnapshot, *, thick: bool) -> None:
    """One acceptance; of a thick past every day and month of many years beside it, and all that was ever seen."""
    with unit_of_work() as work:
        history_update(work, of, event=HistoryEvent.ACCEPTED)
    if not thick:
        return
    today = clock.today()
    for side, party in asked_of(of).parties:
        days = (today - timedelta(days=back) for back in range(1, 93))
        PartyDay.objects.bulk_create([PartyDay(side=side, party=party, day=day, declarations=400) for day in days])
        months = (date(today.year - back // 12, 12 - back % 12, 1) for back in range(12 * YEARS))
        rows = [PartyMonth(side=side, party=party, month=month, declarations=9_000) for month in months]
        PartyMonth.objects.bulk_create(rows, ignore_conflicts=True)
        seen = (f"{party}-{number}" for number in range(SEEN))
        TradeSeen.objects.bulk_create(
            [TradeSeen(side=side, party=party, kind="pair", value=value, first_seen=today) for value in seen],
            batch_size=5_000,
        )


def cpu_of(act: Callable[[], object]) -> float:
    """Milliseconds of CPU, here and in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    there, here = sum(backend.cpu_times()[:2]), time.process_time()
    act()
    return (time.process_time() - here + sum(backend.cpu_times()[:2]) - there) * 1000


def main() -> None:
    """Measure, and print."""
    thin, thick = snapshot("FACTSTHIN"), snapshot("FACTSTHICK")
    past_make(thin, thick=False)
    past_make(thick, thick=True)
    for _ in range(40):
        with unit_of_work() as work:
            history_update(work, replace(thin, id=uuid7()), event=HistoryEvent.ACCEPTED)
    goods_fold()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    batch = [replace(thick if number % 2 else thin, id=uuid7()) for number in range(BATCH)]
    known = facts_for(thin)
    consignment = consignment_of(thin.message, known)

    def many(of: DeclarationSnapshot) -> float:
        return cpu_of(lambda: [facts_for(of) for _ in range(CALLS)]) / CALLS

    def records() -> float:
        return cpu_of(lambda: [record_of(consignment, known) for _ in range(CALLS)]) / CALLS

    many(thin), many(thick)
    found: dict[str, list[float]] = {"thin": [], "thick": [], "batch": [], "record": []}
    for _ in range(ROUNDS):
        found["thin"].append(many(thin))
        found["thick"].append(many(thick))
        found["batch"].append(cpu_of(lambda: facts_for_many(batch)) / BATCH)
        found["record"].append(records())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
