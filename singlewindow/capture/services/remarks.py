"""From what a captured event differs: told by who compares, kept beside the event."""

from collections.abc import Iterable
from uuid import UUID

from singlewindow.db.work import Work
from singlewindow.kernel import clock

NOTE_SQL = """
INSERT INTO capture_eventremark (event_id, declaration_id, mrn, rule, at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def remarks_note(work: Work, *, declaration_id: UUID, mrn: str, found: Iterable[tuple[UUID, str]]) -> None:
    """Note that captured events differ from a declaration, each by a rule. Idempotent."""
    for event_id, rule in found:
        work.execute(NOTE_SQL, [event_id, declaration_id, mrn, rule, clock.now()])
