"""Versions of lists, what stands in them, and what officers said of matches."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import singlewindow.kernel.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ListEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("uid", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=1000)),
                ("programmes", models.JSONField()),
                ("countries", models.JSONField()),
                ("birth", models.JSONField()),
                ("identifiers", models.JSONField()),
                ("remarks", models.TextField(blank=True)),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="EntryAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("street", models.TextField(blank=True)),
                ("city", models.TextField(blank=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("country_text", models.TextField(blank=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="screening.listentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=20)),
                ("content_sha256", models.CharField(max_length=64)),
                ("published_on", models.DateField(null=True)),
                ("entries", models.IntegerField()),
                ("names", models.IntegerField()),
                ("addresses", models.IntegerField()),
                ("files", models.JSONField()),
                ("notes", models.JSONField(default=list)),
                ("state", models.CharField(db_default="PROPOSED", max_length=10)),
                ("loaded_by", models.CharField(max_length=80)),
                ("loaded_at", models.DateTimeField()),
                ("live_at", models.DateTimeField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["ofac-sdn", "ofac-consolidated", "un", "us-csl"])),
                        name="list_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PROPOSED", "LIVE", "DECLINED", "SUPERSEDED"])),
                        name="list_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entries__gte", 1), ("names__gte", 1)), name="list_not_empty"
                    ),
                    models.UniqueConstraint(fields=("source", "content_sha256"), name="list_content_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "LIVE")), fields=("source",), name="list_one_live"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "LIVE"), _negated=True), ("live_at__isnull", False), _connector="OR"
                        ),
                        name="list_live_has_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="listentry",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="listed",
                to="screening.listversion",
            ),
        ),
        migrations.CreateModel(
            name="MatchDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_key", models.CharField(max_length=64)),
                ("subject_name", models.CharField(max_length=1000)),
                ("source", models.CharField(max_length=20)),
                ("entry_uid", models.CharField(max_length=40)),
                ("entry_sha256", models.CharField(max_length=64)),
                ("verdict", models.CharField(max_length=9)),
                ("reason", models.CharField(max_length=500)),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("decided_by", models.CharField(max_length=80)),
                ("decided_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "revises",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revised_by",
                        to="screening.matchdecision",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.listversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntryName",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=1000)),
                ("quality", models.CharField(max_length=8)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="names", to="screening.listentry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quality__in", ["primary", "strong", "weak", "original"])),
                        name="entry_name_quality_known",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.UniqueConstraint(fields=("version", "uid"), name="list_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "organisation", "vessel", "aircraft"])),
                name="list_entry_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="matchdecision",
            index=models.Index(fields=["subject_key", "source", "entry_uid"], name="match_of_subject"),
        ),
        migrations.AddConstraint(
            model_name="matchdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["CONFIRMED", "DISMISSED"])), name="match_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="match_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchdecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revises", None)),
                fields=("subject_key", "source", "entry_uid", "entry_sha256"),
                name="match_decided_first_once",
            ),
        ),
    ]
