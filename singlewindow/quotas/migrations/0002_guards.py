"""The ledger of quotas only grows, life cycles hold, and no volume changes without a second person."""

from django.db import migrations

from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import append_only, life_cycle

QUOTA_PAIRS = (
    ("blocked", "closed"),
    ("blocked", "critical"),
    ("blocked", "exhausted"),
    ("blocked", "open"),
    ("critical", "blocked"),
    ("critical", "closed"),
    ("critical", "exhausted"),
    ("critical", "open"),
    ("exhausted", "blocked"),
    ("exhausted", "closed"),
    ("exhausted", "critical"),
    ("exhausted", "open"),
    ("open", "blocked"),
    ("open", "closed"),
    ("open", "critical"),
    ("open", "exhausted"),
)
CHANGE_PAIRS = (("proposed", "applied"), ("proposed", "declined"))

ADJUST = """
CREATE FUNCTION quotas_entry_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM quotas_change WHERE 'change:' || id::text = NEW.source AND state = 'applied'
                   AND kind IN ('volume', 'transfer')) THEN
        RAISE EXCEPTION 'quota %: its volume changes only by a change that two people agreed to', NEW.quota_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quotas_entry_agreed BEFORE INSERT ON quotas_entry FOR EACH ROW
    WHEN (NEW.kind = 'adjust') EXECUTE FUNCTION quotas_entry_agreed();

CREATE FUNCTION quotas_transfer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM quotas_change WHERE 'change:' || id::text = NEW.source AND kind = 'transfer')
       AND (SELECT sum(quantity) FROM quotas_entry WHERE kind = 'adjust' AND source = NEW.source) <> 0 THEN
        RAISE EXCEPTION 'quota %: what a transfer takes from one it gives to another', NEW.quota_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER quotas_entry_transfer AFTER INSERT ON quotas_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'adjust') EXECUTE FUNCTION quotas_transfer_balances();
"""
UNADJUST = """
DROP TRIGGER quotas_entry_transfer ON quotas_entry;
DROP FUNCTION quotas_transfer_balances();
DROP TRIGGER quotas_entry_agreed ON quotas_entry;
DROP FUNCTION quotas_entry_agreed();
"""

KEPT = """
CREATE FUNCTION quotas_run_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.done_at IS NULL AND (NEW.quota_id, NEW.day) = (OLD.quota_id, OLD.day) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'quota run %: a day is settled once, for good', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER quotas_run_keep BEFORE UPDATE OR DELETE ON quotas_run
    FOR EACH ROW EXECUTE FUNCTION quotas_run_keep();

CREATE FUNCTION quotas_stop_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'day_to' = to_jsonb(OLD) - 'day_to'
       AND NEW.day_to IS NOT NULL AND (OLD.day_to IS NULL OR NEW.day_to < OLD.day_to) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'quota stop %: it is only ever ended earlier', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER quotas_stop_keep BEFORE UPDATE OR DELETE ON quotas_stop
    FOR EACH ROW EXECUTE FUNCTION quotas_stop_keep();

CREATE FUNCTION quotas_change_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'state' - 'decided_at') = (to_jsonb(OLD) - 'state' - 'decided_at') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'quota change %: what was proposed stays', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER quotas_change_keep BEFORE UPDATE OR DELETE ON quotas_change
    FOR EACH ROW EXECUTE FUNCTION quotas_change_keep();
"""
UNKEPT = "".join(
    f"DROP TRIGGER quotas_{name}_keep ON quotas_{name}; DROP FUNCTION quotas_{name}_keep();"
    for name in ("run", "stop", "change")
)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0001_quotas_and_their_ledger"), ("approvals", "0002_guards")]

    operations = [
        append_only("quotas_entry"),
        life_cycle("quotas_quota", "state", QUOTA_PAIRS),
        life_cycle("quotas_change", "state", CHANGE_PAIRS),
        live_needs_grant("quotas_change", column="state", live="applied", sha256="sha256", kind="quotas.change"),
        migrations.RunSQL(ADJUST, UNADJUST),
        migrations.RunSQL(KEPT, UNKEPT),
    ]
