"""Payments through a provider, and every message that a provider sent about them."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.states import ProviderState


class ProviderPayment(models.Model):
    """One try to pay a basket through a provider; what it moves is counted once, however often it is told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    basket = models.ForeignKey("payments.Basket", models.PROTECT, related_name="provider_payments")
    provider = models.CharField(max_length=20)
    provider_txn_id = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default=ProviderState.CREATED.value)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("provider", "provider_txn_id"), name="providerpayment_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ProviderState]), name="providerpayment_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_txn_id} {self.state}"


class ProviderCallback(models.Model):
    """One message of a provider, kept as it came before anything is done about it; the same one is kept once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    provider_txn_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=35, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    content_sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "provider_txn_id", "kind", "content_sha256"), name="providercallback_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="providercallback_amount_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_txn_id} {self.kind}"
