"""Requests to change or withdraw a declaration, and every content that was in force."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import singlewindow.kernel.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_operators"),
        ("declarations", "0003_channels_of_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("state", models.CharField(db_default="REQUESTED", max_length=9)),
                ("stage", models.CharField(help_text="Legal state in which it was asked for", max_length=10)),
                ("base_version", models.IntegerField()),
                ("granted_version", models.IntegerField(null=True)),
                (
                    "proposed",
                    models.BinaryField(help_text="Canonical bytes of the new content; none to invalidate", null=True),
                ),
                ("reason_code", models.CharField(db_default="", max_length=3)),
                ("reason", models.CharField(max_length=2000)),
                (
                    "evidence",
                    models.CharField(
                        db_default="", help_text="That the goods came back, after release", max_length=2000
                    ),
                ),
                ("reference", models.CharField(db_default="", help_text="The sender's own", max_length=35)),
                ("channel", models.CharField(max_length=4)),
                ("rule", models.CharField(help_text="The rule that says who decides", max_length=12)),
                (
                    "voluntary",
                    models.BooleanField(db_default=False, help_text="Disclosed after release, before any notice"),
                ),
                ("requested_by", models.CharField(max_length=80)),
                ("requested_at", models.DateTimeField()),
                ("deadline", models.DateTimeField(help_text="By when an officer decides", null=True)),
                ("decided_by", models.CharField(db_default="", max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.CharField(db_default="", max_length=2000)),
                ("difference", models.JSONField(default=list)),
                ("money_before_minor", models.BigIntegerField(null=True)),
                ("money_after_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(db_default="", max_length=3)),
                (
                    "declaration",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="declarations.declaration",
                    ),
                ),
                (
                    "requested_for",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeclarationVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("content", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("in_force_from", models.DateTimeField()),
                ("made_by", models.CharField(max_length=80)),
                ("reason", models.CharField(db_default="", max_length=2000)),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="declarations.changerequest",
                    ),
                ),
                (
                    "declaration",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="declarations.declaration",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(("state", "REQUESTED")), fields=["deadline", "id"], name="change_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.UniqueConstraint(fields=("declaration", "number"), name="change_number_once"),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "REQUESTED")), fields=("declaration",), name="change_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["amend", "invalidate", "correct"])), name="change_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["REQUESTED", "GRANTED", "DENIED", "WITHDRAWN", "DISCLOSED"])),
                name="change_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="change_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "invalidate"), ("proposed__isnull", True)),
                    models.Q(models.Q(("kind", "invalidate"), _negated=True), ("proposed__isnull", False)),
                    _connector="OR",
                ),
                name="change_proposes_content",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by", ""), ("state", "REQUESTED")),
                    models.Q(
                        models.Q(("state", "REQUESTED"), _negated=True),
                        ("decided_at__isnull", False),
                        models.Q(("decided_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="change_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DENIED"), _negated=True),
                    models.Q(("decision_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="change_denied_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_version__isnull", True),
                    models.Q(
                        (
                            "granted_version",
                            django.db.models.expressions.CombinedExpression(
                                models.F("base_version"), "+", models.Value(1)
                            ),
                        ),
                        ("state", "GRANTED"),
                    ),
                    _connector="OR",
                ),
                name="change_grants_next_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationversion",
            constraint=models.UniqueConstraint(fields=("declaration", "version"), name="declaration_version_once"),
        ),
        migrations.AddConstraint(
            model_name="declarationversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("change__isnull", True), ("version", 1)),
                    models.Q(("change__isnull", False), ("version__gt", 1)),
                    _connector="OR",
                ),
                name="declaration_version_by_change",
            ),
        ),
    ]
