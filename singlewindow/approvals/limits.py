"""The most that one officer books or gives back alone, as the guards of the database know it."""

from typing import Any

from django.conf import settings
from django.db import connection

STANDING_SQL = "SELECT prosrc FROM pg_proc WHERE proname = 'approvals_alone_most'"
REPLACE_SQL = """
CREATE OR REPLACE FUNCTION approvals_alone_most(code text) RETURNS bigint STABLE LANGUAGE sql AS $body$%s$body$
"""


def alone(minor: int, currency: str) -> bool:
    """Whether one officer may answer for so much alone; a currency without a limit always needs two."""
    return minor <= settings.SUSPENSE_ALONE_MOST.get(currency, 0)


def limits_tell(**_: Any) -> None:
    """Tell the database settings.SUSPENSE_ALONE_MOST; done when tables are migrated and when the window starts.

    Until it is told, every sum needs two people: that is how the migration leaves it.

    Idempotent: what it knows already is not told again.

    Source: docs/rules/approvals.md, AP-005.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING_SQL)
        standing = cursor.fetchone()
        if standing is not None and standing[0] != (body := _body()):
            cursor.execute(REPLACE_SQL % body)


def _body() -> str:
    """Plain SQL: letters and digits only, so nothing of the settings is ever more than a code and a number."""
    cases = []
    for code, minor in sorted(settings.SUSPENSE_ALONE_MOST.items()):
        if not (code.isascii() and code.isalpha()):
            raise ValueError(f"{code!r} is no currency (settings.SUSPENSE_ALONE_MOST)")
        cases.append(f"WHEN code = '{code}' THEN {int(minor)}")
    return f"SELECT (CASE {' '.join([*cases, 'WHEN false THEN 0'])} ELSE 0 END)::bigint"
