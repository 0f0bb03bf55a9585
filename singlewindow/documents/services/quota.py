"""The room of an organisation: reserved when an upload is announced, kept or given back at its end.

Source: docs/rules/documents.md, DOC-QUO-01 (reliability.md U8). One conditional update decides, so that of two
uploads which fit alone but not together exactly one is taken.
"""

from uuid import UUID

from singlewindow.db.work import Work
from singlewindow.kernel.errors import Conflict, Violation

OPEN_SQL = "INSERT INTO documents_shelf (organisation_id) VALUES (%s) ON CONFLICT DO NOTHING"
RESERVE_SQL = """
UPDATE documents_shelf SET pending_bytes = pending_bytes + %(bytes)s
WHERE organisation_id = %(organisation)s AND stored_bytes + pending_bytes + %(bytes)s <= quota_bytes
"""
FREE_SQL = "UPDATE documents_shelf SET pending_bytes = pending_bytes - %s WHERE organisation_id = %s"
KEEP_SQL = """
UPDATE documents_shelf SET stored_bytes = stored_bytes + %(bytes)s
WHERE organisation_id = %(organisation)s AND stored_bytes + pending_bytes + %(bytes)s <= quota_bytes
"""


def room_reserve(work: Work, organisation_id: UUID, size_bytes: int) -> None:
    """Set room aside for an upload.

    Locks: the organisation's shelf, until the end of the transaction.

    Raises:
        Conflict: code `file.quota`, DOC-QUO-01.
    """
    parameters = {"bytes": size_bytes, "organisation": organisation_id}
    if work.execute(RESERVE_SQL, parameters):
        return
    work.execute(OPEN_SQL, [organisation_id])
    if not work.execute(RESERVE_SQL, parameters):
        raise quota_exceeded()


def room_free(work: Work, organisation_id: UUID, size_bytes: int) -> None:
    """Give back what an upload had set aside."""
    work.execute(FREE_SQL, [size_bytes, organisation_id])


def room_keep(work: Work, organisation_id: UUID, size_bytes: int) -> None:
    """Take room for a document that stays; what its upload had set aside is given back before.

    Raises:
        Conflict: code `file.quota`, DOC-QUO-01.
    """
    if not work.execute(KEEP_SQL, {"bytes": size_bytes, "organisation": organisation_id}):
        raise quota_exceeded()


def quota_exceeded() -> Conflict:
    """The refusal of what no longer fits."""
    message = "Your organisation has no room left for this file."
    remedy = "Use a document that you sent before, or ask customs for more room."
    return Conflict(message, violations=[Violation("DOC-QUO-01", "/size_bytes", message, remedy)], code="file.quota")
