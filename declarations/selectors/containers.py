"""Declarations whose goods may still be here, by what names them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

NAMING_SQL = """
SELECT d.id FROM declarations_declaration d WHERE d.id IN (
    SELECT declaration_id FROM declarations_transportequipment WHERE equipment_id = ANY(%(containers)s)
    UNION SELECT id FROM declarations_declaration WHERE mrn = %(mrn)s AND %(mrn)s <> ''
    UNION SELECT unnest(%(ids)s::uuid[]))
  AND (d.legal_state IN ('REGISTERED', 'ACCEPTED') OR d.released_at > %(released_since)s)
ORDER BY d.id
"""


def declarations_here(
    *, released_since: datetime, containers: Collection[str] = (), mrn: str = "", among: Collection[UUID] = ()
) -> list[UUID]:
    """Declarations that name one of some containers, have a number, or are among some, and whose goods may be here.

    They are lodged and not ended: registered, accepted, or released since an instant. One query.
    """
    parameters = {
        "containers": list(containers),
        "mrn": mrn,
        "ids": [str(one) for one in among],
        "released_since": released_since,
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMING_SQL, parameters)  # type: ignore[arg-type]
        return [row[0] for row in cursor.fetchall()]
