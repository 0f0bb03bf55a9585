"""The records of TARIC that stand, so that the next envelope can change and delete them."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "fees_taricrecord"


class Migration(migrations.Migration):
    dependencies = [("fees", "0011_changes_of_the_tariff")]

    operations = [
        migrations.CreateModel(
            name="TaricRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version_to", models.IntegerField(null=True)),
                ("element", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=160)),
                ("content", models.JSONField()),
                (
                    "version_from",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fees.tariffversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("version_to", None)),
                        fields=("element", "key"),
                        name="taric_record_stands_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER {TABLE}_keep BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION fees_version_keep()",
            f"DROP TRIGGER {TABLE}_keep ON {TABLE}",
        ),
        migrations.RunSQL(
            "".join(
                f"CREATE TRIGGER {TABLE}_{act.lower()}_closed AFTER {act} ON {TABLE} REFERENCING NEW TABLE AS written "
                "FOR EACH STATEMENT EXECUTE FUNCTION fees_version_closed();"
                for act in ("INSERT", "UPDATE")
            ),
            "".join(f"DROP TRIGGER {TABLE}_{act.lower()}_closed ON {TABLE};" for act in ("INSERT", "UPDATE")),
        ),
    ]
