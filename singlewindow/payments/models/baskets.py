"""What a trader pays at once, whoever it is owed to."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.states import BasketState
from singlewindow.payments.types import LineKind


class Basket(models.Model):
    """One payment order: one sum in one currency under one reference; what is in it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    reference = models.CharField(max_length=25, unique=True)
    """The structured creditor reference (ISO 11649) by which the bank's entry is known again."""
    state = models.CharField(max_length=9, default=BasketState.OPEN.value)
    method = models.CharField(max_length=8, blank=True, db_default="")
    """How it is being paid: account, provider or bank."""
    received_minor = models.BigIntegerField(db_default=0)
    """What came in for it so far."""
    reason = models.CharField(max_length=40, blank=True, db_default="")
    """Why it is held, as a code."""
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="basket_asks_for_money"),
            models.CheckConstraint(condition=Q(received_minor__gte=0), name="basket_received_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BasketState]), name="basket_state_known"
            ),
            models.CheckConstraint(condition=~Q(state="review") | ~Q(reason=""), name="basket_held_with_a_reason"),
        )
        indexes = (
            models.Index(fields=("organisation", "-id"), name="basket_of_organisation"),
            models.Index(fields=("state", "-id"), name="basket_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class BasketLine(models.Model):
    """One thing that is paid: a demand, the debt of a declaration, or money onto the prepaid account."""

    id = models.BigAutoField(primary_key=True)
    basket = models.ForeignKey("payments.Basket", models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=6)
    demand_id = models.UUIDField(null=True)
    declaration_id = models.UUIDField(null=True)
    authority = models.CharField(max_length=3, blank=True, db_default="")
    text = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="basketline_asks_for_money"),
            models.CheckConstraint(
                condition=Q(kind=LineKind.DEMAND.value, demand_id__isnull=False, declaration_id=None)
                | Q(kind=LineKind.DEBT.value, demand_id=None, declaration_id__isnull=False)
                | Q(kind=LineKind.TOP_UP.value, demand_id=None, declaration_id=None),
                name="basketline_names_what_it_pays",
            ),
            models.UniqueConstraint(fields=("basket", "demand_id"), name="basketline_demand_once"),
            models.UniqueConstraint(fields=("basket", "declaration_id"), name="basketline_debt_once"),
        )
        indexes = (
            models.Index(fields=("demand_id",), condition=Q(demand_id__isnull=False), name="basketline_of_demand"),
            models.Index(
                fields=("declaration_id",), condition=Q(declaration_id__isnull=False), name="basketline_of_debt"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
