"""A list that went out of force comes back by a new agreement only: the one of before has served."""

from django.db import migrations

AGAIN = """
CREATE FUNCTION screening_listversion_granted_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state = 'LIVE' AND NEW.state = 'SUPERSEDED') = (NEW.superseded_at IS NOT DISTINCT FROM OLD.superseded_at)
        OR (NEW.state = 'SUPERSEDED' AND NEW.superseded_at IS NULL)
    THEN
        RAISE EXCEPTION 'list %: when it went out of force never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'LIVE' AND OLD.state <> 'LIVE' AND OLD.superseded_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM approvals_proposal WHERE kind = 'screening.list' AND state = 'granted'
            AND subject_id = NEW.id::text AND content_sha256 = NEW.content_sha256 AND decided_at >= OLD.superseded_at)
    THEN
        RAISE EXCEPTION 'list %: a second person must agree anew before it is live again', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_listversion_granted_anew BEFORE UPDATE ON screening_listversion
    FOR EACH ROW EXECUTE FUNCTION screening_listversion_granted_anew();
"""
FORGET = """
DROP TRIGGER screening_listversion_granted_anew ON screening_listversion;
DROP FUNCTION screening_listversion_granted_anew();
"""


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_guards"), ("approvals", "0002_guards")]
    operations = [migrations.RunSQL(AGAIN, FORGET)]
