"""Charges before they are in the schedule, and the comments of the public; the database holds their life cycle.

What was put out for comment never changes; nothing is published before its comments ended and are answered, nor by
one person alone (FE-SCH-01 to FE-SCH-08).
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import singlewindow.kernel.identifiers
from singlewindow.approvals.guards import live_needs_grant
from singlewindow.db.protect import life_cycle

PAIRS = [
    ("CLOSED", "PUBLISHED"),
    ("CLOSED", "WITHDRAWN"),
    ("DRAFT", "OPEN"),
    ("DRAFT", "WITHDRAWN"),
    ("OPEN", "CLOSED"),
    ("OPEN", "PUBLISHED"),
    ("OPEN", "WITHDRAWN"),
]

COSTS = """
CREATE FUNCTION fees_cost_total(parts jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT coalesce(sum((part ->> 'amount')::numeric), 0) FROM jsonb_array_elements(parts) AS part $$;
ALTER TABLE fees_chargedraft ADD CONSTRAINT charge_draft_costs_sum
    CHECK (jsonb_array_length(cost_components) > 0 AND cost_total = fees_cost_total(cost_components));
ALTER TABLE fees_chargedraft ADD CONSTRAINT charge_draft_not_above_its_cost
    CHECK (expected_charge <= ceil(cost_total / services_a_year));
ALTER TABLE fees_chargedraft ADD CONSTRAINT charge_draft_expects_within_its_bounds
    CHECK (percentage IS NULL OR (percentage >= 0 AND expected_charge BETWEEN coalesce(minimum, 0) AND maximum));
ALTER TABLE fees_chargedraft ADD CONSTRAINT charge_draft_of_its_authority
    CHECK (left(code, 3) = authority);
ALTER TABLE fees_chargedraft ADD CONSTRAINT charge_draft_thirty_days
    CHECK (comments_until >= opened_on + 30);
"""
UNCOSTS = """
ALTER TABLE fees_chargedraft DROP CONSTRAINT charge_draft_thirty_days;
ALTER TABLE fees_chargedraft DROP CONSTRAINT charge_draft_of_its_authority;
ALTER TABLE fees_chargedraft DROP CONSTRAINT charge_draft_expects_within_its_bounds;
ALTER TABLE fees_chargedraft DROP CONSTRAINT charge_draft_not_above_its_cost;
ALTER TABLE fees_chargedraft DROP CONSTRAINT charge_draft_costs_sum;
DROP FUNCTION fees_cost_total(jsonb);
"""

# A draft may be rewritten until it is open; from then on only its standing changes. Publishing waits for every answer.
KEEP = """
CREATE FUNCTION fees_chargedraft_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text[] := ARRAY['state', 'opened_at', 'opened_on', 'comments_until', 'urgent_reason', 'ended_at',
                             'published_on', 'version_id', 'withdrawn_reason'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'charge draft %: it begins as a draft', NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state IN ('PUBLISHED', 'WITHDRAWN') OR
       (OLD.state <> 'DRAFT' AND
        (to_jsonb(NEW) - standing <> to_jsonb(OLD) - standing OR
         (NEW.opened_at, NEW.opened_on, NEW.comments_until) IS DISTINCT FROM
         (OLD.opened_at, OLD.opened_on, OLD.comments_until)))
    THEN
        RAISE EXCEPTION 'charge draft %: what was put out for comment stays as it is', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'PUBLISHED' AND EXISTS (
        SELECT 1 FROM fees_chargecomment WHERE draft_id = NEW.id AND answered_at IS NULL) THEN
        RAISE EXCEPTION 'charge draft %: a comment waits for its answer', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_chargedraft_keep BEFORE INSERT OR UPDATE OR DELETE ON fees_chargedraft
    FOR EACH ROW EXECUTE FUNCTION fees_chargedraft_keep();

CREATE FUNCTION fees_chargecomment_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answer text[] := ARRAY['answer', 'no_answer_reason', 'answered_by', 'answered_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- The lock makes publishing and commenting take turns: a comment is in before it is published, or not at all.
        PERFORM 1 FROM fees_chargedraft
            WHERE id = NEW.draft_id AND state = 'OPEN' AND comments_until >= NEW."on" FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'charge draft %: it takes no comments', NEW.draft_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL OR to_jsonb(NEW) - answer <> to_jsonb(OLD) - answer THEN
        RAISE EXCEPTION 'charge comment %: it stays as it was said, and is answered once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fees_chargecomment_keep BEFORE INSERT OR UPDATE OR DELETE ON fees_chargecomment
    FOR EACH ROW EXECUTE FUNCTION fees_chargecomment_keep();
"""
UNKEEP = """
DROP TRIGGER fees_chargecomment_keep ON fees_chargecomment;
DROP FUNCTION fees_chargecomment_keep();
DROP TRIGGER fees_chargedraft_keep ON fees_chargedraft;
DROP FUNCTION fees_chargedraft_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("fees", "0007_clearing_account"), ("approvals", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="ChargeComment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=singlewindow.kernel.identifiers.uuid7, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("author", models.CharField(max_length=64)),
                ("organisation_id", models.UUIDField(null=True)),
                ("organisation_name", models.CharField(blank=True, max_length=200)),
                ("text", models.CharField(max_length=2000)),
                ("answer", models.CharField(blank=True, db_default="", max_length=2000)),
                ("no_answer_reason", models.CharField(blank=True, db_default="", max_length=500)),
                ("answered_by", models.CharField(blank=True, db_default="", max_length=64)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ChargeDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=singlewindow.kernel.identifiers.uuid7, primary_key=True, serialize=False),
                ),
                ("code", models.CharField(max_length=10)),
                ("title", models.CharField(max_length=120)),
                ("authority", models.CharField(max_length=3)),
                ("authority_name", models.CharField(max_length=80)),
                ("law", models.CharField(max_length=160)),
                ("event", models.CharField(max_length=20)),
                ("unit", models.CharField(max_length=40)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("percentage", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("minimum", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("maximum", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                (
                    "prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("in_vat_base", models.BooleanField(default=False)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("comment", models.CharField(blank=True, max_length=300)),
                ("reason", models.CharField(max_length=2000)),
                ("cost_basis", models.CharField(max_length=2000)),
                ("cost_components", models.JSONField(default=list)),
                ("cost_total", models.DecimalField(decimal_places=2, max_digits=16)),
                ("services_a_year", models.IntegerField()),
                ("expected_charge", models.DecimalField(decimal_places=4, max_digits=14)),
                ("state", models.CharField(default="DRAFT", max_length=10)),
                ("content_sha256", models.CharField(max_length=64)),
                ("created_by", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("opened_on", models.DateField(null=True)),
                ("comments_until", models.DateField(null=True)),
                ("urgent_reason", models.CharField(blank=True, db_default="", max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                ("published_on", models.DateField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, db_default="", max_length=500)),
            ],
        ),
        migrations.AddField(
            model_name="chargedraft",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fees.tariffversion",
            ),
        ),
        migrations.AddField(
            model_name="chargecomment",
            name="draft",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="fees.chargedraft"
            ),
        ),
        migrations.AddIndex(
            model_name="chargedraft",
            index=models.Index(fields=["state", "-id"], name="charge_draft_list"),
        ),
        migrations.AddIndex(
            model_name="chargedraft",
            index=models.Index(fields=["code", "valid_from"], name="charge_draft_of_charge"),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["DRAFT", "OPEN", "CLOSED", "PUBLISHED", "WITHDRAWN"])),
                name="charge_draft_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "event__in",
                        [
                            "import_declaration",
                            "export_declaration",
                            "import_item",
                            "export_item",
                            "examination",
                            "storage_day",
                            "container",
                            "permit",
                            "ruling",
                            "overtime_hour",
                        ],
                    )
                ),
                name="charge_draft_event_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-Z]{3}-[A-Z0-9]{2,6}$")), name="charge_draft_code_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", None), ("maximum__isnull", False), ("percentage__isnull", False)),
                    models.Q(("amount__isnull", False), ("maximum", None), ("minimum", None), ("percentage", None)),
                    _connector="OR",
                ),
                name="charge_draft_amount_or_capped_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount", None),
                    models.Q(("amount__gte", 0), ("expected_charge", models.F("amount"))),
                    _connector="OR",
                ),
                name="charge_draft_expects_its_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                name="charge_draft_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_total__gte", 0),
                    ("services_a_year__gt", 0),
                    models.Q(("cost_basis", ""), _negated=True),
                    models.Q(("law", ""), _negated=True),
                    models.Q(("title", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="charge_draft_says_why_and_what_it_costs",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_on", None), ("state", "DRAFT")),
                    ("state", "WITHDRAWN"),
                    models.Q(
                        ("comments_until__isnull", False), ("opened_at__isnull", False), ("opened_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="charge_draft_open_has_its_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("state", "PUBLISHED"), _negated=True), ("published_on", None)),
                    models.Q(
                        ("state", "PUBLISHED"),
                        ("valid_from__gt", models.F("published_on")),
                        ("version__isnull", False),
                        models.Q(
                            ("published_on__gt", models.F("comments_until")),
                            models.Q(("urgent_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="charge_draft_published_after_comments",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "WITHDRAWN"), _negated=True),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="charge_draft_withdrawn_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="chargecomment",
            index=models.Index(fields=["author", "at"], name="charge_comment_author"),
        ),
        migrations.AddConstraint(
            model_name="chargecomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="charge_comment_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="chargecomment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", ""), ("no_answer_reason", "")),
                    models.Q(
                        ("answered_at__isnull", False),
                        models.Q(("answered_by", ""), _negated=True),
                        models.Q(
                            models.Q(models.Q(("answer", ""), _negated=True), ("no_answer_reason", "")),
                            models.Q(("answer", ""), models.Q(("no_answer_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="charge_comment_answered_one_way",
            ),
        ),
        life_cycle("fees_chargedraft", "state", PAIRS),
        migrations.RunSQL(COSTS, UNCOSTS),
        migrations.RunSQL(KEEP, UNKEEP),
        live_needs_grant(
            "fees_chargedraft", column="state", live="PUBLISHED", sha256="content_sha256", kind="fees.charge"
        ),
    ]
