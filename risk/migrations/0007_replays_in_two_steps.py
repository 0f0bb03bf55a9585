"""Replays score first and pick then; what was tried and what came of it never changes."""

from datetime import UTC, datetime

from django.db import migrations, models

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

KEEP = """
CREATE FUNCTION risk_simulation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'simulation %: what was tried stays on record', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('done', 'stopped', 'failed') OR
       (NEW.id, NEW.change, NEW.change_sha256, NEW.base_hash, NEW.candidate_hash, NEW.since, NEW.until, NEW.seed,
        NEW.asked_by, NEW.asked_at)
       IS DISTINCT FROM
       (OLD.id, OLD.change, OLD.change_sha256, OLD.base_hash, OLD.candidate_hash, OLD.since, OLD.until, OLD.seed,
        OLD.asked_by, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'simulation %: what was tried, and what came of it, never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_simulation_keep BEFORE UPDATE OR DELETE ON risk_simulation
    FOR EACH ROW EXECUTE FUNCTION risk_simulation_keep();
CREATE FUNCTION risk_simulation_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'queued' THEN
        RAISE EXCEPTION 'simulation %: it begins queued', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_simulation_begins BEFORE INSERT ON risk_simulation
    FOR EACH ROW EXECUTE FUNCTION risk_simulation_begins();
"""
UNKEEP = """
DROP TRIGGER risk_simulation_begins ON risk_simulation;
DROP FUNCTION risk_simulation_begins();
DROP TRIGGER risk_simulation_keep ON risk_simulation;
DROP FUNCTION risk_simulation_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0006_nothing_live_by_one_person")]
    operations = [
        migrations.AddField(
            "simulation",
            "declarations",
            models.PositiveIntegerField(db_default=0, help_text="Results of the period, before the newest are chosen"),
        ),
        migrations.AddField(
            "simulation",
            "rooms",
            models.JSONField(null=True, help_text="Room of each office and day, planned when all is scored"),
        ),
        migrations.AlterField(
            "simulation",
            "total",
            models.PositiveIntegerField(db_default=0, help_text="Steps: each part is scored, then picked from"),
        ),
        migrations.AlterField(
            "simulation", "done", models.PositiveIntegerField(db_default=0, help_text="Steps that were done")
        ),
        migrations.AddField(
            "simulationpart", "first_at", models.DateTimeField(default=LONG_AGO), preserve_default=False
        ),
        migrations.AddField(
            "simulationpart", "last_at", models.DateTimeField(default=LONG_AGO), preserve_default=False
        ),
        migrations.AddField(
            "simulationpart",
            "scored",
            models.JSONField(null=True, help_text="Scores of both rule sets, before anybody is picked"),
        ),
        migrations.AddField(
            "simulationpart",
            "tally",
            models.JSONField(null=True, help_text="What rooms are planned from: losses by office and day"),
        ),
        migrations.AddIndex(
            "simulationpart",
            models.Index(
                fields=("simulation", "number"), condition=models.Q(("sums__isnull", True)), name="simulation_part_todo"
            ),
        ),
        migrations.AddIndex(
            "simulation",
            models.Index(
                condition=models.Q(("state", "done")),
                fields=["change_sha256", "-ended_at"],
                name="simulation_of_change",
            ),
        ),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
