"""A dispute only takes the steps of its table, and what it said when it was opened stays."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

PAIRS = (
    ("OFFERED", "SECURED"),
    ("OFFERED", "WITHDRAWN"),
    ("SECURED", "SETTLED"),
    ("SECURED", "WITHDRAWN"),
)
KEEP = """
CREATE FUNCTION clearance_dispute_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.declaration_id, OLD.version, OLD.alternative_minor, OLD.declared_minor,
        OLD.security_minor, OLD.fine_minor, OLD.statement, OLD.law, OLD.opened_by, OLD.opened_at)
        IS DISTINCT FROM (NEW.declaration_id, NEW.version, NEW.alternative_minor, NEW.declared_minor,
        NEW.security_minor, NEW.fine_minor, NEW.statement, NEW.law, NEW.opened_by, NEW.opened_at) THEN
        RAISE EXCEPTION 'clearance_dispute: what was opened stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clearance_dispute_keep BEFORE UPDATE OR DELETE ON clearance_dispute
    FOR EACH ROW EXECUTE FUNCTION clearance_dispute_keep();
"""
UNKEEP = """
DROP TRIGGER clearance_dispute_keep ON clearance_dispute;
DROP FUNCTION clearance_dispute_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("clearance", "0007_disputes")]
    operations = [life_cycle("clearance_dispute", "state", PAIRS), migrations.RunSQL(KEEP, UNKEEP)]
