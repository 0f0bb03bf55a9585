"""Files of low value, their parts and what became of their lines."""

import django.db.models.deletion
from django.db import migrations, models

import singlewindow.kernel.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_carriers_and_terminals"),
        ("declarations", "0005_changes_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("submitter", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("format", models.CharField(max_length=4)),
                ("sha256", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=8)),
                ("lines", models.IntegerField()),
                ("conversation_id", models.CharField(db_default="", max_length=64)),
                ("received_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "file_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.IntegerField()),
                ("lrn", models.CharField(max_length=80)),
                ("state", models.CharField(max_length=6)),
                ("mrn", models.CharField(db_default="", max_length=18)),
                ("errors", models.JSONField()),
                ("cells", models.JSONField(null=True)),
                (
                    "declaration",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="declarations.declaration",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided",
                        to="lowvalue.bulkfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkPart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "file_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("lines", models.JSONField(null=True)),
                ("lodged", models.IntegerField(null=True)),
                ("failed", models.IntegerField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="lowvalue.bulkfile",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="bulkfile",
            index=models.Index(fields=["organisation", "-id"], name="bulk_file_of_sender"),
        ),
        migrations.AddConstraint(
            model_name="bulkfile",
            constraint=models.UniqueConstraint(fields=("organisation", "sha256"), name="bulk_file_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["RECEIVED", "FILING", "DONE"])), name="bulk_file_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["csv", "xlsx"])), name="bulk_file_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkfile",
            constraint=models.CheckConstraint(condition=models.Q(("lines__gte", 1)), name="bulk_file_has_lines"),
        ),
        migrations.AddConstraint(
            model_name="bulkfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", False), ("state", "DONE")),
                    models.Q(models.Q(("state", "DONE"), _negated=True), ("done_at__isnull", True)),
                    _connector="OR",
                ),
                name="bulk_file_done_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkline",
            index=models.Index(
                condition=models.Q(("state", "FAILED")), fields=["file", "line"], name="bulk_line_failed"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cells__isnull", True), ("declaration__isnull", False), ("state", "LODGED")),
                    models.Q(("cells__isnull", False), ("declaration__isnull", True), ("state", "FAILED")),
                    _connector="OR",
                ),
                name="bulk_line_lodged_or_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("declaration__isnull", False)),
                fields=("declaration",),
                name="bulk_line_declaration_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", True),
                        ("failed__isnull", True),
                        ("lines__isnull", False),
                        ("lodged__isnull", True),
                    ),
                    models.Q(
                        ("done_at__isnull", False), ("failed__gte", 0), ("lines__isnull", True), ("lodged__gte", 0)
                    ),
                    _connector="OR",
                ),
                name="bulk_part_waits_or_is_done",
            ),
        ),
    ]
