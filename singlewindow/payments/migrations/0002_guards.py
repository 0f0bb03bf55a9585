"""The database holds the life cycles of payments, and keeps what came from outside as it came."""

from django.db import migrations

from singlewindow.db.protect import append_only, life_cycle

BASKET_PAIRS = [
    ("cancelled", "review"),
    ("expired", "paid"),
    ("expired", "partly"),
    ("expired", "review"),
    ("failed", "paid"),
    ("failed", "review"),
    ("open", "cancelled"),
    ("open", "expired"),
    ("open", "paid"),
    ("open", "partly"),
    ("open", "pending"),
    ("open", "review"),
    ("partly", "paid"),
    ("partly", "review"),
    ("pending", "cancelled"),
    ("pending", "expired"),
    ("pending", "failed"),
    ("pending", "paid"),
    ("pending", "partly"),
    ("pending", "review"),
    ("review", "cancelled"),
    ("review", "paid"),
]
PROVIDER_PAYMENT_PAIRS = [
    ("authorised", "captured"),
    ("authorised", "failed"),
    ("captured", "refunded"),
    ("created", "authorised"),
    ("created", "captured"),
    ("created", "failed"),
    ("failed", "captured"),
]
SUSPENSE_PAIRS = [
    ("open", "cleared"),
    ("open", "proposed"),
    ("open", "returned"),
    ("proposed", "cleared"),
    ("proposed", "open"),
    ("proposed", "returned"),
]
PAYOUT_PAIRS = [
    ("confirmed", "bounced"),
    ("filed", "bounced"),
    ("filed", "confirmed"),
    ("ordered", "filed"),
]

# What was asked for, told or ordered never changes: only the columns named are ever written again.
CHANGING = {
    "payments_basket": ("state", "method", "received_minor", "reason", "settled_at"),
    "payments_providerpayment": ("state", "changed_at"),
    "payments_suspenseitem": ("state", "plan", "organisation_id", "cleared_by", "cleared_at", "cleared_why"),
    "payments_payoutorder": ("state", "file_id", "creditor", "iban", "settled_at", "reason"),
}


def _kept(table: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    names = ", ".join(f"'{column}'" for column in columns)
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY[{names}] = to_jsonb(OLD) - ARRAY[{names}] THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{table} %: what it stands for does not change', OLD.id
                USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_keep();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION csw_refuse_change();""",
        f"""DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_keep ON {table};
        DROP FUNCTION {table}_keep();""",
    )


# An order that is in a file stays in that file, whatever becomes of it.
ONE_FILE = """
CREATE FUNCTION payments_payout_one_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payout %: it is in a file already', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_payout_one_file BEFORE UPDATE OF file_id, iban ON payments_payoutorder FOR EACH ROW
    WHEN (OLD.file_id IS NOT NULL AND (NEW.file_id IS DISTINCT FROM OLD.file_id OR NEW.iban <> OLD.iban))
    EXECUTE FUNCTION payments_payout_one_file();
"""
UNONE_FILE = """
DROP TRIGGER payments_payout_one_file ON payments_payoutorder;
DROP FUNCTION payments_payout_one_file();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_baskets_and_bank"), ("fees", "0002_guards")]
    operations = [
        append_only("payments_basketline"),
        append_only("payments_providercallback"),
        append_only("payments_bankstatement"),
        append_only("payments_bankentry"),
        append_only("payments_bankaccount"),
        append_only("payments_payoutfile"),
        life_cycle("payments_basket", "state", BASKET_PAIRS),
        life_cycle("payments_providerpayment", "state", PROVIDER_PAYMENT_PAIRS),
        life_cycle("payments_suspenseitem", "state", SUSPENSE_PAIRS),
        life_cycle("payments_payoutorder", "state", PAYOUT_PAIRS),
        *(_kept(table, columns) for table, columns in CHANGING.items()),
        migrations.RunSQL(ONE_FILE, UNONE_FILE),
    ]
