"""Entries only grow, and a guarantee only takes the steps of its table."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

PAIRS = (
    ("ACTIVE", "CANCELLED"),
    ("ACTIVE", "EXPIRED"),
    ("ACTIVE", "REVOKED"),
    ("ACTIVE", "SUSPENDED"),
    ("ACTIVE", "USED"),
    ("PENDING", "ACTIVE"),
    ("PENDING", "EXPIRED"),
    ("PENDING", "REFUSED"),
    ("SUSPENDED", "ACTIVE"),
    ("SUSPENDED", "CANCELLED"),
    ("SUSPENDED", "EXPIRED"),
    ("SUSPENDED", "REVOKED"),
    ("USED", "ACTIVE"),
)


class Migration(migrations.Migration):
    dependencies = [("guarantees", "0001_guarantees")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE guarantees_series", "DROP SEQUENCE guarantees_series"),
        append_only("guarantees_entry"),
        append_only("guarantees_citation"),
        life_cycle("guarantees_guarantee", "state", PAIRS),
    ]
