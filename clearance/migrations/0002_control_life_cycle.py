"""The database refuses every step of control that is not in the table of transitions."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

PAIRS = [
    ("DETAINED", "DONE"),
    ("DOCS_REQUIRED", "DETAINED"),
    ("DOCS_REQUIRED", "DONE"),
    ("DOCS_REQUIRED", "PHYSICAL"),
    ("DOCS_REQUIRED", "QUERY"),
    ("NONE", "DOCS_REQUIRED"),
    ("NONE", "PHYSICAL"),
    ("NONE", "SELECTED"),
    ("PHYSICAL", "DETAINED"),
    ("PHYSICAL", "DOCS_REQUIRED"),
    ("PHYSICAL", "DONE"),
    ("PHYSICAL", "QUERY"),
    ("QUERY", "DETAINED"),
    ("QUERY", "DOCS_REQUIRED"),
    ("QUERY", "PHYSICAL"),
    ("SELECTED", "DOCS_REQUIRED"),
    ("SELECTED", "NONE"),
    ("SELECTED", "PHYSICAL"),
]


class Migration(migrations.Migration):
    dependencies = [("clearance", "0001_initial")]
    operations = [life_cycle("clearance_case", "control_state", PAIRS)]
