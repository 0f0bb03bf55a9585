"""The database holds the life cycles, keeps what was decided, and lets no deferment live that no second person saw."""

from django.db import migrations

from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import append_only, life_cycle

DEFERMENT_PAIRS = [
    ("active", "ended"),
    ("active", "suspended"),
    ("proposed", "active"),
    ("proposed", "declined"),
    ("suspended", "active"),
    ("suspended", "ended"),
]
STATEMENT_PAIRS = [("due", "overdue"), ("due", "paid"), ("open", "due"), ("overdue", "paid")]
CLAIM_PAIRS = [
    ("accepted", "refused"),
    ("accepted", "verified"),
    ("accepted", "withdrawn"),
    ("approved", "paid"),
    ("filed", "accepted"),
    ("filed", "refused"),
    ("filed", "withdrawn"),
    ("verified", "approved"),
    ("verified", "refused"),
]


def keep(table: str, *changing: str) -> migrations.RunSQL:
    """A step that makes a table refuse deletion, and change of every column but those named."""
    columns = ", ".join(f"'{column}'" for column in changing)
    return migrations.RunSQL(
        sql=f"""
        CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY[{columns}] = to_jsonb(OLD) - ARRAY[{columns}] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{table} %: what was decided does not change', OLD.id
                USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_keep();""",
        reverse_sql=f"DROP TRIGGER {table}_keep ON {table}; DROP FUNCTION {table}_keep();",
    )


class Migration(migrations.Migration):
    dependencies = [("revenue", "0001_deferments_determinations_and_claims"), ("approvals", "0002_guards")]
    operations = [
        life_cycle("revenue_deferment", "state", DEFERMENT_PAIRS),
        live_needs_grant(
            "revenue_deferment", column="state", live="active", sha256="content_sha256", kind="revenue.deferment"
        ),
        life_cycle("revenue_statement", "state", STATEMENT_PAIRS),
        life_cycle("revenue_claim", "state", CLAIM_PAIRS),
        keep("revenue_deferment", "state", "used_minor", "reason", "changed_at"),
        keep("revenue_statement", "state", "closed_at", "closed_minor", "paid_at", "paid_minor", "called_minor"),
        keep(
            "revenue_claim",
            "state",
            "approved_minor",
            "interest_minor",
            "accepted_by",
            "verified_by",
            "approved_by",
            "decision",
            "changed_at",
        ),
        keep("revenue_claimline", "approved_minor"),
        keep("revenue_linebalance", "paid_minor", "claimed_minor"),
        keep("revenue_quantityuse", "used"),
        append_only("revenue_statementline"),
        append_only("revenue_determination"),
        append_only("revenue_drawbackline"),
        append_only("revenue_yieldset"),
        append_only("revenue_defermentshort"),
        migrations.RunSQL("CREATE SEQUENCE revenue_number", "DROP SEQUENCE revenue_number"),
    ]
