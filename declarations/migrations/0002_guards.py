"""The database holds the life cycles, keeps what was lodged, and numbers declarations."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

LEGAL_PAIRS = [
    ("ACCEPTED", "CLEARED"),
    ("ACCEPTED", "INVALIDATED"),
    ("ACCEPTED", "REFUSED"),
    ("ACCEPTED", "RELEASED"),
    ("DRAFT", "SUBMITTED"),
    ("REGISTERED", "ACCEPTED"),
    ("REGISTERED", "EXPIRED"),
    ("REGISTERED", "INVALIDATED"),
    ("RELEASED", "CLEARED"),
    ("RELEASED", "INVALIDATED"),
    ("SUBMITTED", "ACCEPTED"),
    ("SUBMITTED", "REGISTERED"),
    ("SUBMITTED", "REJECTED"),
]
GOODS_PAIRS = [
    ("EXPECTED", "PRESENTED"),
    ("PRESENTED", "DISPOSED"),
    ("PRESENTED", "RELEASABLE"),
    ("PRESENTED", "UNDER_CONTROL"),
    ("RELEASABLE", "EXITED"),
    ("RELEASABLE", "REMOVED"),
    ("REMOVED", "EXITED"),
    ("UNDER_CONTROL", "DISPOSED"),
    ("UNDER_CONTROL", "RELEASABLE"),
]

KEEP = """
CREATE FUNCTION declarations_declaration_keep() RETURNS trigger LANGUAGE plpgsql AS $$
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
        IF OLD.legal_state IN ('REJECTED', 'EXPIRED', 'INVALIDATED', 'REFUSED', 'CLEARED') THEN
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
CREATE TRIGGER declarations_declaration_keep BEFORE UPDATE ON declarations_declaration FOR EACH ROW
    WHEN (OLD.mrn IS NOT NULL) EXECUTE FUNCTION declarations_declaration_keep();
CREATE TRIGGER declarations_declaration_no_delete BEFORE DELETE ON declarations_declaration FOR EACH ROW
    WHEN (OLD.legal_state <> 'DRAFT') EXECUTE FUNCTION declarations_declaration_keep();

CREATE FUNCTION declarations_part_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM declarations_declaration WHERE id = OLD.declaration_id
               AND legal_state IN ('REJECTED', 'EXPIRED', 'INVALIDATED', 'REFUSED', 'CLEARED')) THEN
        RAISE EXCEPTION 'declaration %: the content of a declaration that has ended never changes', OLD.declaration_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER declarations_goodsitem_keep BEFORE UPDATE OR DELETE ON declarations_goodsitem
    FOR EACH ROW EXECUTE FUNCTION declarations_part_keep();
CREATE TRIGGER declarations_transportequipment_keep BEFORE UPDATE OR DELETE ON declarations_transportequipment
    FOR EACH ROW EXECUTE FUNCTION declarations_part_keep();
"""
UNKEEP = """
DROP TRIGGER declarations_transportequipment_keep ON declarations_transportequipment;
DROP TRIGGER declarations_goodsitem_keep ON declarations_goodsitem;
DROP FUNCTION declarations_part_keep();
DROP TRIGGER declarations_declaration_no_delete ON declarations_declaration;
DROP TRIGGER declarations_declaration_keep ON declarations_declaration;
DROP FUNCTION declarations_declaration_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("declarations", "0001_initial")]
    operations = [
        life_cycle("declarations_declaration", "legal_state", LEGAL_PAIRS),
        life_cycle("declarations_declaration", "goods_state", GOODS_PAIRS),
        migrations.RunSQL(KEEP, UNKEEP),
        # One value is a block of numbers that a process hands out: see declarations/services/mrn.py.
        migrations.RunSQL("CREATE SEQUENCE declarations_mrn_block", "DROP SEQUENCE declarations_mrn_block"),
        # A declaration steps on two to five times after it is lodged; room in its page keeps that cheap.
        migrations.RunSQL(
            "ALTER TABLE declarations_declaration SET (fillfactor = 70)",
            "ALTER TABLE declarations_declaration RESET (fillfactor)",
        ),
    ]
