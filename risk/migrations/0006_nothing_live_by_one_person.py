"""The database lets no alert and no rule set take effect that a second person did not agree to, and no result cite
a rule set that was not committed before."""

from django.db import migrations

from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import life_cycle

ALERT_PAIRS = [("live", "ended"), ("proposed", "ended"), ("proposed", "live")]

KEEP = """
CREATE FUNCTION risk_alertentry_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.kind, NEW.value, NEW.origin, NEW.reason, NEW.basis, NEW.owner, NEW.valid_to, NEW.content_sha256)
       IS DISTINCT FROM
       (OLD.kind, OLD.value, OLD.origin, OLD.reason, OLD.basis, OLD.owner, OLD.valid_to, OLD.content_sha256)
    THEN
        RAISE EXCEPTION 'alert %: what was proposed never changes; it is ended', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_alertentry_keep BEFORE UPDATE OR DELETE ON risk_alertentry
    FOR EACH ROW EXECUTE FUNCTION risk_alertentry_keep();
"""
UNKEEP = "DROP TRIGGER risk_alertentry_keep ON risk_alertentry; DROP FUNCTION risk_alertentry_keep();"

IN_FORCE = """
CREATE FUNCTION risk_rulesetinforce_needs_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made jsonb;
    before jsonb;
BEGIN
    IF NEW.proposal_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT 1 FROM approvals_proposal
                       WHERE id = NEW.proposal_id AND state = 'granted' AND kind LIKE 'risk.%') THEN
            RAISE EXCEPTION 'rule set %: a second person must agree before it is in force', NEW.rule_set_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT document INTO made FROM risk_ruleset WHERE hash = NEW.rule_set_id;
    SELECT r.document INTO before FROM risk_rulesetinforce f JOIN risk_ruleset r ON r.hash = f.rule_set_id
        ORDER BY f.id DESC LIMIT 1;
    IF before IS NULL THEN
        IF made -> 'profiles' <> '[]' OR made -> 'shadow' <> '[]' OR made -> 'model' <> 'null' OR made ->> 'tables' <> ''
        THEN
            RAISE EXCEPTION 'rule set %: the first holds the rules of the code and nothing else', NEW.rule_set_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF made - 'rules' - 'version' - 'profiles' <> before - 'rules' - 'version' - 'profiles'
       OR EXISTS (SELECT jsonb_array_elements(made -> 'profiles')
                  EXCEPT SELECT jsonb_array_elements(before -> 'profiles')) THEN
        RAISE EXCEPTION 'rule set %: a second person must agree before it is in force', NEW.rule_set_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_rulesetinforce_needs_grant BEFORE INSERT ON risk_rulesetinforce
    FOR EACH ROW EXECUTE FUNCTION risk_rulesetinforce_needs_grant();
"""
UNFORCE = """
DROP TRIGGER risk_rulesetinforce_needs_grant ON risk_rulesetinforce;
DROP FUNCTION risk_rulesetinforce_needs_grant();
"""

COMMITTED = """
CREATE FUNCTION risk_riskassessment_committed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM risk_ruleset WHERE hash = NEW.rule_set_hash) THEN
        RAISE EXCEPTION 'result %: its rule set % was not committed before it', NEW.id, NEW.rule_set_hash
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_riskassessment_committed BEFORE INSERT ON risk_riskassessment
    FOR EACH ROW EXECUTE FUNCTION risk_riskassessment_committed();
"""
UNCOMMITTED = """
DROP TRIGGER risk_riskassessment_committed ON risk_riskassessment;
DROP FUNCTION risk_riskassessment_committed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0005_who_agreed_and_what_the_choice_rested_on"),
        ("approvals", "0002_guards"),
    ]
    operations = [
        life_cycle("risk_alertentry", "state", ALERT_PAIRS),
        live_needs_grant("risk_alertentry", column="state", live="live", sha256="content_sha256", kind="risk.alert"),
        migrations.RunSQL(KEEP, UNKEEP),
        migrations.RunSQL(IN_FORCE, UNFORCE),
        migrations.RunSQL(COMMITTED, UNCOMMITTED),
    ]
