"""Who holds an original is asked once and answers once; the answer does not change."""

from django.db import migrations, models

import singlewindow.kernel.identifiers
from singlewindow.db.protect import life_cycle

PAIRS = [("asked", "authentic"), ("asked", "not_ours")]


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="OriginalAsk",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("declaration_id", models.UUIDField()),
                ("mrn", models.CharField(max_length=18)),
                ("code", models.CharField(max_length=12)),
                ("holder", models.CharField(max_length=3)),
                ("agency", models.CharField(help_text="Who asks", max_length=3)),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("state", models.CharField(db_default="asked", max_length=9)),
                ("note", models.CharField(db_default="", max_length=500)),
                ("answered_by", models.CharField(db_default="", max_length=80)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["holder", "-id"], name="original_holder")],
                "constraints": [
                    models.UniqueConstraint(fields=("declaration_id", "code", "agency"), name="original_asked_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "authentic", "not_ours"])),
                        name="original_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="original_answer_has_a_time",
                    ),
                ],
            },
        ),
        life_cycle("documents_originalask", "state", PAIRS),
    ]
