"""What became of a line never changes, and a file takes only the steps of its life cycle."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

FILE_PAIRS = [("FILING", "DONE"), ("FILING", "FILING"), ("RECEIVED", "FILING")]


class Migration(migrations.Migration):
    dependencies = [("lowvalue", "0001_files_parts_and_lines")]
    operations = [
        append_only("lowvalue_bulkline"),
        life_cycle("lowvalue_bulkfile", "state", FILE_PAIRS),
    ]
