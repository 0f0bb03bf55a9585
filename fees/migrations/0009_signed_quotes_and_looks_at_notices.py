"""Quotes that were signed, what an assessment asks to be secured, and how often a notice was compared."""

import django.db.models.deletion
from django.db import migrations, models

import singlewindow.kernel.identifiers
from singlewindow.db.protect import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("fees", "0008_charge_drafts_and_comments"),
    ]
    operations = [
        migrations.AddField(
            model_name="assessment",
            name="security_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("security_minor__gte", 0)), name="assessment_security_not_negative"
            ),
        ),
        migrations.CreateModel(
            name="NoticeLook",
            fields=[
                (
                    "assessment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="fees.assessment",
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("tries", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("tries__gte", 1)), name="notice_look_counts")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedQuote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("on", models.DateField()),
                ("tariff", models.CharField(max_length=40)),
                ("total_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("valid_until", models.DateTimeField()),
                ("key_id", models.CharField(max_length=43)),
                ("signature", models.TextField()),
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "sha256"), name="signed_quote_once"),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gte", 0)), name="signed_quote_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="signed_quote_sha256_form"
                    ),
                ],
            },
        ),
        append_only("fees_signedquote"),
    ]
