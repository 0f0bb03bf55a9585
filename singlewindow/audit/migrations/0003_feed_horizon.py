"""Events of feeds may be removed when they are old, and where a feed begins then is noted."""

import django.db.models.deletion
from django.db import migrations, models

from singlewindow.db.protect import append_only_until_old


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only"), ("accounts", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="FeedHorizon",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("transaction_id", models.BigIntegerField()),
                ("event", models.BigIntegerField()),
            ],
        ),
        append_only_until_old("audit_partyevent", column="at", days=90),
    ]
