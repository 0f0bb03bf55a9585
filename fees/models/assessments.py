"""What was assessed, kept for ever, and where the money of each declaration stands.

`declaration_id` is unconstrained on purpose where the row is written in the same statement as many others: the
service writes it from a declaration it holds locked, and declarations are never deleted.
"""

from django.db import models
from django.db.models import Q

from fees.states import FiscalState
from fees.types import AssessmentKind
from singlewindow.kernel.identifiers import uuid7


class Assessment(models.Model):
    """One assessment or estimate: its canonical bytes, their hash, and what they were made from."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    declaration_version = models.IntegerField()
    version = models.IntegerField()
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    on = models.DateField()
    canonical = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    tariff = models.CharField(max_length=40)
    profile = models.CharField(max_length=20)
    exchange_rates = models.JSONField()
    security_minor = models.BigIntegerField(db_default=0)
    """To be secured beside the total, because a quota that was granted is nearly used up."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration_id", "version"), name="assessment_version_once"),
            models.CheckConstraint(condition=Q(security_minor__gte=0), name="assessment_security_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AssessmentKind]), name="assessment_kind_known"
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="assessment_total_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version} of {self.declaration_id}"


class AssessmentLine(models.Model):
    """One tax or charge of an assessment, for sums and reports; the notice itself is the canonical bytes."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey("fees.Assessment", models.PROTECT, related_name="lines")
    item = models.IntegerField()
    tax_type = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    authority = models.CharField(max_length=3)
    measure = models.CharField(max_length=80)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    relief = models.CharField(max_length=20)
    event_on = models.DateField()
    published_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="charge") | Q(published_on__isnull=False, published_on__lte=models.F("event_on")),
                name="line_charge_published_before_event",  # FE-CHG-01
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_type} of item {self.item}"


class FiscalStatus(models.Model):
    """Where the money of one declaration stands. The trigger of the life cycle refuses every other step."""

    declaration_id = models.UUIDField(primary_key=True)
    mrn = models.CharField(max_length=18)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Who is asked to pay."""
    parties = models.JSONField(default=list)
    """The organisations that are told what becomes of the debt."""
    state = models.CharField(max_length=12)
    assessment_id = models.UUIDField(null=True)
    version = models.IntegerField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    missing_minor = models.BigIntegerField(db_default=0)
    due = models.JSONField()
    """What each authority is owed, in minor units."""
    waiting_for = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in FiscalState]), name="fiscal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="INSUFFICIENT", missing_minor__gt=0) | Q(~Q(state="INSUFFICIENT"), missing_minor=0),
                name="fiscal_missing_only_when_insufficient",
            ),
        )
        indexes = (
            models.Index(
                fields=("organisation", "declaration_id"),
                name="fiscal_insufficient",
                condition=Q(state="INSUFFICIENT"),
            ),
            models.Index(
                fields=("organisation", "declaration_id"), name="fiscal_assessed", condition=Q(state="ASSESSED")
            ),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"
