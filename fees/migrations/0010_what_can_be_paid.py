"""A trader's page of what can be paid finds the debts that are assessed and wait, without reading those of others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fees", "0009_signed_quotes_and_looks_at_notices")]
    operations = [
        migrations.AddIndex(
            model_name="fiscalstatus",
            index=models.Index(
                fields=["organisation", "declaration_id"],
                name="fiscal_assessed",
                condition=models.Q(state="ASSESSED"),
            ),
        )
    ]
