"""Bringing the reference tables to what is shipped, and publishing exchange rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.reference.files import Provenance, content_checksum, provenance
from singlewindow.reference.loading import LOADS, Columns, Load
from singlewindow.reference.models import DataSource, RateEntry
from singlewindow.reference.selectors import profile, reference_refresh
from singlewindow.reference.types import ReferenceMissing

LOAD_LOCK = 0x7265666C
"""Advisory lock of a load: two machines that start together load once."""

BATCH = 2000


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did with one set of files."""

    name: str
    rows: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged_file: bool = False


def reference_load(*, actor: Actor, progress: Callable[[LoadResult], None] = lambda result: None) -> list[LoadResult]:
    """Bring the tables to what is shipped; a set of files whose checksum is the loaded one costs nothing.

    Rows that came from elsewhere, such as rates published by hand, stay as they are.

    Locks: one advisory lock, so that only one load runs at a time.

    Idempotent: a second load changes nothing.

    Raises:
        DataDamaged: a shipped file differs from its released checksum; nothing is loaded.
    """
    described = provenance()
    checksums = {load.name: content_checksum(load.files, load.packages) for load in LOADS}
    results = []
    with unit_of_work() as work:
        work.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        loaded = dict(DataSource.objects.values_list("name", "checksum"))
        for load in LOADS:
            result = _load_one(load, checksums[load.name], loaded.get(load.name), described[load.files[0]])
            progress(result)
            results.append(result)
        _record(work, actor, results, checksums)
    transaction.on_commit(reference_refresh)
    reference_refresh()
    return results


def _load_one(load: Load, checksum: str, loaded: str | None, described: Provenance) -> LoadResult:
    if checksum == loaded:
        rows = DataSource.objects.get(pk=load.name).rows
        return LoadResult(load.name, rows, unchanged_file=True)
    result = _synchronise(load)
    DataSource.objects.update_or_create(
        name=load.name,
        defaults={
            "title": described.title,
            "authority": described.authority,
            "licence": described.licence,
            "checksum": checksum,
            "rows": result.rows,
            "loaded_at": clock.now(),
        },
    )
    return result


def _synchronise(load: Load) -> LoadResult:
    """Add, change and remove the rows of one set so that the table holds exactly what the files say."""
    shipped = {tuple(row[column] for column in load.key): row for row in load.rows()}
    manager = load.model._default_manager
    stored = {tuple(getattr(row, column) for column in load.key): row for row in manager.filter(_of(load, shipped))}
    ours = {key: row for key, row in stored.items() if _source(row) == load.name}
    removed = [row.pk for key, row in ours.items() if key not in shipped]
    if removed:
        manager.filter(pk__in=removed).delete()
    changed = [row for key, row in ours.items() if key in shipped and _update(row, shipped[key])]
    added = [load.model(**columns, source=load.name) for key, columns in shipped.items() if key not in stored]
    if changed:
        names = [name for name in next(iter(shipped.values())) if name not in load.key]
        manager.bulk_update(changed, names, batch_size=BATCH)
    manager.bulk_create(added, batch_size=BATCH)
    _check_deferred()
    return LoadResult(load.name, len(shipped), len(added), len(changed), len(removed))


def _of(load: Load, shipped: Mapping[Any, Columns]) -> models.Q:
    """Rows this set may touch: its own, and in the shared table of codes those of the same list."""
    lists = {row["list"] for row in shipped.values() if "list" in row}
    return models.Q(list__in=lists) if lists else models.Q()


def _source(row: models.Model) -> str:
    return str(row.source)  # type: ignore[attr-defined]  # every table of a load is Versioned


def _update(row: models.Model, columns: Columns) -> bool:
    """Set the columns that differ; True when one did."""
    differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _check_deferred() -> None:
    """Check overlaps now, so that an error names the set that caused it and not the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _record(work: Work, actor: Actor, results: Iterable[LoadResult], checksums: Mapping[str, str]) -> None:
    for result in results:
        if result.unchanged_file:
            continue
        data = {"rows": result.rows, "added": result.added, "changed": result.changed, "removed": result.removed}
        event_record(
            work,
            actor=actor,
            verb=Verb.REFERENCE_LOADED,
            subject_type="reference",
            subject_id=result.name,
            data=data,
            after=checksums[result.name],
        )


def exchange_rates_publish(
    *, rates: Mapping[str, Decimal], valid_from: date, decision: str, actor: Actor
) -> tuple[str, ...]:
    """Publish rates from a day on; the rates in force until then end the day before.

    Locks: the open rates of the same currencies.

    Args:
        rates: units of the currency that one unit of the country's currency buys.
        decision: reference of the decision that set the rates.

    Raises:
        ReferenceMissing: a rate is not above zero, or a later rate of the currency is already published.
    """
    base = profile(valid_from).currency
    if any(rate <= 0 for rate in rates.values()):
        raise ReferenceMissing("An exchange rate is above zero.", code="reference.rate_not_positive")
    with unit_of_work() as work:
        # SQL has no say on the order of locks of an IN list; one order for everyone avoids deadlocks.
        held = RateEntry.objects.select_for_update().filter(base=base, currency__in=sorted(rates)).order_by("pk")
        open_rates = [row for row in held if row.valid_to is None or row.valid_to >= valid_from]
        late = sorted(row.currency for row in open_rates if row.valid_from >= valid_from)
        if late:
            raise ReferenceMissing(f"Later rates are published already: {', '.join(late)}.", code="reference.overlap")
        for row in open_rates:
            # The row now follows this decision; a later load must not restore what the shipped file says.
            row.valid_to, row.source = valid_from - timedelta(days=1), decision[:80]
        RateEntry.objects.bulk_update(open_rates, ["valid_to", "source"])
        RateEntry.objects.bulk_create(
            RateEntry(base=base, currency=currency, rate=rate, valid_from=valid_from, source=decision[:80])
            for currency, rate in sorted(rates.items())
        )
        event_record(
            work,
            actor=actor,
            verb=Verb.REFERENCE_LOADED,
            subject_type="exchange_rates",
            subject_id=valid_from.isoformat(),
            data={currency: str(rate) for currency, rate in sorted(rates.items())},
            reason=decision,
        )
    transaction.on_commit(reference_refresh)
    reference_refresh()
    return tuple(sorted(rates))
