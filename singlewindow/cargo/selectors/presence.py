"""Whether the goods of a declaration are here, and whose goods an arrival brings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from singlewindow.cargo.selectors.bills import mine_sql
from singlewindow.cargo.types import ArrivalSubject, Movement
from singlewindow.kernel import clock

KEPT_IN_MIND = timedelta(days=30)
"""How long an arrival that was told of a container or a reference speaks for a declaration that is lodged later."""

CITING_SQL = """
SELECT DISTINCT declaration_id FROM cargo_citation WHERE kind = %(kind)s AND reference = ANY(%(references)s)
"""
OF_MANIFEST_SQL = """
WITH here AS (
    SELECT id, reference_key FROM cargo_bill WHERE manifest_id = %(manifest)s AND state = 'LIVE'
    UNION
    SELECT h.id, h.reference_key FROM cargo_bill h JOIN cargo_bill b ON b.id = h.master_id
    WHERE b.manifest_id = %(manifest)s AND h.state = 'LIVE')
SELECT declaration_id FROM cargo_citation c
WHERE c.kind = 'bill' AND c.reference IN (SELECT reference_key FROM here)
UNION
SELECT declaration_id FROM cargo_citation c
WHERE c.kind = 'container'
  AND c.reference IN (SELECT container_id FROM cargo_billcontainer WHERE bill_id IN (SELECT id FROM here))
UNION
SELECT declaration_id FROM cargo_citation c WHERE c.kind = 'manifest' AND c.reference = %(reference)s
"""
UNDER_MASTER_SQL = """
SELECT ucr FROM (
    SELECT DISTINCT ON (ucr) ucr, act, master_ucr FROM cargo_consolidation WHERE ucr <> '' ORDER BY ucr, id DESC) now
WHERE act = 'associate' AND master_ucr = ANY(%s)
"""
LAST_TOLD_SQL = """
SELECT DISTINCT ON (subject, reference) subject, reference, movement, happened_at FROM cargo_arrival
WHERE subject = %(subject)s AND reference = ANY(%(references)s) AND happened_at > %(since)s
  AND movement IN ('arrived', 'departed')
ORDER BY subject, reference, id DESC
"""
CITED_SQL = "SELECT kind, reference FROM cargo_citation WHERE declaration_id = %s"
LINK_SQL = "SELECT direction, keys, mrn FROM cargo_cargolink WHERE declaration_id = %s"
BILLS_SQL = """
SELECT b.reference_key, max(b.arrived_at), bool_or({mine}) FROM cargo_bill b
WHERE b.reference_key = ANY(%(references)s) AND b.state = 'LIVE' GROUP BY b.reference_key
"""
MASTER_OF_SQL = """
SELECT master_ucr FROM (
    SELECT DISTINCT ON (ucr) ucr, act, master_ucr FROM cargo_consolidation
    WHERE ucr = ANY(%s) ORDER BY ucr, id DESC) now
WHERE act = 'associate'
"""


def declarations_met(subject: ArrivalSubject, reference: str, manifest_id: UUID | None = None) -> list[UUID]:
    """The declarations that name what has arrived or left; whether they may be presented is asked for each."""
    if subject is ArrivalSubject.MANIFEST:
        return _ids(OF_MANIFEST_SQL, {"reference": reference, "manifest": manifest_id})
    if subject is ArrivalSubject.MRN:
        return []
    references = [reference]
    if subject is ArrivalSubject.UCR:
        references += [row[0] for row in _rows(UNDER_MASTER_SQL, [references])]
    return _ids(CITING_SQL, {"kind": subject.value, "references": references})


def arrival_of(declaration_id: UUID, mrn: str) -> datetime | None:
    """When the goods of a declaration arrived, as far as anybody told; nothing while some are not here.

    They are here when its MRN or consignment reference was told, when every bill that it names has arrived (as far as
    the bill is for its parties), or when every container has.

    Source: docs/rules/cargo.md, CA-042.
    """
    cited: dict[str, list[str]] = {}
    for kind, reference in _rows(CITED_SQL, [declaration_id]):
        cited.setdefault(kind, []).append(reference)
    told = _told(ArrivalSubject.MRN, [mrn])
    if told:
        return told[mrn]
    ucrs = cited.get("ucr", [])
    if ucrs:
        told = _told(ArrivalSubject.UCR, [*ucrs, *(row[0] for row in _rows(MASTER_OF_SQL, [ucrs]))])
        if told:
            return min(told.values())
    return _all_bills(declaration_id, cited.get("bill", [])) or _all_containers(cited.get("container", []))


def _all_bills(declaration_id: UUID, references: Sequence[str]) -> datetime | None:
    if not references:
        return None
    link = _rows(LINK_SQL, [declaration_id])
    direction, keys = (link[0][0], link[0][1]) if link else ("import", [])
    known = {
        key: (arrived_at, mine)
        for key, arrived_at, mine in _rows(
            BILLS_SQL.format(mine=mine_sql(direction)), {"references": list(references), "keys": list(keys)}
        )
    }
    told = _told(ArrivalSubject.BILL, list(references))
    times: list[datetime] = []
    for reference in references:
        arrived_at, mine = known.get(reference, (None, True))
        moment = (arrived_at or told.get(reference)) if mine else None
        if moment is None:
            return None
        times.append(moment)
    return max(times)


def _all_containers(references: Sequence[str]) -> datetime | None:
    if not references:
        return None
    told = _told(ArrivalSubject.CONTAINER, references)
    return max(told.values()) if len(told) == len(set(references)) else None


def _told(subject: ArrivalSubject, references: Sequence[str]) -> dict[str, datetime]:
    """Of some references, those whose last word is that they arrived, not long ago."""
    parameters = {
        "subject": subject.value,
        "references": list(references),
        "since": clock.now() - KEPT_IN_MIND,
    }
    rows = _rows(LAST_TOLD_SQL, parameters)
    return {reference: at for _, reference, movement, at in rows if movement == Movement.ARRIVED.value}


def _ids(sql: str, parameters: dict[str, object]) -> list[UUID]:
    return [row[0] for row in _rows(sql, parameters)]


def _rows(sql: str, parameters: object) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]
        return list(cursor.fetchall())
