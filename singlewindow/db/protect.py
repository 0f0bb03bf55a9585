"""Guards that live in the database, so that no code path, admin page or shell can get round them."""

from collections.abc import Iterable

from django.db import migrations

REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION csw_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """A migration step that makes a table refuse update, delete and truncate."""
    return migrations.RunSQL(
        sql=f"""{REFUSE_FUNCTION}
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION csw_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION csw_refuse_change();""",
        reverse_sql=f"""DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};""",
    )


def life_cycle(table: str, column: str, pairs: Iterable[tuple[str, str]]) -> migrations.RunSQL:
    """A migration step that makes a state column refuse every step that is not in the table of transitions.

    The pairs are written out in the migration (a migration must not change with the code); a test compares them
    with `StateMachine.pairs()`.
    """
    allowed = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    name = f"{table}_{column}_life_cycle"
    return migrations.RunSQL(
        sql=f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.{column}, NEW.{column}) NOT IN ({allowed}) THEN
                RAISE EXCEPTION '{table}.{column}: % to % is no transition', OLD.{column}, NEW.{column}
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW
            WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {name}();""",
        reverse_sql=f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def append_only_until_old(table: str, *, column: str, days: int) -> migrations.RunSQL:
    """A migration step that makes a table refuse change and truncation, and removal of any row younger than the days.

    Replaces the guard of `append_only` where the table has it.
    """
    name = f"{table}_kept"
    return migrations.RunSQL(
        sql=f"""{REFUSE_FUNCTION}
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.{column} > clock_timestamp() - interval '{days} days' THEN
                RAISE EXCEPTION '% is append-only: a row younger than {days} days stays', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN OLD;
        END $$;
        DROP TRIGGER IF EXISTS {table}_append_only ON {table};
        DROP TRIGGER IF EXISTS {table}_no_truncate ON {table};
        CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION csw_refuse_change();
        CREATE TRIGGER {name} BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION csw_refuse_change();""",
        reverse_sql=f"""DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {name} ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP FUNCTION {name}();""",
    )
