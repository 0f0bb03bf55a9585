"""What follows when a manifest comes or room is given back: declarations that wait try again."""

from collections.abc import Sequence
from uuid import UUID

from singlewindow.accounts.types import system_actor
from singlewindow.cargo.services.ledger import write_off_again
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext

WAITING_SQL = """
SELECT DISTINCT l.declaration_id FROM cargo_cargolink l JOIN cargo_citation c USING (declaration_id)
WHERE l.accepted AND l.state IN ('UNMANIFESTED', 'SHORT') AND (
    c.kind = 'bill' AND c.reference IN (SELECT reference_key FROM cargo_bill WHERE {these})
    OR c.kind = 'container' AND c.reference IN (
        SELECT container_id FROM cargo_billcontainer WHERE bill_id IN (SELECT id FROM cargo_bill WHERE {these})))
ORDER BY l.declaration_id
"""


def manifest_met(work: Work, job: JobContext) -> None:
    """Write off what accepted declarations wait for of a manifest that was filed or amended. Safe to run twice."""
    rows = work.fetch(WAITING_SQL.format(these="manifest_id = %(id)s"), {"id": job.subject_id})
    _again(work, [row[0] for row in rows], job)


def room_met(work: Work, job: JobContext) -> None:
    """The same for a bill from which something was given back. Safe to run twice."""
    rows = work.fetch(WAITING_SQL.format(these="id = %(id)s"), {"id": job.subject_id})
    _again(work, [row[0] for row in rows], job)


def _again(work: Work, declaration_ids: Sequence[UUID], job: JobContext) -> None:
    """One after the other, oldest first; more than a job should hold are left to the next one."""
    actor = system_actor("cargo", conversation_id=job.conversation_id)
    for declaration_id in declaration_ids:
        write_off_again(work, declaration_id, actor)
