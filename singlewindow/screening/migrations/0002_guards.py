"""Lists take the steps of their table and go live only by two people; what stands in them, and decisions, only grow."""

from django.db import migrations

from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import append_only, life_cycle

PAIRS = (
    ("DECLINED", "PROPOSED"),
    ("LIVE", "SUPERSEDED"),
    ("PROPOSED", "DECLINED"),
    ("PROPOSED", "LIVE"),
    ("SUPERSEDED", "PROPOSED"),
)

KEEP = """
CREATE FUNCTION screening_listversion_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.id, NEW.source, NEW.content_sha256, NEW.published_on, NEW.entries, NEW.names, NEW.addresses, NEW.files,
        NEW.notes, NEW.loaded_by, NEW.loaded_at)
       IS DISTINCT FROM
       (OLD.id, OLD.source, OLD.content_sha256, OLD.published_on, OLD.entries, OLD.names, OLD.addresses, OLD.files,
        OLD.notes, OLD.loaded_by, OLD.loaded_at)
    THEN
        RAISE EXCEPTION 'list %: what was loaded never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_listversion_keep BEFORE UPDATE OR DELETE ON screening_listversion
    FOR EACH ROW EXECUTE FUNCTION screening_listversion_keep();

-- Nothing is added to a version behind the back of whoever agreed to it: rows come in while nobody was asked yet.
CREATE FUNCTION screening_listentry_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added JOIN screening_listversion v ON v.id = added.version_id
               WHERE v.state <> 'PROPOSED' OR EXISTS (
                   SELECT 1 FROM approvals_proposal p WHERE p.kind = 'screening.list' AND p.subject_id = v.id::text))
    THEN
        RAISE EXCEPTION 'a list that was proposed takes no further entries' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER screening_listentry_closed AFTER INSERT ON screening_listentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION screening_listentry_closed();

CREATE FUNCTION screening_entry_part_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT e.version_id FROM added
                              JOIN screening_listentry e ON e.id = added.entry_id) o
               JOIN screening_listversion v ON v.id = o.version_id
               WHERE v.state <> 'PROPOSED' OR EXISTS (
                   SELECT 1 FROM approvals_proposal p WHERE p.kind = 'screening.list' AND p.subject_id = v.id::text))
    THEN
        RAISE EXCEPTION 'a list that was proposed takes no further names' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER screening_entryname_closed AFTER INSERT ON screening_entryname
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION screening_entry_part_closed();
CREATE TRIGGER screening_entryaddress_closed AFTER INSERT ON screening_entryaddress
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION screening_entry_part_closed();
"""
UNKEEP = """
DROP TRIGGER screening_entryaddress_closed ON screening_entryaddress;
DROP TRIGGER screening_entryname_closed ON screening_entryname;
DROP FUNCTION screening_entry_part_closed();
DROP TRIGGER screening_listentry_closed ON screening_listentry;
DROP FUNCTION screening_listentry_closed();
DROP TRIGGER screening_listversion_keep ON screening_listversion;
DROP FUNCTION screening_listversion_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_lists_entries_decisions"), ("approvals", "0002_guards")]

    operations = [
        life_cycle("screening_listversion", "state", PAIRS),
        live_needs_grant(
            "screening_listversion", column="state", live="LIVE", sha256="content_sha256", kind="screening.list"
        ),
        append_only("screening_listentry"),
        append_only("screening_entryname"),
        append_only("screening_entryaddress"),
        append_only("screening_matchdecision"),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
