"""A warning is raised in the transaction that finds its reason, and the port is told to hold the goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from clearance.rules.matching import Difference
from clearance.services.cases import case_values
from clearance.services.warnings.port import port_of, port_tell
from clearance.types import WarningKind
from declarations.types import DeclarationSnapshot
from risk.types import Lane, RiskResult
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.selectors import profile
from singlewindow.reference.types import WarningScheme

DUE = "WarningDue"
REASONS_MOST = 20
RAISE_SQL = """
INSERT INTO clearance_warning (id, declaration_id, version, kind, mrn, office, mode, importer, goods, reasons, told,
    since, raised_at, seconds, due_at, acknowledged_by, lifted_why)
VALUES (%(id)s, %(declaration)s, %(version)s, %(kind)s, %(mrn)s, %(office)s, %(mode)s, %(importer)s, %(goods)s,
    %(reasons)s::jsonb, %(told)s::uuid[], %(since)s, %(at)s, %(seconds)s, %(due)s, '', '')
ON CONFLICT (declaration_id, version, kind) DO NOTHING RETURNING id
"""
SUPERSEDE_SQL = """
UPDATE clearance_warning SET lifted_at = greatest(%s, raised_at), lifted_why = 'superseded'
WHERE declaration_id = %s AND kind = %s AND version < %s AND lifted_at IS NULL
RETURNING id
"""


def warning_raise(
    work: Work, snapshot: DeclarationSnapshot, result: RiskResult, *, actor: Actor, at: datetime, since: datetime
) -> UUID | None:
    """Warn the targeting desk of goods on their way that meet a hard profile, an alert or RED, and the port with it.

    Locks: the caller holds the declaration's row.

    Idempotent: one warning a version.

    Args:
        since: when the version was lodged or took force.

    Source: docs/rules/clearance.md, CL-WRN-01, CL-WRN-02; domain.md F28.
    """
    if not (result.hard or result.lane is Lane.RED):
        return None
    scheme = profile(at.date()).warning
    if scheme is None:
        return None
    reasons = [
        {"rule": reason.rule, "text": reason.reason}
        for reason in result.reasons
        if reason.lane is not None or reason.points > 0
    ]
    told = port_of(snapshot.office)
    found = _Reason(WarningKind.ARRIVAL, reasons, since, told)
    raised = _write(work, snapshot, found, scheme, actor=actor, at=at)
    if raised is not None:
        superseded = work.fetch(SUPERSEDE_SQL, [at, snapshot.id, WarningKind.ARRIVAL.value, snapshot.version])
        port_tell(work, raised, snapshot, told, replaces=[row[0] for row in superseded], at=at)
    return raised


def warning_of_left(
    work: Work, snapshot: DeclarationSnapshot, found: Sequence[Difference], *, actor: Actor, at: datetime
) -> UUID | None:
    """Warn the targeting desk of released goods that turned out to differ; no port is told, they are not there.

    Idempotent: one warning a version.

    Source: docs/rules/matching.md, MT-012.
    """
    scheme = profile(at.date()).warning
    if scheme is None:
        return None
    reasons = [{"rule": one.rule, "text": f"{one.subject}: {one.expected} / {one.found}"} for one in found]
    return _write(work, snapshot, _Reason(WarningKind.LEFT, reasons, at, []), scheme, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class _Reason:
    kind: WarningKind
    reasons: list[dict[str, str]]
    since: datetime
    told: list[UUID]


def _write(
    work: Work, snapshot: DeclarationSnapshot, found: _Reason, scheme: WarningScheme, *, actor: Actor, at: datetime
) -> UUID | None:
    transport = snapshot.message.transport
    mode = (transport.border_mode or "") if transport else ""
    shown = case_values(snapshot, lane=Lane.RED, score=0, at=at)
    due, seconds = at + scheme.time_for(mode), max(0, int((at - found.since).total_seconds()))
    values: Mapping[str, object] = {
        "id": uuid7(),
        "declaration": snapshot.id,
        "version": snapshot.version,
        "kind": found.kind.value,
        "mrn": snapshot.mrn,
        "office": snapshot.office,
        "mode": mode,
        "importer": shown.importer,
        "goods": shown.goods,
        "reasons": orjson.dumps(found.reasons[:REASONS_MOST]).decode(),
        "told": [str(one) for one in found.told],
        "since": found.since,
        "at": at,
        "seconds": seconds,
        "due": due,
    }
    rows = work.fetch(RAISE_SQL, values)
    if not rows:
        return None
    raised: UUID = rows[0][0]
    event_record(
        work,
        actor=actor,
        verb=Verb.WARNING_RAISED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={
            "mrn": snapshot.mrn,
            "warning": str(raised),
            "version": snapshot.version,
            "kind": found.kind.value,
            "seconds": seconds,
            "due_at": due.isoformat(),
            "told": [str(one) for one in found.told],
        },
        at=at,
    )
    queue(work, DUE, subject_id=str(raised), dedup=str(raised), not_before=due, priority=2, actor=actor)
    return raised
