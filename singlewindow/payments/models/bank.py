"""Statements of the bank and their entries, for ever as the bank sent them."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.types import Outcome


class BankStatement(models.Model):
    """One statement of one account: what stood before, what moved, and what stands after."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    iban = models.CharField(max_length=34)
    statement_id = models.CharField(max_length=35)
    number = models.BigIntegerField(null=True)
    """The bank's own sequence number, where it gives one."""
    sha256 = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField()
    entries_count = models.IntegerField()
    loaded_by = models.CharField(max_length=80)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("iban", "statement_id"), name="bankstatement_once"),
            models.UniqueConstraint(fields=("iban", "number"), name="bankstatement_number_once"),
        )
        indexes = (models.Index(fields=("iban", "-id"), name="bankstatement_of_account"),)

    def __str__(self) -> str:
        return f"{self.iban} {self.statement_id}"


class BankEntry(models.Model):
    """One movement on the bank's account and what became of it here when it was loaded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey("payments.BankStatement", models.PROTECT, related_name="entries")
    ordinal = models.IntegerField()
    iban = models.CharField(max_length=34)
    identity = models.CharField(max_length=80)
    """The servicer's reference, or the hash of the entry and its place among equal ones."""
    amount_minor = models.BigIntegerField()
    """Positive for money that came in."""
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    reversal = models.BooleanField(default=False)
    reference = models.CharField(max_length=35, blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    text = models.CharField(max_length=500, blank=True)
    party_name = models.CharField(max_length=140, blank=True)
    party_iban = models.CharField(max_length=34, blank=True)
    outcome = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=40, blank=True)
    """What it was booked on: a basket, an organisation, an item of suspense, a payout."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("iban", "identity"), name="bankentry_once"),
            models.UniqueConstraint(fields=("statement", "ordinal"), name="bankentry_ordinal_once"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="bankentry_moves_money"),
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]), name="bankentry_outcome_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.identity} {self.amount_minor}"
