"""The database holds the fiscal life cycle, keeps what was assessed and posted, and lets no money appear or vanish."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

FISCAL_PAIRS = [
    ("ASSESSED", "ASSESSED"),
    ("ASSESSED", "DEFERRED"),
    ("ASSESSED", "INSUFFICIENT"),
    ("ASSESSED", "NIL"),
    ("ASSESSED", "PAID"),
    ("ASSESSED", "SECURED"),
    ("DEFERRED", "FINAL"),
    ("INSUFFICIENT", "ASSESSED"),
    ("INSUFFICIENT", "DEFERRED"),
    ("INSUFFICIENT", "INSUFFICIENT"),
    ("INSUFFICIENT", "NIL"),
    ("INSUFFICIENT", "PAID"),
    ("INSUFFICIENT", "SECURED"),
    ("NIL", "FINAL"),
    ("NOT_ASSESSED", "ASSESSED"),
    ("PAID", "FINAL"),
    ("SECURED", "FINAL"),
]

LEDGER = """
CREATE FUNCTION fees_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved uuid := CASE TG_TABLE_NAME WHEN 'fees_posting' THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid
                  ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
    total numeric := (SELECT sum(amount_minor) FROM fees_posting WHERE transaction_id = moved);
BEGIN
    IF total IS NULL OR total <> 0 THEN
        RAISE EXCEPTION 'ledger transaction %: its postings sum to %, not to 0', moved, coalesce(total::text, 'nothing')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fees_posting_balances AFTER INSERT ON fees_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fees_transaction_balances();
CREATE CONSTRAINT TRIGGER fees_ledgertransaction_balances AFTER INSERT ON fees_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fees_transaction_balances();

CREATE FUNCTION fees_account_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE fees_account SET balance_minor = balance_minor + NEW.amount_minor
    WHERE id = NEW.account_id AND kind = 'trader';
    RETURN NULL;
END $$;
CREATE TRIGGER fees_posting_follow AFTER INSERT ON fees_posting
    FOR EACH ROW EXECUTE FUNCTION fees_account_follow();

CREATE FUNCTION fees_account_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'account %: a balance changes by postings only', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_account_keep BEFORE UPDATE OR DELETE ON fees_account
    FOR EACH ROW EXECUTE FUNCTION fees_account_keep();
"""
UNLEDGER = """
DROP TRIGGER fees_account_keep ON fees_account;
DROP FUNCTION fees_account_keep();
DROP TRIGGER fees_posting_follow ON fees_posting;
DROP FUNCTION fees_account_follow();
DROP TRIGGER fees_ledgertransaction_balances ON fees_ledgertransaction;
DROP TRIGGER fees_posting_balances ON fees_posting;
DROP FUNCTION fees_transaction_balances();
"""

# FE-CHG-01: the check constraint compares the line's own days; this one compares them with the schedule.
PUBLISHED = """
CREATE FUNCTION fees_line_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM fees_charge WHERE code = NEW.tax_type AND published_on <= NEW.event_on
                   AND published_on = NEW.published_on AND valid_from <= NEW.event_on
                   AND (valid_to IS NULL OR valid_to >= NEW.event_on)) THEN
        RAISE EXCEPTION 'charge %: not published and in force on %', NEW.tax_type, NEW.event_on
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_assessmentline_published BEFORE INSERT ON fees_assessmentline
    FOR EACH ROW WHEN (NEW.kind = 'charge') EXECUTE FUNCTION fees_line_published();
"""
UNPUBLISHED = """
DROP TRIGGER fees_assessmentline_published ON fees_assessmentline;
DROP FUNCTION fees_line_published();
"""

VERSIONED = ("fees_measure", "fees_charge", "fees_origingroup", "fees_relief", "fees_proofoforigin")
KEEP_FUNCTION = """
CREATE FUNCTION fees_version_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.version_to IS NULL AND NEW.version_to IS NOT NULL
       AND to_jsonb(NEW) - 'version_to' = to_jsonb(OLD) - 'version_to' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% row %: a published row is only ever ended by a later version', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION fees_version_keep()",
        f"DROP TRIGGER {table}_keep ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("fees", "0001_tariff_assessments_and_ledger")]
    operations = [
        life_cycle("fees_fiscalstatus", "state", FISCAL_PAIRS),
        append_only("fees_assessment"),
        append_only("fees_assessmentline"),
        append_only("fees_ledgertransaction"),
        append_only("fees_posting"),
        append_only("fees_tariffversion"),
        migrations.RunSQL(LEDGER, UNLEDGER),
        migrations.RunSQL(PUBLISHED, UNPUBLISHED),
        migrations.RunSQL(KEEP_FUNCTION, "DROP FUNCTION fees_version_keep()"),
        *(_kept(table) for table in VERSIONED),
    ]
