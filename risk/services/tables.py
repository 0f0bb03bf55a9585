"""Loading the tables of facts and the alert list."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction

from risk.models import AlertEntry, FactTables
from risk.rules.consignment import name_key
from risk.rules.tables import TABLES, Row, fact_set_of, fact_set_version
from risk.services.assess import rule_set_commit
from risk.types import AlertKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound
from singlewindow.kernel.identifiers import uuid7

DATA = Path(__file__).resolve().parent.parent / "data"
ALERT_COLUMNS = ("kind", "value", "origin", "reason", "basis", "owner", "days")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed."""

    fact_set_version: str
    fact_set_new: bool
    rule_set_new: bool
    alerts_new: int


def risk_load(*, actor: Actor, folder: Path = DATA) -> Loaded:
    """Load the tables of facts, commit the rule set and add the entries of the alert list that are missing.

    Idempotent: what is loaded already stays as it is.

    Raises:
        ValueError: a file lacks a column, or a row does not have the form of its table.
    """
    document = {name: rows_read(folder / f"{name}.csv", columns) for name, columns in TABLES.items()}
    version = fact_set_version(document)
    fact_set_of(version, document)
    with unit_of_work() as work:
        rule_set_new = rule_set_commit(work, actor=actor)
        newest = FactTables.objects.order_by("-id").values_list("version", flat=True).first()
        if newest != version:
            work.insert(FactTables, ("version", "document"), [(version, document)])
            event_record(
                work,
                actor=actor,
                verb=Verb.REFERENCE_LOADED,
                subject_type="risk_facts",
                subject_id=version,
                data={name: len(rows) for name, rows in document.items()},
            )
        alerts = sum(_alert_add_missing(work, actor, row) for row in _alert_rows(folder))
    return Loaded(version, newest != version, rule_set_new, alerts)


def rows_read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a table's file, sorted, so that the order of lines makes no other version.

    Raises:
        ValueError: the columns are not those of the table.
    """
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            raise ValueError(f"{path.name}: the columns must be {', '.join(columns)}")
        rows = [{name: (row[name] or "").strip() for name in columns} for row in reader]
    return sorted(rows, key=lambda row: tuple(row.values()))


def _alert_rows(folder: Path) -> Iterator[Row]:
    path = folder / "alerts.csv"
    if path.exists():
        yield from rows_read(path, ALERT_COLUMNS)


def _alert_add_missing(work: Work, actor: Actor, row: Row) -> int:
    kind = AlertKind(row["kind"])
    value = alert_value(kind, row["value"])
    if AlertEntry.objects.filter(kind=kind.value, value=value, origin=row["origin"], ended_at=None).exists():
        return 0
    valid_to = clock.today() + timedelta(days=int(row["days"]))
    _alert_insert(work, actor, kind, value, row["origin"], row["reason"], row["basis"], row["owner"], valid_to)
    return 1


def alert_value(kind: AlertKind, text: str) -> str:
    """The value of an alert in the form in which declarations are compared with it."""
    return name_key(text) if kind is AlertKind.NAME else "".join(text.split()).upper()


def alert_add(
    *,
    actor: Actor,
    kind: AlertKind,
    value: str,
    reason: str,
    basis: str,
    owner: str,
    valid_to: date,
    origin: str = "",
) -> None:
    """Put a party, name, container or commodity on the alert list until a day, 180 days off at most.

    Raises:
        NotPermitted: the actor may not change the list.
        Conflict: it stands on the list already, or the day is too far off or past.
    """
    actor.require(Permission.EDIT_RISK)
    try:
        with unit_of_work() as work, transaction.atomic():
            _alert_insert(work, actor, kind, alert_value(kind, value), origin, reason, basis, owner, valid_to)
            work.flush()
    except IntegrityError as error:
        raise Conflict("This stands on the list already, or its last day is past or over 180 days off.") from error


def alert_end(*, actor: Actor, alert_id: str, reason: str) -> None:
    """Take an entry off the alert list; it stays on record.

    Raises:
        NotPermitted: the actor may not change the list.
        NotFound: no such entry is in force.
    """
    actor.require(Permission.EDIT_RISK)
    with unit_of_work() as work:
        if not AlertEntry.objects.filter(pk=alert_id, ended_at=None).update(ended_at=clock.now()):
            raise NotFound
        event_record(
            work,
            actor=actor,
            verb=Verb.ALERT_LIST_CHANGED,
            subject_type="alert_entry",
            subject_id=alert_id,
            data={"change": "ended"},
            reason=reason,
        )


def _alert_insert(
    work: Work,
    actor: Actor,
    kind: AlertKind,
    value: str,
    origin: str,
    reason: str,
    basis: str,
    owner: str,
    valid_to: date,
) -> None:
    alert_id = uuid7()
    columns = ("id", "kind", "value", "origin", "reason", "basis", "owner", "valid_from", "valid_to")
    row = (alert_id, kind.value, value, origin, reason, basis, owner, clock.today(), valid_to)
    work.insert(AlertEntry, columns, [row])
    event_record(
        work,
        actor=actor,
        verb=Verb.ALERT_LIST_CHANGED,
        subject_type="alert_entry",
        subject_id=str(alert_id),
        data={"change": "added", "kind": kind.value, "until": valid_to.isoformat()},
        reason=reason,
    )
