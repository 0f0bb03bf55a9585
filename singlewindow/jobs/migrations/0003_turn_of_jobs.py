"""A claim reads whose turn it is, and how many jobs are in flight, from an index each: behind any number of jobs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_wake_relay"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="job",
            name="job_due",
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "todo")), fields=["priority", "not_before", "id"], name="job_turn"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("lease_until__isnull", False), ("state", "todo")),
                fields=["lease_until"],
                name="job_leased",
            ),
        ),
    ]
