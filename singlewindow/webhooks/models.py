"""Endpoints of third parties, what is to be sent to them, and every attempt to do so."""

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from singlewindow.kernel.identifiers import uuid7
from singlewindow.webhooks.states import DeliveryState, EndpointState
from singlewindow.webhooks.types import DeliveryKind


class WebhookEndpoint(models.Model):
    """An address of an organisation that its events are sent to.

    `cursor_*` is the last event of the feed that was looked at for it: deliveries up to there exist as rows. Secrets
    are kept encrypted (AES-256-GCM, bound to this row); the earlier one signs beside the present one until it ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Which types are sent; empty: all."""
    state = models.CharField(max_length=8, db_default=EndpointState.PAUSED.value)
    state_reason = models.CharField(max_length=200, blank=True)
    secret = models.BinaryField()
    previous_secret = models.BinaryField(null=True)
    previous_until = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    cursor_transaction = models.BigIntegerField(db_default=0)
    cursor_event = models.BigIntegerField(db_default=0)
    slow = models.BooleanField(db_default=False)
    """It failed or took long when last tried: it waits in the lane of those, and nobody else does."""
    failing_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in EndpointState]), name="endpoint_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=EndpointState.ACTIVE.value) | Q(verified_at__isnull=False),
                name="endpoint_active_only_verified",  # WH-END-03
            ),
            models.CheckConstraint(
                condition=Q(previous_secret=None, previous_until=None)
                | Q(previous_secret__isnull=False, previous_until__isnull=False),
                name="endpoint_previous_secret_ends",
            ),
        )
        indexes = (
            models.Index(fields=("slow",), condition=Q(state="ACTIVE"), name="endpoint_active"),  # the courier
        )

    def __str__(self) -> str:
        return f"{self.url} ({self.state})"

    @property
    def name(self) -> str:
        """What people call it: its description, or the host it goes to."""
        return self.description or urlsplit(self.url).hostname or self.url


class Delivery(models.Model):
    """One message to one endpoint; an event goes to an endpoint once, however often it is sent again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey("webhooks.WebhookEndpoint", models.PROTECT, related_name="deliveries", db_index=False)
    kind = models.CharField(max_length=9, db_default=DeliveryKind.EVENT.value)
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64, blank=True)
    event_at = models.DateTimeField()
    expect = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, db_default=DeliveryState.PENDING.value)
    attempts = models.SmallIntegerField(db_default=0)
    replays = models.IntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True, db_default="")
    latency_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DeliveryState]), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in DeliveryKind]), name="delivery_kind_known"
            ),
            models.UniqueConstraint(fields=("endpoint", "event_id"), name="delivery_event_once"),
            models.CheckConstraint(condition=Q(attempts__gte=0, attempts__lte=15), name="delivery_attempts_bounded"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.PENDING.value, finished_at=None)
                | (~Q(state=DeliveryState.PENDING.value) & Q(finished_at__isnull=False)),
                name="delivery_finished_has_time",
            ),
        )
        indexes = (
            models.Index(fields=("endpoint", "next_at"), condition=Q(state="PENDING"), name="delivery_due"),  # courier
            models.Index(fields=("endpoint", "-id"), name="delivery_log"),  # the page
            models.Index(fields=("endpoint",), condition=Q(state="FAILED"), name="delivery_failed"),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.state}"


class Attempt(models.Model):
    """One try, as it went; never changed."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey("webhooks.Delivery", models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    latency_ms = models.IntegerField()
    address = models.CharField(max_length=45, blank=True)
    excerpt = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(latency_ms__gte=0), name="attempt_latency_not_negative"),)

    def __str__(self) -> str:
        return f"{self.at} {self.status or self.error}"
