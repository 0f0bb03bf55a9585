"""What a reservation asks, in one question: which law is in force, and the permits that a declaration names."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from agencies.rules import RequirementIndex
from agencies.selectors.law import requirement_index, requirement_index_of
from agencies.states import PermitState
from agencies.types import PermitInfo
from singlewindow.db.prepared import Prepared

FIELDS = tuple(field.name for field in fields(PermitInfo))
"""In the order of the columns below."""

Permits = dict[tuple[str, str], PermitInfo]

LAW_AND_PERMITS = Prepared(
    "agencies_law_and_permits",
    """
    SELECT law.version, named.* FROM (SELECT coalesce(max(id), 0) AS version FROM agencies_requirementset) law
    LEFT JOIN (
        SELECT p.id, p.code, p.number, p.agency_id, p.holder_id, o.identifier, o.name, p.hs_prefix, p.origin,
            p.direction, p.quantity, p.unit, p.tolerance, p.used, p.valid_from, p.valid_to, p.state, p.lpco, p.line,
            p.value_limit, p.value_used, p.currency, p.single_use
        FROM unnest(%(codes)s, %(numbers)s) AS n (code, number)
        JOIN agencies_permit p ON p.code = n.code AND p.number = n.number
        JOIN accounts_organisation o ON o.id = p.holder_id
    ) named ON true
    """,
    {"codes": "text[]", "numbers": "text[]"},
)


def law_and_permits(names: Iterable[tuple[str, str]]) -> tuple[RequirementIndex, Permits]:
    """The requirements in force, and permits by (code, number), whoever holds them.

    One statement that is planned once a connection: it is asked for every declaration that names a permit.
    """
    wanted = sorted(set(names))
    if not wanted:
        return requirement_index(), {}
    rows = LAW_AND_PERMITS.fetch({"codes": [code for code, _ in wanted], "numbers": [number for _, number in wanted]})
    index = requirement_index_of(rows[0][0])
    return index, {(row[2], row[3]): _info(row[1:]) for row in rows if row[1] is not None}


def _info(row: Sequence[Any]) -> PermitInfo:
    values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    return PermitInfo(**values | {"state": PermitState(values["state"])})
