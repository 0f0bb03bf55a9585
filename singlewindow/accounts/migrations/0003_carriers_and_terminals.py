"""Carriers, forwarders and terminals have roles, and software of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_operators"),
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
        migrations.RemoveConstraint(
            model_name="organisation",
            name="organisation_kind_known",
        ),
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("trader", "Trader"),
                    ("broker", "Customs broker"),
                    ("carrier", "Carrier or forwarder"),
                    ("terminal", "Port, terminal or gate"),
                    ("customs", "Customs administration"),
                    ("agency", "Border agency"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["trader", "broker", "carrier", "terminal", "customs", "agency"])),
                name="organisation_kind_known",
            ),
        ),
        migrations.AlterField(
            model_name="apiclient",
            name="role",
            field=models.CharField(
                choices=[
                    ("trader", "Trader"),
                    ("broker", "Broker"),
                    ("operator", "Operator"),
                    ("carrier", "Carrier"),
                    ("terminal", "Terminal"),
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
                    ("carrier", "Carrier"),
                    ("terminal", "Terminal"),
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
                condition=models.Q(("role__in", ["trader", "broker", "operator", "carrier", "terminal"])),
                name="api_client_role_files",
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
                            "carrier",
                            "terminal",
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
