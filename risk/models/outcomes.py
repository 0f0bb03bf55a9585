"""What checks found, and how often each rule and profile was right."""

from django.db import models

from risk.types import Outcome, Pick
from singlewindow.kernel.identifiers import uuid7


class InspectionOutcome(models.Model):
    """What one check found, and how the declaration was picked for it. Append-only: learning rests on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    assessment = models.ForeignKey("risk.RiskAssessment", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=11, help_text="documents or examination")
    outcome = models.CharField(max_length=10)
    revenue_delta_minor = models.BigIntegerField(db_default=0)
    at = models.DateTimeField()
    office = models.CharField(max_length=8, db_default="")
    pick = models.CharField(max_length=9, db_default=Pick.NONE.value)
    control = models.BooleanField(db_default=False)
    propensity = models.DecimalField(max_digits=9, decimal_places=8)
    rules = models.JSONField(default=list, help_text="Rules and profiles that fired")
    hs4 = models.CharField(max_length=4, db_default="", help_text="Heading of the main goods, for like cases")
    trader = models.CharField(max_length=80, db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=[outcome.value for outcome in Outcome]), name="inspection_outcome_known"
            ),
        )
        indexes = (
            models.Index(fields=("at",), name="inspection_outcome_at"),
            models.Index(fields=("declaration_id",), name="inspection_outcome_of"),
            models.Index(fields=("hs4", "-at"), name="inspection_outcome_goods"),  # the nearest earlier cases
            models.Index(fields=("trader", "-at"), name="inspection_outcome_trader"),
        )


class RuleDay(models.Model):
    """How a rule or profile did on one day: how often it fired, was checked, and something was found."""

    id = models.BigAutoField(primary_key=True)
    rule = models.CharField(max_length=40)
    day = models.DateField()
    hits = models.PositiveIntegerField(db_default=0)
    inspections = models.PositiveIntegerField(db_default=0)
    findings = models.PositiveIntegerField(db_default=0)
    revenue_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rule", "day"), name="rule_day_once"),
            models.CheckConstraint(
                condition=models.Q(findings__lte=models.F("inspections")), name="rule_day_findings_were_checks"
            ),
        )


class DriftReading(models.Model):
    """How far an input or a score of one day lies from what it was before: PSI and KS. Append-only."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    subject = models.CharField(max_length=60, help_text="A field of the record, or `score`, or `probability`")
    psi = models.FloatField()
    ks = models.FloatField(null=True)
    ks_p = models.FloatField(null=True)
    reference_n = models.PositiveIntegerField()
    current_n = models.PositiveIntegerField()
    alarm = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "subject"), name="drift_reading_once"),)
