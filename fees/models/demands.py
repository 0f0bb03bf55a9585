"""Money asked for beside the debt of a declaration: an agency's fee, interest, a penalty, duty found later."""

from django.db import models
from django.db.models import F, Q

from fees.states import DemandState
from fees.types import DemandKind
from singlewindow.kernel.identifiers import uuid7


class Demand(models.Model):
    """One sum that an organisation owes one authority, and what became of it; its amount never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=120, unique=True)
    """What caused it: the same event never asks twice."""
    kind = models.CharField(max_length=14)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Who owes it."""
    authority = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    text = models.CharField(max_length=200)
    law = models.CharField(max_length=200)
    charge_code = models.CharField(max_length=10, blank=True, db_default="")
    """Of the published schedule, for a fee."""
    event_on = models.DateField()
    published_on = models.DateField(null=True)
    declaration_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=40)
    state = models.CharField(max_length=9, default=DemandState.OPEN.value)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, db_default="")
    """Why it was cancelled or remitted."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="demand_asks_for_money"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in DemandKind]), name="demand_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DemandState]), name="demand_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="demand_settled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind="agency_fee")
                | Q(published_on__isnull=False, published_on__lte=F("event_on")) & ~Q(charge_code=""),
                name="demand_fee_published_before_event",  # FE-CHG-01
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paid"]) | ~Q(reason=""), name="demand_ended_with_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "state", "id"), name="demand_of_payer"),  # the basket
            models.Index(fields=("subject_id",), name="demand_of_subject"),
            models.Index(fields=("due_on", "id"), condition=Q(state="open"), name="demand_overdue"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source} {self.state}"
