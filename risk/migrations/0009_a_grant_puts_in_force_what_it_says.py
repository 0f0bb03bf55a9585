"""A granted proposal puts in force what it is about and nothing else: the database compares the rule sets."""

from django.db import migrations

IN_FORCE = """
CREATE OR REPLACE FUNCTION risk_rulesetinforce_needs_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made jsonb;
    before jsonb;
    part text[];
    agreed record;
    wish jsonb;
    fits boolean := true;
BEGIN
    SELECT document INTO made FROM risk_ruleset WHERE hash = NEW.rule_set_id;
    SELECT r.document INTO before FROM risk_rulesetinforce f JOIN risk_ruleset r ON r.hash = f.rule_set_id
        ORDER BY f.id DESC LIMIT 1;
    IF NEW.proposal_id IS NOT NULL THEN
        SELECT kind, content_sha256, evidence INTO agreed FROM approvals_proposal
            WHERE id = NEW.proposal_id AND state = 'granted';
        part := CASE agreed.kind
            WHEN 'risk.profile' THEN '{profiles}'::text[] WHEN 'risk.profile_end' THEN '{profiles}'::text[]
            WHEN 'risk.model' THEN '{model}'::text[] WHEN 'risk.shadow' THEN '{shadow}'::text[]
            WHEN 'risk.bands' THEN '{bands}'::text[] WHEN 'risk.selection' THEN '{selection}'::text[]
            WHEN 'risk.tables' THEN '{tables,screening}'::text[] END;
        IF part IS NULL THEN
            RAISE EXCEPTION 'rule set %: a second person must agree before it is in force', NEW.rule_set_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        wish := agreed.evidence -> 'change' -> 'values';
        IF agreed.kind IN ('risk.profile', 'risk.profile_end') THEN
            -- what comes in is what was agreed to; an end brings nothing in
            SELECT bool_and(agreed.kind = 'risk.profile' AND one ->> 'content_sha256' = agreed.content_sha256)
                INTO fits FROM (SELECT jsonb_array_elements(made -> 'profiles') AS one
                                EXCEPT SELECT jsonb_array_elements(before -> 'profiles')) AS came;
        ELSIF agreed.kind = 'risk.model' THEN
            fits := coalesce(made -> 'model' ->> 'hash', '') = coalesce(wish ->> 'hash', '');
        ELSIF agreed.kind = 'risk.shadow' THEN
            fits := made -> 'shadow' @> (wish -> 'hashes') AND made -> 'shadow' <@ (wish -> 'hashes');
        ELSIF agreed.kind = 'risk.tables' THEN
            fits := made ->> 'tables' = wish ->> 'version';
        ELSIF agreed.kind = 'risk.bands' THEN
            fits := (made #>> '{bands,blue}', made #>> '{bands,yellow}', made #>> '{bands,red}')
                = (wish ->> 'blue', wish ->> 'yellow', wish ->> 'red');
        END IF;
        IF before IS NULL OR made - part IS DISTINCT FROM before - part OR NOT coalesce(fits, true) THEN
            RAISE EXCEPTION 'rule set %: a second person must agree to all of it before it is in force', NEW.rule_set_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
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
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0008_earlier_cases_by_goods_and_trader"), ("approvals", "0002_guards")]
    operations = [migrations.RunSQL(IN_FORCE, migrations.RunSQL.noop)]
