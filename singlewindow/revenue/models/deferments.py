"""Deferred payment: who may pay later and how much, and what stands on the statement of each month."""

from django.db import models
from django.db.models import F, Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.revenue.states import DefermentState, StatementState
from singlewindow.revenue.types import DefermentBasis


class Deferment(models.Model):
    """The approval that an organisation pays later; `used_minor` is what it deferred and has not paid yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    holder = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(db_default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    basis = models.CharField(max_length=10)
    grn = models.CharField(max_length=24, blank=True, db_default="")
    """The guarantee that stands behind it; empty where it rests on trust alone."""
    conditions = models.CharField(max_length=500)
    """What was found to be met, in words."""
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=DefermentState.PROPOSED.value)
    reason = models.CharField(max_length=500, blank=True, db_default="")
    """Why it was suspended or ended."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(used_minor__gte=0, used_minor__lte=F("limit_minor")), name="revenue_deferment_within_limit"
            ),
            models.CheckConstraint(condition=Q(limit_minor__gt=0), name="revenue_deferment_has_a_limit"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="revenue_deferment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=[one.value for one in DefermentBasis]), name="revenue_deferment_basis_known"
            ),
            models.CheckConstraint(
                condition=~Q(basis="guarantee") | ~Q(grn=""), name="revenue_deferment_on_guarantee_names_it"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in DefermentState]), name="revenue_deferment_state_known"
            ),
            models.UniqueConstraint(
                fields=("holder", "currency"),
                condition=Q(state__in=["active", "suspended"]),
                name="revenue_deferment_one_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class DefermentShort(models.Model):
    """That a payer was told why a deferment did not bear a debt; once for each reason and amount."""

    id = models.BigAutoField(primary_key=True)
    declaration_id = models.UUIDField()
    reason = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "reason", "amount_minor"), name="revenue_short_told_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.reason}"


class Statement(models.Model):
    """What an organisation deferred in one month, to be paid as one sum by one day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deferment = models.ForeignKey("revenue.Deferment", models.PROTECT, related_name="statements", db_index=False)
    month = models.DateField()
    """Its first day."""
    state = models.CharField(max_length=7, default=StatementState.OPEN.value)
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_minor = models.BigIntegerField(null=True)
    """The sum when it closed; what is to be paid now is the sum of its lines."""
    paid_at = models.DateTimeField(null=True)
    paid_minor = models.BigIntegerField(null=True)
    called_minor = models.BigIntegerField(db_default=0)
    """What was called from the guarantee that stands behind it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("deferment", "month"), name="revenue_statement_once_a_month"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in StatementState]), name="revenue_statement_state_known"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="revenue_statement_month_begins"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, closed_minor=None)
                | Q(~Q(state="open"), closed_at__isnull=False, closed_minor__isnull=False),
                name="revenue_statement_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False, paid_minor__isnull=False)
                | Q(~Q(state="paid"), paid_at=None, paid_minor=None),
                name="revenue_statement_paid_has_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state}"


class StatementLine(models.Model):
    """One debt on a statement, or one change of it; a line is never changed."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey("revenue.Statement", models.PROTECT, related_name="lines")
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    """Negative where a change took some of the debt back."""
    parts = models.JSONField(default=list)
    """Authority, tax type and minor units of each tax."""
    source = models.CharField(max_length=100, unique=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(amount_minor=0), name="revenue_statement_line_is_money"),)
        indexes = (models.Index(fields=("declaration_id",), name="revenue_statement_line_of"),)

    def __str__(self) -> str:
        return f"{self.mrn} {self.amount_minor}"
