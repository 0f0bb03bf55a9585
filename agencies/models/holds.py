"""Holds: one agency, one declaration, one coded reason."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.states import HoldState
from agencies.types import HoldReason
from singlewindow.kernel.identifiers import uuid7


class Hold(models.Model):
    """One agency keeps one declaration's goods from being released, for one coded reason.

    The agency stands by its code and no key: a hold lives on while its agency's data are loaded anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    agency = models.CharField(max_length=3)
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=3, choices=[(reason.value, reason.sentence) for reason in HoldReason])
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    owner = models.CharField(max_length=80, blank=True, help_text="Who has it in hand; empty: the agency's pool")
    items = ArrayField(models.PositiveIntegerField(), default=list)
    details = models.JSONField(default=list)
    parties = ArrayField(models.UUIDField(), default=list)
    state = models.CharField(
        max_length=9,
        choices=[(state.value, state.name.title()) for state in HoldState],
        default=HoldState.OPEN.value,
    )
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "agency", "reason"), condition=Q(state="open"), name="hold_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in HoldState]), name="hold_state_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in HoldReason]), name="hold_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="hold_decided_has_time",
            ),
        )
        indexes = (
            models.Index(fields=("agency", "state", "deadline", "id"), name="hold_of_agency"),  # the officer's list
            models.Index(fields=("declaration_id",), name="hold_declaration"),  # release predicate
        )

    def __str__(self) -> str:
        return f"{self.agency} {self.reason} on {self.mrn}: {self.state}"
