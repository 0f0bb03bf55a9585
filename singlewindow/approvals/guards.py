"""Guards in the database: whatever code runs, nothing goes live that no second person agreed to."""

from django.db import migrations


def live_needs_grant(table: str, *, column: str, live: str, sha256: str, kind: str) -> migrations.RunSQL:
    """A migration step that makes a row's state refuse the live value without a granted proposal of its content.

    The migration depends on `("approvals", "0002_guards")`.

    Args:
        column: the state's column.
        live: the value that stands for being in force.
        sha256: the column with the digest of the content.
        kind: the kind of the proposal, whose subject is the row's primary key `id`.
    """
    name = f"{table}_{column}_needs_grant"
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM approvals_proposal WHERE kind = '{kind}' AND state = 'granted'
                           AND subject_id = NEW.id::text AND content_sha256 = NEW.{sha256}) THEN
                RAISE EXCEPTION '{table} %: a second person must agree before it is {live}', NEW.id
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
            WHEN (NEW.{column} = '{live}') EXECUTE FUNCTION {name}();""",  # noqa: S608  (words of migrations only)
        reverse_sql=f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )
