"""Endpoints and deliveries only take the steps of their tables; attempts only grow, until they are old."""

from django.db import migrations

from singlewindow.db.protect import append_only_until_old, life_cycle

ENDPOINT_PAIRS = (
    ("ACTIVE", "DISABLED"),
    ("ACTIVE", "PAUSED"),
    ("DISABLED", "ACTIVE"),
    ("PAUSED", "ACTIVE"),
    ("PAUSED", "DISABLED"),
)
DELIVERY_PAIRS = (
    ("CANCELLED", "PENDING"),
    ("DELIVERED", "PENDING"),
    ("FAILED", "PENDING"),
    ("PENDING", "CANCELLED"),
    ("PENDING", "DELIVERED"),
    ("PENDING", "FAILED"),
)


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_endpoints_deliveries_attempts")]
    operations = [
        life_cycle("webhooks_webhookendpoint", "state", ENDPOINT_PAIRS),
        life_cycle("webhooks_delivery", "state", DELIVERY_PAIRS),
        append_only_until_old("webhooks_attempt", column="at", days=90),
    ]
