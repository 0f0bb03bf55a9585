"""Large sums by two people, whatever code runs: the tables of money ask for a proposal that another person agreed to.

What the window books by itself, as a bank or a provider tells it or by rule, is none of a person's acts.
"""

from django.db import migrations

LIMIT = """
CREATE FUNCTION approvals_alone_most(code text) RETURNS bigint STABLE LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION approvals_second_agreed(wanted text, subject text, by_whom text) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM approvals_proposal
                   WHERE kind = wanted AND subject_id = subject AND state = 'granted' AND decided_by = by_whom)
$$;
"""
UNLIMIT = "DROP FUNCTION approvals_second_agreed(text, text, text); DROP FUNCTION approvals_alone_most(text);"

# Looked at when the act ends, whichever of the rows was written first, and for each posting, so that none is added to
# an older transaction either.
CREDIT = """
CREATE FUNCTION fees_posting_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved record;
    whose record;
    came bigint;
    named text;
    agreed boolean;
BEGIN
    SELECT source_event, actor INTO moved FROM fees_ledgertransaction WHERE id = NEW.transaction_id;
    IF moved.actor LIKE 'system:%' OR moved.source_event NOT LIKE 'credit:%' AND moved.source_event NOT LIKE 'clear:%'
    THEN
        RETURN NULL;
    END IF;
    SELECT kind, organisation_id, currency INTO whose FROM fees_account WHERE id = NEW.account_id;
    IF whose.kind <> 'trader' THEN
        RETURN NULL;
    END IF;
    SELECT sum(p.amount_minor) INTO came FROM fees_posting p JOIN fees_account a ON a.id = p.account_id
        WHERE p.transaction_id = NEW.transaction_id AND a.kind = 'trader' AND p.amount_minor > 0;
    IF came <= approvals_alone_most(whose.currency) THEN
        RETURN NULL;
    END IF;
    named := substr(moved.source_event, strpos(moved.source_event, ':') + 1);
    IF moved.source_event LIKE 'clear:%' THEN
        agreed := approvals_second_agreed('payments.clear', named, moved.actor);
    ELSE
        agreed := EXISTS (
            SELECT FROM approvals_proposal WHERE kind = 'fees.credit' AND state = 'granted'
                AND decided_by = moved.actor AND subject_id = encode(sha256(convert_to(named, 'UTF8')), 'hex')
                AND evidence -> 'content' = jsonb_build_object(
                    'organisation', whose.organisation_id::text, 'minor', came::text,
                    'currency', whose.currency, 'reference', named));
    END IF;
    IF NOT agreed THEN
        RAISE EXCEPTION 'ledger transaction %: a second person must agree to %', NEW.transaction_id, came
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fees_posting_by_two AFTER INSERT ON fees_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.amount_minor > 0) EXECUTE FUNCTION fees_posting_by_two();
"""
UNCREDIT = "DROP TRIGGER fees_posting_by_two ON fees_posting; DROP FUNCTION fees_posting_by_two();"

CLEAR = """
CREATE FUNCTION payments_suspenseitem_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF abs(NEW.amount_minor) > approvals_alone_most(NEW.currency)
       AND NOT approvals_second_agreed('payments.clear', NEW.id::text, NEW.cleared_by) THEN
        RAISE EXCEPTION 'suspense %: a second person must agree to it', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_suspenseitem_by_two BEFORE INSERT OR UPDATE ON payments_suspenseitem FOR EACH ROW
    WHEN (NEW.state IN ('cleared', 'returned')) EXECUTE FUNCTION payments_suspenseitem_by_two();

CREATE FUNCTION payments_payoutorder_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount_minor > approvals_alone_most(NEW.currency)
       AND NOT approvals_second_agreed('payments.clear', substr(NEW.source, length('suspense:') + 1), NEW.ordered_by) THEN
        RAISE EXCEPTION 'payout %: a second person must agree to it', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_payoutorder_by_two BEFORE INSERT ON payments_payoutorder FOR EACH ROW
    WHEN (NEW.organisation_id IS NULL) EXECUTE FUNCTION payments_payoutorder_by_two();
"""
UNCLEAR = """
DROP TRIGGER payments_payoutorder_by_two ON payments_payoutorder;
DROP FUNCTION payments_payoutorder_by_two();
DROP TRIGGER payments_suspenseitem_by_two ON payments_suspenseitem;
DROP FUNCTION payments_suspenseitem_by_two();
"""

DETERMINE = """
CREATE FUNCTION revenue_determination_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.provisional_minor - NEW.final_minor <= approvals_alone_most(NEW.currency) OR EXISTS (
        SELECT FROM approvals_proposal WHERE kind = 'revenue.determination' AND state = 'granted'
            AND decided_by = NEW.actor AND subject_id = NEW.declaration_id::text
            AND evidence #>> '{content,from}' = NEW.provisional_minor::text
            AND (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(evidence #> '{content,due}'))
                = NEW.final_minor)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'determination of %: a second person must agree that it falls so far', NEW.declaration_id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revenue_determination_by_two BEFORE INSERT ON revenue_determination FOR EACH ROW
    WHEN (NEW.actor NOT LIKE 'system:%') EXECUTE FUNCTION revenue_determination_by_two();
"""
UNDETERMINE = """
DROP TRIGGER revenue_determination_by_two ON revenue_determination;
DROP FUNCTION revenue_determination_by_two();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_people_only"),
        ("fees", "0015_advance_rulings"),
        ("payments", "0002_guards"),
        ("revenue", "0002_guards"),
    ]
    operations = [
        migrations.RunSQL(LIMIT, UNLIMIT),
        migrations.RunSQL(CREDIT, UNCREDIT),
        migrations.RunSQL(CLEAR, UNCLEAR),
        migrations.RunSQL(DETERMINE, UNDETERMINE),
    ]
