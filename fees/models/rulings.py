"""Advance rulings: what customs promised a holder about the code or the origin of goods."""

from django.db import models
from django.db.models import F, Q

from fees.states import RulingState
from singlewindow.kernel.identifiers import uuid7


class Ruling(models.Model):
    """One binding ruling; its content never changes, another one takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=35, unique=True)
    holder = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    """Whom it binds customs to; never published."""
    commodity_code = models.CharField(max_length=10)
    origin = models.CharField(max_length=2, blank=True, db_default="")
    """Empty where it decides on the code alone."""
    valid_from = models.DateField()
    valid_to = models.DateField()
    goods = models.CharField(max_length=500)
    """What the goods are, without what would tell the holder: published."""
    text = models.TextField()
    """The ruling: told to the holder, and published without the holder's name."""
    state = models.CharField(max_length=8, default=RulingState.PROPOSED.value)
    content_sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="ruling_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(commodity_code__regex=r"^[0-9]{6,10}$"), name="ruling_code_is_one"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(goods=""), name="ruling_says_something"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RulingState]), name="ruling_state_known"
            ),
        )
        indexes = (models.Index(fields=("-id",), condition=Q(state="live"), name="ruling_public"),)

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
