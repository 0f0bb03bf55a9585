"""The database holds changes: decided once, what was asked kept, and no new content without its version and change."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

CHANGE_PAIRS = [
    ("REQUESTED", "DENIED"),
    ("REQUESTED", "DISCLOSED"),
    ("REQUESTED", "GRANTED"),
    ("REQUESTED", "WITHDRAWN"),
]

REQUEST = """
CREATE FUNCTION declarations_changerequest_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'REQUESTED' THEN
            RAISE EXCEPTION 'change %: a request begins as REQUESTED', NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'REQUESTED' THEN
        RAISE EXCEPTION 'change %: what was decided never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.declaration_id, NEW.number, NEW.kind, NEW.stage, NEW.base_version, NEW.proposed, NEW.reason_code,
        NEW.reason, NEW.evidence, NEW.requested_by, NEW.requested_at, NEW.difference)
       IS DISTINCT FROM
       (OLD.declaration_id, OLD.number, OLD.kind, OLD.stage, OLD.base_version, OLD.proposed, OLD.reason_code,
        OLD.reason, OLD.evidence, OLD.requested_by, OLD.requested_at, OLD.difference) THEN
        RAISE EXCEPTION 'change %: what was asked never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER declarations_changerequest_keep BEFORE INSERT OR UPDATE OR DELETE ON declarations_changerequest
    FOR EACH ROW EXECUTE FUNCTION declarations_changerequest_keep();

CREATE FUNCTION declarations_version_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM declarations_declarationversion v JOIN declarations_changerequest c ON c.id = v.change_id
                   WHERE v.declaration_id = NEW.id AND v.version = NEW.version AND c.declaration_id = NEW.id
                     AND v.content_sha256 = NEW.content_sha256 AND c.state = 'GRANTED'
                     AND c.granted_version = NEW.version) THEN
        RAISE EXCEPTION 'declaration %: version % has no change that was granted', NEW.id, NEW.version
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER declarations_version_follow AFTER UPDATE OF version ON declarations_declaration
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.mrn IS NOT NULL AND OLD.version IS DISTINCT FROM NEW.version)
    EXECUTE FUNCTION declarations_version_follow();
"""
UNREQUEST = """
DROP TRIGGER declarations_version_follow ON declarations_declaration;
DROP FUNCTION declarations_version_follow();
DROP TRIGGER declarations_changerequest_keep ON declarations_changerequest;
DROP FUNCTION declarations_changerequest_keep();
"""

KEEP = """
CREATE OR REPLACE FUNCTION declarations_change_open(declaration uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM declarations_changerequest WHERE declaration_id = declaration AND state = 'REQUESTED'
                   AND kind <> 'invalidate' AND id::text = current_setting('csw.change', true))
$$;
CREATE OR REPLACE FUNCTION declarations_declaration_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'declaration %: what was lodged is never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.mrn, NEW.lrn, NEW.lodged_by_id, NEW.lodged_at, NEW.direction)
       IS DISTINCT FROM (OLD.id, OLD.mrn, OLD.lrn, OLD.lodged_by_id, OLD.lodged_at, OLD.direction) THEN
        RAISE EXCEPTION 'declaration %: number, filer and time of lodgement never change', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.content_sha256, NEW.version) IS DISTINCT FROM (OLD.content_sha256, OLD.version)
       OR NEW.content IS DISTINCT FROM OLD.content THEN
        IF OLD.legal_state IN ('REJECTED', 'EXPIRED', 'INVALIDATED', 'REFUSED')
           OR OLD.legal_state = 'CLEARED' AND NOT declarations_change_open(OLD.id) THEN
            RAISE EXCEPTION 'declaration %: the content of a declaration that has ended never changes', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.version <> OLD.version + 1 THEN
            RAISE EXCEPTION 'declaration %: new content is a new version', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION declarations_part_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM declarations_declaration WHERE id = OLD.declaration_id
               AND (legal_state IN ('REJECTED', 'EXPIRED', 'INVALIDATED', 'REFUSED')
                    OR legal_state = 'CLEARED' AND NOT declarations_change_open(OLD.declaration_id))) THEN
        RAISE EXCEPTION 'declaration %: the content of a declaration that has ended never changes', OLD.declaration_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("declarations", "0004_changes")]
    operations = [
        append_only("declarations_declarationversion"),
        life_cycle("declarations_changerequest", "state", CHANGE_PAIRS),
        migrations.RunSQL(REQUEST, UNREQUEST),
        # A cleared declaration takes a new version under a change that the transaction names, and in no other way.
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
