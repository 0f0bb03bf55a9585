"""Declarations come in files of many lines and as UN/EDIFACT too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_operators"),
        ("declarations", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="declaration",
            name="declaration_channel_known",
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["web", "json", "xml", "edi", "bulk"])),
                name="declaration_channel_known",
            ),
        ),
    ]
