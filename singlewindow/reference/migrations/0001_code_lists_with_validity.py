import django.contrib.postgres.constraints
import django.db.models.constraints
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import singlewindow.reference.validity

VERSIONED = (
    "reference_codeentry",
    "reference_officeentry",
    "reference_rateentry",
    "reference_commodityentry",
    "reference_profileentry",
)

NEW_VERSION = """
CREATE FUNCTION reference_new_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reference_dataversion (id, token, changed_at) VALUES (1, gen_random_uuid(), clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token, changed_at = EXCLUDED.changed_at;
    RETURN NULL;
END $$;
"""


def new_version_on(table: str) -> migrations.RunSQL:
    """Every statement that changes the table gives the data a new version, whoever runs it."""
    return migrations.RunSQL(
        sql=f"""CREATE TRIGGER {table}_new_version AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION reference_new_version();""",
        reverse_sql=f"DROP TRIGGER {table}_new_version ON {table};",
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="DataSource",
            fields=[
                ("name", models.CharField(max_length=48, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("authority", models.CharField(max_length=200)),
                ("licence", models.CharField(max_length=80)),
                ("checksum", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("loaded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CodeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                ("list", models.CharField(max_length=32)),
                ("code", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=200)),
                ("attributes", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[
                            (models.F("list"), "="),
                            (models.F("code"), "="),
                            (singlewindow.reference.validity.Days("valid_from", "valid_to", models.Value("[]")), "&&"),
                        ],
                        name="reference_code_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reference_code_ends_after",
                    ),
                    models.UniqueConstraint(fields=("list", "code", "valid_from"), name="reference_code_version"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommodityEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=10)),
                ("description", models.TextField()),
                ("unit", models.CharField(blank=True, max_length=8)),
                ("edition", models.CharField(max_length=16)),
                ("words", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[
                            (models.F("code"), "="),
                            (singlewindow.reference.validity.Days("valid_from", "valid_to", models.Value("[]")), "&&"),
                        ],
                        name="reference_commodity_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reference_commodity_ends_after",
                    ),
                    models.UniqueConstraint(fields=("code", "valid_from"), name="reference_commodity_version"),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{2,10}$")), name="reference_commodity_digits"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="reference_one_version_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=24)),
                ("transport_mode", models.CharField(max_length=1)),
                ("time_zone", models.CharField(max_length=48)),
                ("place", models.CharField(max_length=80)),
                ("opens", models.CharField(max_length=5)),
                ("closes", models.CharField(max_length=5)),
                ("examinations_per_day", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[
                            (models.F("code"), "="),
                            (singlewindow.reference.validity.Days("valid_from", "valid_to", models.Value("[]")), "&&"),
                        ],
                        name="reference_office_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reference_office_ends_after",
                    ),
                    models.UniqueConstraint(fields=("code", "valid_from"), name="reference_office_version"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=24, unique=True)),
                ("settings", models.JSONField()),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[
                            (singlewindow.reference.validity.Days("valid_from", "valid_to", models.Value("[]")), "&&")
                        ],
                        name="reference_profile_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reference_profile_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RateEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                ("base", models.CharField(max_length=3)),
                ("currency", models.CharField(max_length=3)),
                ("rate", models.DecimalField(decimal_places=8, max_digits=24)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[
                            (models.F("base"), "="),
                            (models.F("currency"), "="),
                            (singlewindow.reference.validity.Days("valid_from", "valid_to", models.Value("[]")), "&&"),
                        ],
                        name="reference_rate_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reference_rate_ends_after",
                    ),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="reference_rate_positive"),
                    models.UniqueConstraint(fields=("base", "currency", "valid_from"), name="reference_rate_version"),
                ],
            },
        ),
        migrations.RunSQL(sql=NEW_VERSION, reverse_sql="DROP FUNCTION reference_new_version();"),
        *(new_version_on(table) for table in VERSIONED),
    ]
