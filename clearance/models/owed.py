"""What is still owed of goods that left: a full declaration, or the end of a dispute."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clearance.models.values import values
from clearance.states import DisputeState, SupplementaryState
from singlewindow.kernel.identifiers import uuid7


class SupplementaryObligation(models.Model):
    """The full declaration that a simplified one owes: opened in the transaction of its release. Source: F14."""

    declaration = models.OneToOneField("declarations.Declaration", on_delete=models.PROTECT, primary_key=True)
    mrn = models.CharField(max_length=18)
    lrn = models.CharField(max_length=35)
    direction = models.CharField(max_length=6)
    lodged_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    """Who owes it: the trader, else the filer."""
    state = models.CharField(max_length=10, db_default=SupplementaryState.OWED.value)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    supplementary = models.OneToOneField(
        "declarations.Declaration", on_delete=models.PROTECT, null=True, related_name="completes"
    )
    """The full declaration, from its acceptance on."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=values(SupplementaryState)), name="supplementary_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["OWED", "OVERDUE"], ended_at=None)
                | (~models.Q(state__in=["OWED", "OVERDUE"]) & models.Q(ended_at__isnull=False)),
                name="supplementary_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="COMPLETED") | models.Q(supplementary__isnull=False),
                name="supplementary_completed_by_one",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("opened_at")), name="supplementary_due_after_opening"
            ),
            models.UniqueConstraint(fields=("mrn",), name="supplementary_mrn_once"),
        )
        indexes = (
            # what officers and traders look for: what is still owed, the nearest day first
            models.Index(
                fields=("due_at", "declaration"), condition=models.Q(ended_at=None), name="supplementary_owed"
            ),
            models.Index(fields=("lodged_by", "-declaration"), name="supplementary_filer"),
            models.Index(fields=("organisation", "-declaration"), name="supplementary_trader"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"


class Dispute(models.Model):
    """Customs disputes value, origin or classification; the goods leave on security. Source: F52."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    """Of the declaration that is disputed: another version owes another amount."""
    mrn = models.CharField(max_length=18)
    state = models.CharField(max_length=9, db_default=DisputeState.OFFERED.value)
    grounds = ArrayField(models.CharField(max_length=14))
    statement = models.CharField(max_length=2000)
    law = models.CharField(max_length=200)
    alternative = models.JSONField()
    """What customs holds to be right: a list of items with what differs."""
    currency = models.CharField(max_length=3)
    declared_minor = models.BigIntegerField()
    alternative_minor = models.BigIntegerField()
    alternative_due = models.JSONField()
    """What each authority would be owed, in minor units."""
    security_minor = models.BigIntegerField()
    """What is asked: never more than the disputed part (TFA 7.3.3)."""
    fine_minor = models.BigIntegerField(default=0)
    """Asked beside it only where an offence is detected (TFA 7.3.4)."""
    offence = models.CharField(max_length=200, blank=True)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    grn = models.CharField(max_length=24, blank=True)
    """On which guarantee it was secured; empty: in cash."""
    accepted_by = models.CharField(max_length=80, blank=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=2000, blank=True)
    final_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration",), condition=models.Q(state__in=["OFFERED", "SECURED"]), name="dispute_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(security_minor__gt=0)
                & models.Q(security_minor__lte=models.F("alternative_minor") - models.F("declared_minor")),
                name="dispute_security_never_more",
            ),
            models.CheckConstraint(
                condition=models.Q(fine_minor=0) | (models.Q(fine_minor__gt=0) & ~models.Q(offence="")),
                name="dispute_fine_needs_offence",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DisputeState]), name="dispute_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["OFFERED", "SECURED"], ended_at=None)
                | (models.Q(state__in=["SETTLED", "WITHDRAWN"]) & models.Q(ended_at__isnull=False)),
                name="dispute_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["SECURED", "SETTLED"]) | models.Q(accepted_at__isnull=False),
                name="dispute_secured_was_accepted",
            ),
        )
        indexes = (models.Index(fields=("state", "-id"), name="dispute_by_state"),)

    def __str__(self) -> str:
        return f"{self.mrn} {self.state}"
