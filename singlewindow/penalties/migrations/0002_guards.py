"""The database holds both life cycles, and keeps what was told to a person as it was told."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

PENALTY_PAIRS = [("issued", "cancelled"), ("issued", "paid"), ("notified", "dropped"), ("notified", "issued")]

KEEP = """
CREATE FUNCTION penalties_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := CASE TG_TABLE_NAME
        WHEN 'penalties_disclosure' THEN ARRAY['state', 'settled_at', 'outcome']
        ELSE ARRAY['state', 'answer', 'answered_at', 'decided_by', 'decided_at', 'decision_reason', 'demand_id'] END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - later = to_jsonb(OLD) - later THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% %: what was told stays as it was told', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER penalties_penalty_keep BEFORE UPDATE OR DELETE ON penalties_penalty
    FOR EACH ROW EXECUTE FUNCTION penalties_keep();
CREATE TRIGGER penalties_disclosure_keep BEFORE UPDATE OR DELETE ON penalties_disclosure
    FOR EACH ROW EXECUTE FUNCTION penalties_keep();
"""
UNKEEP = """
DROP TRIGGER penalties_penalty_keep ON penalties_penalty;
DROP TRIGGER penalties_disclosure_keep ON penalties_disclosure;
DROP FUNCTION penalties_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("penalties", "0001_penalties_and_disclosures")]
    operations = [
        life_cycle("penalties_penalty", "state", PENALTY_PAIRS),
        life_cycle("penalties_disclosure", "state", [("filed", "settled")]),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
