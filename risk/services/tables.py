"""Loading the tables of facts and entries of the alert list: stored at once, in force when a second person agrees."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from risk.models import AlertEntry, FactTables
from risk.rules.tables import TABLES, Row, fact_set_of, fact_set_version
from risk.selectors.rule_sets import rule_set_in_force
from risk.services.alerts import alert_propose, alert_value
from risk.services.proposals import rule_change_propose
from risk.states import AlertState
from risk.types import AlertKind, RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock

DATA = Path(__file__).resolve().parent.parent / "data"
ALERT_COLUMNS = ("kind", "value", "origin", "reason", "basis", "owner", "days")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has put before a second person."""

    fact_set_version: str
    proposals: tuple[UUID, ...]
    """Of the tables, if they are not those in force, and of each new entry of the alert list."""


def risk_load(*, actor: Actor, folder: Path = DATA) -> Loaded:
    """Store the tables of facts and propose them, with the entries of the alert list that are missing.

    Idempotent: what is in force already is not proposed; what waits is proposed anew.

    Raises:
        NotPermitted: the actor may not change risk, or is no person.
        ValueError: a file lacks a column, or a row does not have the form of its table.
    """
    actor.require(Permission.EDIT_RISK)
    document = {name: rows_read(folder / f"{name}.csv", columns) for name, columns in TABLES.items()}
    version = fact_set_version(document)
    fact_set_of(version, document)
    with unit_of_work() as work:
        if not FactTables.objects.filter(version=version).exists():
            work.insert(FactTables, ("version", "document"), [(version, document)])
            event_record(
                work,
                actor=actor,
                verb=Verb.REFERENCE_LOADED,
                subject_type="risk_facts",
                subject_id=version,
                data={name: len(rows) for name, rows in document.items()},
            )
            work.flush()
        proposals = list(_tables_propose(actor, version))
        proposals += [made for row in _alert_rows(folder) for made in _alert_propose_missing(actor, row)]
    return Loaded(version, tuple(proposals))


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


def _tables_propose(actor: Actor, version: str) -> Iterator[UUID]:
    if rule_set_in_force().tables != version:
        change = RuleChange(RuleChangeKind.TABLES, {"version": version})
        yield rule_change_propose(actor=actor, change=change, title=f"Tables of facts {version[:12]}")


def _alert_rows(folder: Path) -> Iterator[Row]:
    path = folder / "alerts.csv"
    if path.exists():
        yield from rows_read(path, ALERT_COLUMNS)


def _alert_propose_missing(actor: Actor, row: Row) -> Iterator[UUID]:
    kind = AlertKind(row["kind"])
    value = alert_value(kind, row["value"])
    standing = AlertEntry.objects.filter(kind=kind.value, value=value, origin=row["origin"])
    if standing.exclude(state=AlertState.ENDED.value).exists():
        return
    yield alert_propose(
        actor=actor,
        kind=kind,
        value=value,
        origin=row["origin"],
        reason=row["reason"],
        basis=row["basis"],
        owner=row["owner"],
        valid_to=clock.today() + timedelta(days=int(row["days"])),
    )
