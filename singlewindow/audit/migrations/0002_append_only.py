"""Events can be neither changed nor removed, by nobody."""

from django.db import migrations

from singlewindow.db.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [append_only("audit_event"), append_only("audit_partyevent")]
