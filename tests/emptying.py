"""Emptying the database after a transactional test: only what holds rows, and past the guards of append-only tables.

Django truncates every table, two hundred with their indexes, and then fills in its content types and permissions
again: a third of a second for each test, most of it spent on tables that the test never touched.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.commands import flush
from django.core.management.sql import emit_post_migrate_signal
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate

KEPT: Final = frozenset({"auth_permission", "django_content_type"})
"""What a migration fills in for Django itself, and no test changes."""
_EMPTY: Final = """
DO $$
DECLARE one regclass;
BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE oid = ANY('{%s}'::regclass[]) AND pg_relation_size(oid) > 0
    LOOP EXECUTE 'DELETE FROM ' || one; END LOOP;
END $$
"""


@contextmanager
def emptied_quickly() -> Iterator[None]:
    """Let the test runner, and only it, empty the tables: their guards refuse it to everyone else."""
    run = DatabaseOperations.execute_sql_flush

    def statements(
        self: DatabaseOperations,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        del style, allow_cascade
        assert not reset_sequences, "no test counts on a number of a sequence"
        names = [self.quote_name(table) for table in sorted(tables) if table not in KEPT]
        # Like TRUNCATE, the lock waits for whoever still writes; what they wrote is gone with the rest.
        return [f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE", _EMPTY % ",".join(names)]

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        around = ["SET session_replication_role = replica", *sql_list, "SET session_replication_role = origin"]
        run(self, around)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", statements)
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        patch.setattr(flush, "emit_post_migrate_signal", _ours_told)
        yield


def _ours_told(verbosity: int, interactive: bool, db: str) -> None:
    """Tell everyone of a migration but those two who would make anew what was kept."""
    permissions = {
        "receiver": create_permissions,
        "dispatch_uid": f"{create_permissions.__module__}.create_permissions",
    }
    kinds = {"receiver": create_contenttypes}
    assert post_migrate.disconnect(**permissions)
    assert post_migrate.disconnect(**kinds)
    try:
        emit_post_migrate_signal(verbosity, interactive, db)
    finally:
        post_migrate.connect(**kinds)
        post_migrate.connect(**permissions)
