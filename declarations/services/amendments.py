"""New content for what was lodged: a version of its own, never without the change that was granted for it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from declarations.models import DeclarationVersion
from declarations.schemas import DeclarationMessage
from declarations.services.authority import Filing
from declarations.services.cargo import cargo_amend
from declarations.services.notices import parties_tell, step_record
from declarations.services.rows import content_columns, parts_insert
from declarations.types import Change, DeclarationSnapshot
from singlewindow.accounts.selectors import parties_known
from singlewindow.accounts.types import Actor, MandateScope
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import Conflict

VERSION_COLUMNS = (
    *("declaration_id", "version", "content", "content_sha256", "in_force_from", "made_by", "reason", "change_id"),
)
POINTERS_TOLD = 100
"""A notice names so many of the fields that changed; the whole difference stands at the request."""

STALE = "The declaration took another step in the meantime; read it again."


def filing_recorded(message: DeclarationMessage, filer: UUID, at: datetime) -> Filing:
    """The parties of a content as the window knows them, whoever decides on it; mandates were asked when it came."""
    names = [(party.id if party else None) or "" for party in (message.declarant, message.importer, message.exporter)]
    declarant, importer, exporter = names
    trader = exporter if message.direction == "export" else importer
    scope = MandateScope(message.direction)
    known = parties_known({declarant, trader} - {""}, agent_id=filer, scope=scope, at=at)
    return Filing(
        filer=filer,
        declarant_org=known[declarant].organisation_id if declarant in known else None,
        trader_org=known[trader].organisation_id if trader in known else None,
        declarant_identifier=declarant,
        importer_identifier=importer,
        exporter_identifier=exporter,
    )


def declaration_amend(
    work: Work,
    snapshot: DeclarationSnapshot,
    message: DeclarationMessage,
    *,
    change: Change,
    actor: Actor,
    at: datetime,
) -> DeclarationSnapshot:
    """Put new content in force under a change that is being granted; returns the declaration as it then stands.

    The states stay as they are. What follows for money, permits and control is the caller's, in this transaction.

    Locks: the caller holds the declaration's row; the update names version and states again. Then its bills.

    Source: docs/rules/changes.md, CH-VER-01 (domain.md K1, K11).

    Raises:
        Conflict: code `stale`, the declaration went on in the meantime.
        RuleViolated: CA-010, CA-012, the new content takes more from a bill than is left.
    """
    content, filing = message.canonical_bytes(), filing_recorded(message, snapshot.lodged_by, at)
    columns = content_columns(message, filing, content)
    work.execute("SELECT set_config('csw.change', %s, true)", [str(change.id)])
    _columns_write(work, snapshot, columns)
    work.execute("DELETE FROM declarations_goodsitem WHERE declaration_id = %s", [snapshot.id])
    work.execute("DELETE FROM declarations_transportequipment WHERE declaration_id = %s", [snapshot.id])
    parts_insert(work, snapshot.id, message)
    cargo_amend(work, snapshot.id, snapshot.mrn, message, actor)
    after = replace(
        snapshot,
        version=snapshot.version + 1,
        type_code=message.type_code,
        declarant_org=filing.declarant_org,
        trader_org=filing.trader_org,
        office=message.office or "",
        content_sha256=columns["content_sha256"],
        message=message,
    )
    _versions_keep(work, snapshot, after, content, change, actor, at)
    _tell(work, snapshot, after, change, actor, at)
    return after


def _columns_write(work: Work, snapshot: DeclarationSnapshot, columns: dict[str, Any]) -> None:
    assignments = ", ".join(f"{column} = %s" for column in columns)
    touched = work.execute(
        f"UPDATE declarations_declaration SET {assignments}, version = version + 1 "  # noqa: S608  (names of this module)
        "WHERE id = %s AND version = %s AND legal_state = %s AND goods_state = %s",
        [
            *columns.values(),
            snapshot.id,
            snapshot.version,
            snapshot.legal_state.value,
            snapshot.goods_state.value,
        ],
    )
    if touched != 1:
        raise Conflict(STALE, code="stale")


def _versions_keep(
    work: Work,
    before: DeclarationSnapshot,
    after: DeclarationSnapshot,
    content: bytes,
    change: Change,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep the new version and, the first time, what stood before it: most declarations are never amended."""
    rows: list[tuple[Any, ...]] = []
    if before.version == 1:
        kept = before.message.canonical_bytes()
        rows.append((before.id, 1, kept, before.content_sha256, before.lodged_at, before.submitter, "", None))
    rows.append(
        (after.id, after.version, content, after.content_sha256, at, actor.label, change.reason, change.id),
    )
    work.insert(DeclarationVersion, VERSION_COLUMNS, rows)


def _tell(
    work: Work, before: DeclarationSnapshot, after: DeclarationSnapshot, change: Change, actor: Actor, at: datetime
) -> None:
    data: dict[str, JsonValue] = {
        "mrn": after.mrn,
        "version": after.version,
        "change": change.number,
        "content": after.content_sha256,
    }
    step_record(
        work,
        declaration_id=after.id,
        actor=actor,
        verb=Verb.DECLARATION_AMENDED,
        at=at,
        data=data,
        before=before.digest(),
        after=after.digest(),
        reason=change.reason,
    )
    parties: tuple[UUID, ...] = tuple(dict.fromkeys((*before.parties, *after.parties)))
    parties_tell(
        work,
        parties=parties,
        declaration_id=after.id,
        type="amended",
        at=at,
        mrn=after.mrn,
        lrn=after.lrn,
        legal_state=after.legal_state,
        goods_state=after.goods_state,
        more={
            "version": after.version,
            "request": change.number,
            "decision": "granted",
            "reason": change.reason_code,
            "fields": len(change.difference),
            "pointers": [line["pointer"] for line in change.difference[:POINTERS_TOLD]],
        },
    )
