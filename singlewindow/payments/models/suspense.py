"""Money that nobody could place, until somebody says whose it is."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.states import SuspenseState


class SuspenseItem(models.Model):
    """One sum in suspense; a negative one is a reversal that the trader's account could not bear."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=100, unique=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    origin = models.CharField(max_length=10)
    """Where it came from: bank, or a provider's code."""
    reason = models.CharField(max_length=40)
    """Why nobody could place it, as a code."""
    basket = models.ForeignKey("payments.Basket", models.PROTECT, related_name="suspense", null=True)
    reference = models.CharField(max_length=35, blank=True)
    text = models.CharField(max_length=500, blank=True)
    party_name = models.CharField(max_length=140, blank=True)
    party_iban = models.CharField(max_length=34, blank=True)
    state = models.CharField(max_length=8, default=SuspenseState.OPEN.value)
    plan = models.JSONField(default=dict)
    """What one officer proposed: to which organisation or basket, and why."""
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", null=True)
    """Whose it turned out to be."""
    cleared_by = models.CharField(max_length=80, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0), name="suspense_holds_money"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in SuspenseState]), name="suspense_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "proposed"], cleared_at=None)
                | Q(~Q(cleared_by=""), ~Q(cleared_why=""), state__in=["cleared", "returned"], cleared_at__isnull=False),
                name="suspense_cleared_by_whom_and_why",
            ),
        )
        indexes = (
            models.Index(fields=("id",), condition=Q(state__in=["open", "proposed"]), name="suspense_uncleared"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} {self.state}"
