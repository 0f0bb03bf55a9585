"""Writing a version of the data: rows begin and end with it, and its digest covers every row that stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField

from fees.models import Charge, Measure, TariffVersion
from fees.services.accounts import account_open
from fees.services.tariff.sheets import CHARGES, SHEETS, Row, Sheet
from fees.types import VersionBasis
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.selectors import profile

LOAD_LOCK: Final = 0x66656573
"""One version at a time (advisory lock): two that start together come one after the other."""


@dataclass(slots=True)
class Replaced:
    """What becomes of the rows of one sheet: which begin, and which of those that stand end."""

    added: list[Row] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


Changes = Mapping[str, Replaced]
"""By the name of the sheet."""


def version_lock(work: Work) -> TariffVersion | None:
    """The version that stands, kept from being followed by another until the transaction ends.

    Locks: the tariff as a whole.
    """
    work.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
    return TariffVersion.objects.order_by("-id").first()


def standing_rows(sheet: Sheet) -> dict[int, Row]:
    """The rows of a sheet that stand now, by their id."""
    rows = sheet.model._default_manager.filter(version_to=None).values_list("pk", *sheet.columns)
    return {row_id: dict(zip(sheet.columns, values, strict=True)) for row_id, *values in rows}


def charges_publish(work: Work, *, rows: Iterable[Row], ended: Iterable[int] = (), actor: Actor) -> TariffVersion:
    """Put charges into the schedule as a new version of the data; no other row of the tariff changes with it.

    Whether they may be published is decided by who calls.

    Locks: the tariff as a whole.

    Args:
        rows: values of every column of `fees_charge` but the versions.
        ended: ids of standing charges that this version ends.

    Raises:
        RuleViolated: no tariff is loaded yet.
    """
    if version_lock(work) is None:
        raise RuleViolated("No tariff is loaded.", violations=[Violation("FE-TAR-09", "", "No tariff is loaded.")])
    changes = {CHARGES.name: Replaced(list(rows), list(ended))}
    return version_write(work, changes, basis=VersionBasis.SCHEDULE, actor=actor)


def version_write(
    work: Work, changes: Changes, *, basis: VersionBasis, actor: Actor, change_id: UUID | None = None
) -> TariffVersion:
    """Make the next version of the data: its rows begin, what it replaces ends; its digest covers all that stands.

    The tariff is locked already (`version_lock`).

    Source: docs/rules/fees.md, FE-TAR-07 and FE-TAR-09.
    """
    digest = _digest(changes)
    version = TariffVersion.objects.create(sha256=digest, loaded_at=clock.now(), basis=basis.value, change_id=change_id)
    added = ended = 0
    for sheet in SHEETS:
        change = changes.get(sheet.name)
        if change is not None:
            sheet.model._default_manager.filter(pk__in=change.ended).update(version_to=version.pk)
            _insert(work, sheet, change.added, version.pk)
            added, ended = added + len(change.added), ended + len(change.ended)
    accounts_open(work)
    event_record(
        work,
        actor=actor,
        verb=Verb.TARIFF_LOADED,
        subject_type="tariff",
        subject_id=str(version),
        data={"sha256": digest, "added": added, "ended": ended, "basis": basis.value},
    )
    return version


def accounts_open(work: Work) -> None:
    """Every authority that is ever owed something has an account before the first payment."""
    currency = profile(clock.today()).currency
    levying = set(Measure.objects.values_list("authority", flat=True).distinct())
    levying |= set(Charge.objects.values_list("authority", flat=True).distinct())
    for authority in sorted(levying):
        account_open(work, "authority", authority=authority, currency=currency)
    for kind in ("cash", "suspense"):
        account_open(work, kind, currency=currency)


def _digest(changes: Changes) -> str:
    """The digest of every row that will stand: the same tariff has the same one, whichever way it came."""
    standing: dict[str, list[str]] = {}
    for sheet in SHEETS:
        change = changes.get(sheet.name, Replaced())
        gone = set(change.ended)
        keys = [sheet.key(row) for row_id, row in standing_rows(sheet).items() if row_id not in gone]
        standing[sheet.name] = sorted(keys + [sheet.key(row) for row in change.added])
    return sha256_hex(canonical_bytes(standing))


def _insert(work: Work, sheet: Sheet, rows: Iterable[Row], version_id: int) -> None:
    """Add the rows by COPY: a nomenclature has thousands."""
    arrays = {column for column in sheet.columns if isinstance(sheet.field(column), ArrayField)}
    values = [(version_id, *(_stored(row[name], name in arrays) for name in sheet.columns)) for row in rows]
    if values:
        work.flush()
        work.insert(sheet.model, ("version_from_id", *sheet.columns), values)
        work.copy()


def _stored(value: Any, array: bool) -> Any:
    """A value as COPY writes it; an array of texts is written in PostgreSQL's own form."""
    if array:
        return "{" + ",".join(orjson.dumps(part).decode() for part in value) + "}"
    return value.isoformat() if isinstance(value, date) else value
