"""Whoever proposes or decides is a person who signed in; the window itself and software cannot, whatever code runs."""

from django.db import migrations

PEOPLE = """
ALTER TABLE approvals_proposal ADD CONSTRAINT proposal_people_only
    CHECK (proposed_by LIKE 'user:%' AND (decided_by = '' OR decided_by LIKE 'user:%'));
"""
ANYBODY = "ALTER TABLE approvals_proposal DROP CONSTRAINT proposal_people_only;"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards")]
    operations = [migrations.RunSQL(PEOPLE, ANYBODY)]
