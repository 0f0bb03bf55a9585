"""Final determinations: what a provisional debt came to, and how it was covered, in one entry of the ledger."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7


class Determination(models.Model):
    """The final figures of one declaration; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField(unique=True)
    mrn = models.CharField(max_length=18)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    provisional_minor = models.BigIntegerField()
    final_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    interest = models.JSONField()
    """How the interest was worked out."""
    security_minor = models.BigIntegerField()
    """What was set aside in money."""
    freed_minor = models.BigIntegerField()
    """What of a guarantee was freed."""
    called_minor = models.BigIntegerField()
    """What was called from a guarantee."""
    account_minor = models.BigIntegerField()
    """What the prepaid account gave; negative: what it got back."""
    demanded_minor = models.BigIntegerField()
    """What nothing covered, and is demanded."""
    due = models.JSONField()
    """What each authority is owed for good, in minor units."""
    reason = models.CharField(max_length=1000)
    law = models.CharField(max_length=200)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(final_minor__gte=0, interest_minor__gte=0, freed_minor__gte=0, called_minor__gte=0)
                & Q(demanded_minor__gte=0, security_minor__gte=0),
                name="revenue_determination_not_negative",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="revenue_determination_has_reasons"),
        )

    def __str__(self) -> str:
        return f"{self.mrn} {self.final_minor}"
