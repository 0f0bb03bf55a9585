"""A check that was over may begin again; what was found and warned of stays, and each step of it is taken once."""

from django.db import migrations

PAIRS = [
    ("DETAINED", "DONE"),
    ("DOCS_REQUIRED", "DETAINED"),
    ("DOCS_REQUIRED", "DONE"),
    ("DOCS_REQUIRED", "PHYSICAL"),
    ("DOCS_REQUIRED", "QUERY"),
    ("DONE", "DOCS_REQUIRED"),
    ("NONE", "DOCS_REQUIRED"),
    ("NONE", "PHYSICAL"),
    ("NONE", "SELECTED"),
    ("PHYSICAL", "DETAINED"),
    ("PHYSICAL", "DOCS_REQUIRED"),
    ("PHYSICAL", "DONE"),
    ("PHYSICAL", "QUERY"),
    ("QUERY", "DETAINED"),
    ("QUERY", "DOCS_REQUIRED"),
    ("QUERY", "PHYSICAL"),
    ("SELECTED", "DOCS_REQUIRED"),
    ("SELECTED", "NONE"),
    ("SELECTED", "PHYSICAL"),
]
_NAME = "clearance_case_control_state_life_cycle"
_REPLACE = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.control_state, NEW.control_state) NOT IN ({allowed}) THEN
        RAISE EXCEPTION 'clearance_case.control_state: % to % is no transition', OLD.control_state, NEW.control_state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def _function(pairs: list[tuple[str, str]]) -> str:
    allowed = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    return _REPLACE.format(name=_NAME, allowed=allowed)


KEEP = """
CREATE FUNCTION clearance_difference_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.gone_at IS NOT NULL
       OR to_jsonb(NEW) - 'gone_at' IS DISTINCT FROM to_jsonb(OLD) - 'gone_at' THEN
        RAISE EXCEPTION 'difference %: what was found stays, and is gone once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clearance_difference_keep BEFORE UPDATE OR DELETE ON clearance_difference
    FOR EACH ROW EXECUTE FUNCTION clearance_difference_keep();

CREATE FUNCTION clearance_warning_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE steps text[] := ARRAY['acknowledged_at', 'acknowledged_by', 'escalated_at', 'lifted_at', 'lifted_why'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - steps IS DISTINCT FROM to_jsonb(OLD) - steps
       OR (OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by)
           IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by))
       OR (OLD.escalated_at IS NOT NULL AND NEW.escalated_at IS DISTINCT FROM OLD.escalated_at)
       OR (OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_why)
           IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_why)) THEN
        RAISE EXCEPTION 'warning %: what was warned of stays, and each step is taken once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clearance_warning_keep BEFORE UPDATE OR DELETE ON clearance_warning
    FOR EACH ROW EXECUTE FUNCTION clearance_warning_keep();
"""
UNKEEP = """
DROP TRIGGER clearance_warning_keep ON clearance_warning;
DROP FUNCTION clearance_warning_keep();
DROP TRIGGER clearance_difference_keep ON clearance_difference;
DROP FUNCTION clearance_difference_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("clearance", "0005_differences_and_warnings")]
    operations = [
        migrations.RunSQL(_function(PAIRS), _function([pair for pair in PAIRS if pair[0] != "DONE"])),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
