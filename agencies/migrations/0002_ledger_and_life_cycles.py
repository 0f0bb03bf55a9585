"""The write-off ledger only grows, and permits and holds only take the steps of their tables."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

PERMIT_PAIRS = (
    ("exhausted", "expired"),
    ("exhausted", "issued"),
    ("exhausted", "revoked"),
    ("exhausted", "suspended"),
    ("issued", "exhausted"),
    ("issued", "expired"),
    ("issued", "revoked"),
    ("issued", "suspended"),
    ("suspended", "expired"),
    ("suspended", "issued"),
    ("suspended", "revoked"),
)
HOLD_PAIRS = (
    ("open", "lifted"),
    ("open", "upheld"),
    ("open", "withdrawn"),
    ("upheld", "lifted"),
    ("upheld", "withdrawn"),
)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_agencies_permits_holds")]

    operations = [
        append_only("agencies_writeoff"),
        life_cycle("agencies_permit", "state", PERMIT_PAIRS),
        life_cycle("agencies_hold", "state", HOLD_PAIRS),
    ]
