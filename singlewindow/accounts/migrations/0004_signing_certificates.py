"""Organisations sign their messages with certificates that are registered, and revoked at most once."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import singlewindow.kernel.identifiers

GUARD = """
CREATE OR REPLACE FUNCTION accounts_signingcertificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'accounts_signingcertificate: DELETE is refused' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL
        OR (NEW.id, NEW.organisation_id, NEW.pem, NEW.sha256, NEW.valid_from, NEW.valid_to, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.organisation_id, OLD.pem, OLD.sha256, OLD.valid_from, OLD.valid_to, OLD.created_at) THEN
        RAISE EXCEPTION 'accounts_signingcertificate: only a revocation changes a certificate'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_signingcertificate_guard BEFORE UPDATE OR DELETE ON accounts_signingcertificate
    FOR EACH ROW EXECUTE FUNCTION accounts_signingcertificate_guard();
"""
UNGUARD = """
DROP TRIGGER accounts_signingcertificate_guard ON accounts_signingcertificate;
DROP FUNCTION accounts_signingcertificate_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_carriers_and_terminals"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="signatures_required",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Its XML messages are refused unless they are signed"
            ),
        ),
        migrations.CreateModel(
            name="SigningCertificate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=singlewindow.kernel.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("pem", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=300)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "sha256"), name="signing_certificate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="signing_certificate_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="signing_certificate_fingerprint"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
