"""What checks found is looked up by goods and by trader: the nearest earlier cases of a declaration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0007_replays_in_two_steps")]
    operations = [
        migrations.AddField(
            "inspectionoutcome",
            "hs4",
            models.CharField(db_default="", help_text="Heading of the main goods, for like cases", max_length=4),
        ),
        migrations.AddField("inspectionoutcome", "trader", models.CharField(db_default="", max_length=80)),
        migrations.AddIndex("inspectionoutcome", models.Index(fields=["hs4", "-at"], name="inspection_outcome_goods")),
        migrations.AddIndex(
            "inspectionoutcome", models.Index(fields=["trader", "-at"], name="inspection_outcome_trader")
        ),
    ]
