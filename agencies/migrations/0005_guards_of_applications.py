"""Applications, certificates and entries by hand only take the steps of their tables; what was said stays."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

PART_PAIRS = (
    ("applied", "under_review"),
    ("applied", "withdrawn"),
    ("draft", "applied"),
    ("queried", "under_review"),
    ("queried", "withdrawn"),
    ("under_review", "issued"),
    ("under_review", "queried"),
    ("under_review", "refused"),
    ("under_review", "withdrawn"),
)
CERTIFICATE_PAIRS = (("valid", "replaced"), ("valid", "withdrawn"))
CONTINGENCY_PAIRS = (("open", "matched"), ("open", "rejected"))

SENT = """
CREATE FUNCTION agencies_application_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'agencies_application %: what was sent stays as it was sent', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agencies_application_sent BEFORE UPDATE OR DELETE ON agencies_application FOR EACH ROW
    WHEN (OLD.applied_at IS NOT NULL) EXECUTE FUNCTION agencies_application_sent();
CREATE SEQUENCE agencies_lpco_number;
"""
UNSENT = """
DROP SEQUENCE agencies_lpco_number;
DROP TRIGGER agencies_application_sent ON agencies_application;
DROP FUNCTION agencies_application_sent();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_applications_certificates_disclaimers")]

    operations = [
        append_only("agencies_partentry"),
        life_cycle("agencies_applicationpart", "state", PART_PAIRS),
        life_cycle("agencies_foreigncertificate", "state", CERTIFICATE_PAIRS),
        life_cycle("agencies_contingencyentry", "state", CONTINGENCY_PAIRS),
        migrations.RunSQL(SENT, UNSENT),
    ]
