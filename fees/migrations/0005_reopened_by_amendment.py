"""An amendment makes an assessment that was not paid yet void: the debt is open again."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

FISCAL_PAIRS = [
    ("ASSESSED", "ASSESSED"),
    ("ASSESSED", "DEFERRED"),
    ("ASSESSED", "INSUFFICIENT"),
    ("ASSESSED", "NIL"),
    ("ASSESSED", "NOT_ASSESSED"),
    ("ASSESSED", "PAID"),
    ("ASSESSED", "SECURED"),
    ("DEFERRED", "FINAL"),
    ("INSUFFICIENT", "ASSESSED"),
    ("INSUFFICIENT", "DEFERRED"),
    ("INSUFFICIENT", "INSUFFICIENT"),
    ("INSUFFICIENT", "NIL"),
    ("INSUFFICIENT", "NOT_ASSESSED"),
    ("INSUFFICIENT", "PAID"),
    ("INSUFFICIENT", "SECURED"),
    ("NIL", "FINAL"),
    ("NOT_ASSESSED", "ASSESSED"),
    ("PAID", "FINAL"),
    ("SECURED", "FINAL"),
]
DROP = """
DROP TRIGGER fees_fiscalstatus_state_life_cycle ON fees_fiscalstatus;
DROP FUNCTION fees_fiscalstatus_state_life_cycle();
"""


class Migration(migrations.Migration):
    dependencies = [("fees", "0004_security_account")]
    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        life_cycle("fees_fiscalstatus", "state", FISCAL_PAIRS),
    ]
