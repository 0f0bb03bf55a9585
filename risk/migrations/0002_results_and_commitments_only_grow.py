"""Results, committed rule sets, fact tables and seeds can be neither changed nor removed, by nobody."""

from django.db import migrations

from singlewindow.db.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_what_is_known_scored_and_watched")]
    operations = [
        append_only("risk_riskassessment"),
        append_only("risk_ruleset"),
        append_only("risk_facttables"),
        append_only("risk_sampleseed"),
    ]
