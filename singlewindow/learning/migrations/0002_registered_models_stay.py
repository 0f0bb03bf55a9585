"""What was registered once is neither changed nor removed: decisions cite it."""

from django.db import migrations

from singlewindow.db.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_registered_models")]

    operations = [append_only("learning_modelversion"), append_only("learning_modelfile")]
