"""The database holds the life cycle, keeps what was lodged, asked and found, and numbers the declarations."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

PAIRS = [
    ("answered", "assessment_complete"),
    ("answered", "do_not_load"),
    ("answered", "ended"),
    ("answered", "information_requested"),
    ("answered", "registered"),
    ("assessment_complete", "do_not_load"),
    ("assessment_complete", "ended"),
    ("assessment_complete", "information_requested"),
    ("assessment_complete", "registered"),
    ("do_not_load", "assessment_complete"),
    ("do_not_load", "ended"),
    ("information_requested", "answered"),
    ("information_requested", "assessment_complete"),
    ("information_requested", "do_not_load"),
    ("information_requested", "ended"),
    ("information_requested", "registered"),
    ("proposed", "assessment_complete"),
    ("proposed", "do_not_load"),
    ("proposed", "ended"),
    ("proposed", "information_requested"),
    ("registered", "assessment_complete"),
    ("registered", "ended"),
    ("registered", "information_requested"),
    ("registered", "proposed"),
]

KEEP = """
CREATE FUNCTION ens_entrysummary_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'entry summary %: what was lodged is never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.mrn, NEW.lrn, NEW.lodged_by_id, NEW.lodged_at)
       IS DISTINCT FROM (OLD.id, OLD.mrn, OLD.lrn, OLD.lodged_by_id, OLD.lodged_at) THEN
        RAISE EXCEPTION 'entry summary %: number, filer and time of lodgement never change', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version NOT IN (OLD.version, OLD.version + 1)
       OR (NEW.content IS DISTINCT FROM OLD.content OR NEW.content_sha256 <> OLD.content_sha256)
          AND NEW.version = OLD.version THEN
        RAISE EXCEPTION 'entry summary %: new content is the next version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ens_entrysummary_keep BEFORE UPDATE OR DELETE ON ens_entrysummary
    FOR EACH ROW EXECUTE FUNCTION ens_entrysummary_keep();

CREATE FUNCTION ens_entryquestion_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
       OR (NEW.id, NEW.entry_id, NEW.number, NEW.code, NEW.pointer, NEW.text, NEW.asked_at, NEW.asked_by, NEW.due_at)
          IS DISTINCT FROM
          (OLD.id, OLD.entry_id, OLD.number, OLD.code, OLD.pointer, OLD.text, OLD.asked_at, OLD.asked_by, OLD.due_at)
    THEN
        RAISE EXCEPTION 'question %: what was asked never changes, and is answered once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ens_entryquestion_keep BEFORE UPDATE OR DELETE ON ens_entryquestion
    FOR EACH ROW EXECUTE FUNCTION ens_entryquestion_keep();
"""
UNKEEP = """
DROP TRIGGER ens_entryquestion_keep ON ens_entryquestion;
DROP FUNCTION ens_entryquestion_keep();
DROP TRIGGER ens_entrysummary_keep ON ens_entrysummary;
DROP FUNCTION ens_entrysummary_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("ens", "0001_entry_summaries")]
    operations = [
        life_cycle("ens_entrysummary", "state", PAIRS),
        migrations.RunSQL(KEEP, UNKEEP),
        append_only("ens_entryversion"),
        append_only("ens_entryfinding"),
        migrations.RunSQL("CREATE SEQUENCE ens_mrn", "DROP SEQUENCE ens_mrn"),
    ]
