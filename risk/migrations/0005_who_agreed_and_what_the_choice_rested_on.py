"""Alerts wait for a second person, results keep what their choice rested on, and offices plan their day."""

import hashlib

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def alerts_stand(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Entries from before stay what they are: in force, or ended."""
    for entry in apps.get_model("risk", "AlertEntry").objects.all():
        entry.state = "ended" if entry.ended_at else "live"
        entry.content_sha256 = hashlib.sha256(f"{entry.kind}:{entry.value}:{entry.origin}".encode()).hexdigest()
        entry.save(update_fields=["state", "content_sha256"])


class Migration(migrations.Migration):
    dependencies = [("risk", "0004_guards")]
    operations = [
        migrations.AddField("alertentry", "state", models.CharField(db_default="proposed", max_length=8)),
        migrations.AddField(
            "alertentry",
            "content_sha256",
            models.CharField(default="", help_text="Digest of what a second person agrees to", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(alerts_stand, migrations.RunPython.noop),
        migrations.RemoveConstraint("alertentry", "alert_entry_once"),
        migrations.RemoveIndex("alertentry", "alert_entry_in_force"),
        migrations.AddIndex(
            "alertentry",
            models.Index(condition=models.Q(("state", "live")), fields=["kind", "value"], name="alert_entry_in_force"),
        ),
        migrations.AddConstraint(
            "alertentry",
            models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "live"])),
                fields=("kind", "value", "origin"),
                name="alert_entry_once",
            ),
        ),
        migrations.AddConstraint(
            "alertentry",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "live", "ended"])), name="alert_entry_state_known"
            ),
        ),
        migrations.AlterField(
            "inspectionday",
            "seen",
            models.PositiveIntegerField(db_default=0, help_text="Declarations a day in the days before"),
        ),
        migrations.AddField(
            "inspectionday",
            "room",
            models.JSONField(default=dict, help_text="How the day was planned: risk.rules.selection.Room"),
            preserve_default=False,
        ),
        migrations.AddField(
            "riskassessment",
            "room",
            models.JSONField(help_text="What the choice rested on, for replay: risk.rules.selection.Room", null=True),
        ),
        migrations.AddField(
            "riskassessment",
            "shares",
            models.JSONField(help_text="Points of the model by feature, where a person will look", null=True),
        ),
        migrations.AddIndex(
            "riskassessment",
            models.Index(
                fields=["office", "assessed_at"], include=("score", "expected_loss_minor"), name="risk_of_office"
            ),
        ),
        migrations.AddConstraint(
            "rulesetinforce", models.UniqueConstraint(fields=("proposal_id",), name="rule_set_once_a_proposal")
        ),
    ]
