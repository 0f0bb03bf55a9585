"""The database holds the life cycle of proposals, keeps what was proposed, and refuses the agreement of an author."""

from django.db import migrations

from singlewindow.db.protect import life_cycle

PAIRS = [("open", "granted"), ("open", "refused"), ("open", "withdrawn")]

KEEP = """
ALTER TABLE approvals_proposal ADD CONSTRAINT proposal_no_author_decides
    CHECK (decided_by = '' OR NOT authors @> to_jsonb(decided_by));
ALTER TABLE approvals_proposal ADD CONSTRAINT proposal_names_its_author
    CHECK (authors @> to_jsonb(proposed_by));
CREATE FUNCTION approvals_proposal_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'proposal %: it begins open', NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' OR
       (NEW.id, NEW.kind, NEW.subject_id, NEW.content_sha256, NEW.evidence, NEW.authors, NEW.proposed_by,
        NEW.proposed_at)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject_id, OLD.content_sha256, OLD.evidence, OLD.authors, OLD.proposed_by,
        OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'proposal %: what was proposed never changes, and is decided once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approvals_proposal_keep BEFORE INSERT OR UPDATE OR DELETE ON approvals_proposal
    FOR EACH ROW EXECUTE FUNCTION approvals_proposal_keep();
"""
UNKEEP = """
DROP TRIGGER approvals_proposal_keep ON approvals_proposal;
DROP FUNCTION approvals_proposal_keep();
ALTER TABLE approvals_proposal DROP CONSTRAINT proposal_names_its_author;
ALTER TABLE approvals_proposal DROP CONSTRAINT proposal_no_author_decides;
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_proposals")]
    operations = [life_cycle("approvals_proposal", "state", PAIRS), migrations.RunSQL(KEEP, UNKEEP)]
