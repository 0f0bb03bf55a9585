"""The alert list: parties, names, containers and goods to watch for."""

from django.db import models

from risk.states import AlertState
from risk.types import AlertKind
from singlewindow.kernel.identifiers import uuid7

ALERT_DAYS_MAX = 180
"""So long at most an alert stays in force before someone must look at it again (domain rule K3)."""


class AlertEntry(models.Model):
    """Something to watch for, with who asked for it and until when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name.title()) for kind in AlertKind])
    value = models.CharField(max_length=70)
    """Party identification, name key, container number or first digits of a commodity code."""
    origin = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    owner = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField()
    state = models.CharField(max_length=8, db_default=AlertState.PROPOSED.value)
    content_sha256 = models.CharField(max_length=64, help_text="Digest of what a second person agrees to")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("kind", "value"), condition=models.Q(state=AlertState.LIVE.value), name="alert_entry_in_force"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "value", "origin"),
                condition=models.Q(state__in=[AlertState.PROPOSED.value, AlertState.LIVE.value]),
                name="alert_entry_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in AlertState]), name="alert_entry_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AlertKind]), name="alert_entry_kind_known"
            ),
            models.CheckConstraint(
                condition=models.expressions.RawSQL(  # noqa: S611  (nothing in it comes from outside)
                    f"valid_to > valid_from AND valid_to - valid_from <= {ALERT_DAYS_MAX}", (), models.BooleanField()
                ),
                name="alert_entry_expires",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
