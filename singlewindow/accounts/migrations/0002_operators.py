"""Registered operators file consignments of low value in bulk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="apiclient",
            name="api_client_role_files",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_role_known",
        ),
        migrations.AlterField(
            model_name="apiclient",
            name="role",
            field=models.CharField(
                choices=[
                    ("trader", "Trader"),
                    ("broker", "Broker"),
                    ("operator", "Operator"),
                    ("officer", "Officer"),
                    ("supervisor", "Supervisor"),
                    ("risk_analyst", "Risk_Analyst"),
                    ("agency_officer", "Agency_Officer"),
                    ("auditor", "Auditor"),
                    ("administrator", "Administrator"),
                ],
                default="trader",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("trader", "Trader"),
                    ("broker", "Broker"),
                    ("operator", "Operator"),
                    ("officer", "Officer"),
                    ("supervisor", "Supervisor"),
                    ("risk_analyst", "Risk_Analyst"),
                    ("agency_officer", "Agency_Officer"),
                    ("auditor", "Auditor"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["trader", "broker", "operator"])), name="api_client_role_files"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "trader",
                            "broker",
                            "operator",
                            "officer",
                            "supervisor",
                            "risk_analyst",
                            "agency_officer",
                            "auditor",
                            "administrator",
                        ],
                    )
                ),
                name="membership_role_known",
            ),
        ),
    ]
