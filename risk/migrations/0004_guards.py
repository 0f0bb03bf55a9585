"""The database holds the life cycles, keeps what was found and in force, and wants a second person for a profile."""

from django.db import migrations

from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import append_only, life_cycle

PROFILE_PAIRS = [
    ("draft", "draft"),
    ("draft", "ended"),
    ("draft", "simulated"),
    ("live", "ended"),
    ("live", "expired"),
    ("proposed", "draft"),
    ("proposed", "ended"),
    ("proposed", "live"),
    ("simulated", "draft"),
    ("simulated", "ended"),
    ("simulated", "proposed"),
    ("simulated", "simulated"),
]
SIMULATION_PAIRS = [
    ("queued", "failed"),
    ("queued", "running"),
    ("queued", "stopped"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "stopped"),
]

KEEP = """
CREATE FUNCTION risk_profile_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'profile %: what was written is ended, never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('live', 'expired', 'ended') AND
       (NEW.code, NEW.version, NEW.content, NEW.content_sha256, NEW.hard, NEW.lane, NEW.points, NEW.basis)
       IS DISTINCT FROM
       (OLD.code, OLD.version, OLD.content, OLD.content_sha256, OLD.hard, OLD.lane, OLD.points, OLD.basis)
    THEN
        RAISE EXCEPTION 'profile %: what went live never changes; a new version does', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_profile_keep BEFORE UPDATE OR DELETE ON risk_profile
    FOR EACH ROW EXECUTE FUNCTION risk_profile_keep();
"""
UNKEEP = "DROP TRIGGER risk_profile_keep ON risk_profile; DROP FUNCTION risk_profile_keep();"


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_profiles_outcomes_replays_and_picks"), ("approvals", "0002_guards")]
    operations = [
        append_only("risk_rulesetinforce"),
        append_only("risk_inspectionoutcome"),
        append_only("risk_driftreading"),
        life_cycle("risk_profile", "state", PROFILE_PAIRS),
        life_cycle("risk_simulation", "state", SIMULATION_PAIRS),
        live_needs_grant("risk_profile", column="state", live="live", sha256="content_sha256", kind="risk.profile"),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
