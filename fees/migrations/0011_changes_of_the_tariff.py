"""A tariff that stands is changed by two people only: the database holds difference, life cycle and version together."""

import django.db.models.deletion
from django.db import migrations, models

import singlewindow.kernel.identifiers
from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import append_only, life_cycle

PAIRS = [("DRAFT", "DECLINED"), ("DRAFT", "PROPOSED"), ("PROPOSED", "DECLINED"), ("PROPOSED", "LIVE")]

# FE-TAR-10: a version after the first rests on a change that a second person agreed to, or publishes charges alone.
BASIS = """
CREATE FUNCTION fees_tariffversion_basis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.basis = 'first' AND EXISTS (SELECT FROM fees_tariffversion) THEN
        RAISE EXCEPTION 'a tariff stands: another version needs a change that two people made'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.basis = 'change' AND NOT EXISTS (
        SELECT FROM fees_tariffchange c JOIN approvals_proposal p ON p.kind = 'tariff.change'
            AND p.state = 'granted' AND p.subject_id = c.id::text AND p.content_sha256 = c.content_sha256
        WHERE c.id = NEW.change_id AND c.state = 'LIVE') THEN
        RAISE EXCEPTION 'change %: a second person must agree before a tariff rests on it', NEW.change_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.transaction := txid_current();
    RETURN NEW;
END $$;
CREATE TRIGGER fees_tariffversion_basis BEFORE INSERT ON fees_tariffversion
    FOR EACH ROW EXECUTE FUNCTION fees_tariffversion_basis();

-- Nothing is added to a version afterwards, and one that publishes charges begins and ends no other row.
CREATE FUNCTION fees_version_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT r.version_from_id AS version, r.version_to AS ended FROM written r) w
        WHERE NOT EXISTS (
            SELECT FROM fees_tariffversion v
            WHERE v.id = CASE TG_OP WHEN 'INSERT' THEN w.version ELSE w.ended END AND v.transaction = txid_current()
              AND (v.basis <> 'schedule' OR TG_TABLE_NAME = 'fees_charge'))) THEN
        RAISE EXCEPTION '%: rows begin and end only while their version is made', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
UNBASIS = """
DROP FUNCTION fees_version_closed();
DROP TRIGGER fees_tariffversion_basis ON fees_tariffversion;
DROP FUNCTION fees_tariffversion_basis();
"""

KEEP = """
CREATE FUNCTION fees_tariffchange_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['state', 'decided_at'] <> to_jsonb(OLD) - ARRAY['state', 'decided_at']
    THEN
        RAISE EXCEPTION 'change %: what was read never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_tariffchange_keep BEFORE UPDATE OR DELETE ON fees_tariffchange
    FOR EACH ROW EXECUTE FUNCTION fees_tariffchange_keep();
"""
UNKEEP = "DROP TRIGGER fees_tariffchange_keep ON fees_tariffchange; DROP FUNCTION fees_tariffchange_keep();"

VERSIONED = (
    "fees_measure", "fees_charge", "fees_origingroup", "fees_relief", "fees_proofoforigin", "fees_nomenclature",
    "fees_tariffnote",
)  # fmt: skip


def _closed(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        "".join(
            f"CREATE TRIGGER {table}_{act.lower()}_closed AFTER {act} ON {table} REFERENCING NEW TABLE AS written "
            "FOR EACH STATEMENT EXECUTE FUNCTION fees_version_closed();"
            for act in ("INSERT", "UPDATE")
        ),
        "".join(f"DROP TRIGGER {table}_{act.lower()}_closed ON {table};" for act in ("INSERT", "UPDATE")),
    )


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards"), ("fees", "0010_what_can_be_paid")]

    operations = [
        migrations.AddField(
            model_name="tariffversion",
            name="basis",
            field=models.CharField(db_default="first", max_length=8),
        ),
        migrations.AddField(
            model_name="tariffversion",
            name="change_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="tariffversion",
            name="transaction",
            field=models.BigIntegerField(db_default=models.Func(function="txid_current"), editable=False),
        ),
        migrations.AddConstraint(
            model_name="tariffversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "change"), ("change_id__isnull", False)),
                    models.Q(("basis__in", ["first", "schedule"]), ("change_id", None)),
                    _connector="OR",
                ),
                name="tariff_version_basis_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tariffversion",
            constraint=models.UniqueConstraint(fields=("change_id",), name="tariff_version_once_a_change"),
        ),
        migrations.CreateModel(
            name="TariffChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=6)),
                ("title", models.CharField(max_length=200)),
                ("files", models.JSONField(default=list)),
                ("content_sha256", models.CharField(max_length=64)),
                ("counts", models.JSONField(default=list)),
                ("unread", models.JSONField(default=list)),
                ("state", models.CharField(db_default="DRAFT", max_length=8)),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fees.tariffversion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["csv", "taric3"])), name="tariff_change_source_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["DRAFT", "PROPOSED", "LIVE", "DECLINED"])),
                        name="tariff_change_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TariffChangeRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("sheet", models.CharField(max_length=20)),
                ("kind", models.CharField(blank=True, max_length=16)),
                ("action", models.CharField(max_length=7)),
                ("subject", models.CharField(max_length=200)),
                ("row_id", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="fees.tariffchange",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("change", "number"), name="tariff_change_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("action", "added"),
                                ("after__isnull", False),
                                ("before__isnull", True),
                                ("row_id", None),
                            ),
                            models.Q(
                                ("action", "changed"),
                                ("after__isnull", False),
                                ("before__isnull", False),
                                ("row_id__isnull", False),
                            ),
                            models.Q(
                                ("action", "ended"),
                                ("after__isnull", True),
                                ("before__isnull", False),
                                ("row_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tariff_change_row_whole",
                    ),
                ],
            },
        ),
        life_cycle("fees_tariffchange", "state", PAIRS),
        live_needs_grant(
            "fees_tariffchange", column="state", live="LIVE", sha256="content_sha256", kind="tariff.change"
        ),
        append_only("fees_tariffchangerow"),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(BASIS, UNBASIS),
        *(_closed(table) for table in VERSIONED),
    ]
