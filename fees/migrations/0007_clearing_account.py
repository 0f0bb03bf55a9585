"""Money on its way has an account: what a provider took and has not yet paid over, and what was ordered to be paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_devices"), ("fees", "0006_tariff_in_full_and_demands")]

    operations = [
        migrations.RemoveConstraint(model_name="account", name="account_holder_fits_kind"),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("authority", ""), ("kind__in", ["trader", "receivable"]), ("organisation__isnull", False)
                    ),
                    models.Q(
                        models.Q(("authority", ""), _negated=True),
                        ("kind__in", ["authority", "clearing"]),
                        ("organisation", None),
                    ),
                    models.Q(("authority", ""), ("kind__in", ["suspense", "cash", "security"]), ("organisation", None)),
                    _connector="OR",
                ),
                name="account_holder_fits_kind",
            ),
        ),
    ]
