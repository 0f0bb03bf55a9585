"""The ledger, versions and arrivals only grow; manifests, bills and declarations' cargo take the steps of their tables."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

MANIFEST_PAIRS = (
    ("ARRIVED", "ARRIVED"),
    ("ARRIVED", "DEPARTED"),
    ("PRE_ARRIVAL", "ARRIVED"),
    ("PRE_ARRIVAL", "CANCELLED"),
    ("PRE_ARRIVAL", "DEPARTED"),
    ("PRE_ARRIVAL", "PRE_ARRIVAL"),
)
BILL_PAIRS = (
    ("LIVE", "WITHDRAWN"),
    ("WITHDRAWN", "LIVE"),
)
CARGO_PAIRS = (
    ("CITED", "RETURNED"),
    ("CITED", "SHORT"),
    ("CITED", "UNMANIFESTED"),
    ("CITED", "WRITTEN_OFF"),
    ("SHORT", "RETURNED"),
    ("SHORT", "SHORT"),
    ("SHORT", "UNMANIFESTED"),
    ("SHORT", "WRITTEN_OFF"),
    ("UNMANIFESTED", "RETURNED"),
    ("UNMANIFESTED", "SHORT"),
    ("UNMANIFESTED", "UNMANIFESTED"),
    ("UNMANIFESTED", "WRITTEN_OFF"),
    ("WRITTEN_OFF", "RETURNED"),
    ("WRITTEN_OFF", "UNMANIFESTED"),
    ("WRITTEN_OFF", "WRITTEN_OFF"),
)


class Migration(migrations.Migration):
    dependencies = [("cargo", "0001_manifests_bills_ledger")]

    operations = [
        append_only("cargo_writeoff"),
        append_only("cargo_manifestversion"),
        append_only("cargo_arrival"),
        append_only("cargo_consolidation"),
        life_cycle("cargo_manifest", "state", MANIFEST_PAIRS),
        life_cycle("cargo_bill", "state", BILL_PAIRS),
        life_cycle("cargo_cargolink", "state", CARGO_PAIRS),
    ]
