"""Models that were registered, and their files."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=20)),
                ("spec", models.CharField(help_text="The source of rows that it learned from", max_length=60)),
                ("data_from", models.DateField()),
                ("data_to", models.DateField()),
                ("data_rows", models.BigIntegerField()),
                ("figures", models.JSONField(help_text="Of the rows held apart, as risk_evaluate prints them")),
                ("card", models.TextField(help_text="Markdown")),
                ("registered_by", models.CharField(max_length=80)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-registered_at", "hash"], name="model_newest_first")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hash__regex", "^[0-9a-f]{64}$")), name="model_hash_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("data_to__gte", models.F("data_from"))), name="model_period_in_order"
                    ),
                    models.CheckConstraint(condition=models.Q(("data_rows__gte", 1)), name="model_learned_from_rows"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="learning.modelversion"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("model", "name"), name="model_file_once")],
            },
        ),
    ]
