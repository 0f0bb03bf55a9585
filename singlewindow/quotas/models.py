"""Tables of quotas: each with a ledger of what was claimed, allocated and returned; its balances are checked sums."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from singlewindow.kernel.identifiers import uuid7
from singlewindow.quotas.states import QuotaState
from singlewindow.quotas.types import ChangeKind, ChangeState, ClaimKind, StopKind
from singlewindow.reference.validity import Days

KEYED = [kind.value for kind in (ClaimKind.CLAIM, ClaimKind.ALLOCATE, ClaimKind.RETURN, ClaimKind.REFUSE)]


def _amount(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=20, decimal_places=6, **options)


class Quota(models.Model):
    """A quantity of goods, or a value, that may enter at a lower rate within a period.

    `balance` is the volume less what was allocated and not given back; `pending` what was asked for on days that are
    not settled yet. Both are sums of the ledger, kept under the lock of the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order_number = models.CharField(max_length=6)
    title = models.CharField(max_length=200)
    law = models.CharField(max_length=200, blank=True)
    period_from = models.DateField()
    period_to = models.DateField()
    unit = models.CharField(max_length=5, help_text="Code of the unit, or of the currency of a quota of value")
    by_value = models.BooleanField(db_default=False)
    decimals = models.PositiveSmallIntegerField(db_default=3, help_text="Decimal places of allocations")
    initial = _amount()
    volume = _amount()
    balance = _amount()
    pending = _amount(db_default=0)
    critical_share = models.DecimalField(max_digits=4, decimal_places=3, help_text="Critical at this share left")
    critical_decided = models.BooleanField(db_default=False)
    origins = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True)
    coefficient = models.DecimalField(max_digits=10, decimal_places=4, db_default=1)
    state = models.CharField(max_length=9, db_default=QuotaState.OPEN.value)
    settled_to = models.DateField(null=True)
    changed_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(order_number__regex=r"^[0-9]{6}$"), name="quota_order_number_form"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="quota_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(initial__gte=0, volume__gte=0), name="quota_volume_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("volume"), pending__gte=0), name="quota_never_exceeded"
            ),
            models.CheckConstraint(
                condition=Q(critical_share__gte=0, critical_share__lte=1), name="quota_critical_is_a_share"
            ),
            models.CheckConstraint(condition=Q(decimals__lte=6), name="quota_decimals_known"),
            models.CheckConstraint(condition=Q(coefficient__gt=0), name="quota_coefficient_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in QuotaState]), name="quota_state_known"
            ),
            ExclusionConstraint(
                name="quota_periods_no_overlap",
                expressions=[
                    (F("order_number"), RangeOperators.EQUAL),
                    (Days("period_from", "period_to", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_number} {self.title}"


class Stop(models.Model):
    """Days on which a quota is not claimed; lifted by an earlier last day, never taken out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    quota = models.ForeignKey(Quota, models.PROTECT, related_name="stops")
    kind = models.CharField(max_length=7)
    day_from = models.DateField()
    day_to = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    change = models.ForeignKey("quotas.Change", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in StopKind]), name="quota_stop_kind_known"
            ),
            models.UniqueConstraint(fields=("change",), name="quota_stop_of_one_change"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.day_from} {self.day_to or ''}"


class Run(models.Model):
    """The settlement of one day of a quota and of its parts: every claim of the day served in one step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    quota = models.ForeignKey(Quota, models.PROTECT, related_name="runs")
    day = models.DateField()
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    claims = models.PositiveIntegerField(db_default=0)
    demand = _amount(db_default=0)
    granted = _amount(db_default=0)
    left = _amount(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("quota", "day"), name="quota_run_once_a_day"),
            models.CheckConstraint(condition=Q(granted__lte=F("demand")), name="quota_run_grants_what_was_asked"),
        )
        indexes = (models.Index(fields=("quota", "-day"), name="quota_run_newest"),)

    def __str__(self) -> str:
        return f"{self.quota_id} {self.day}"


class Entry(models.Model):
    """One line of the ledger; only ever added to.

    A claim is open as long as it has neither an allocation nor a return. `quantity` is what the item asks for, was
    granted, or gives back; `demand` what a claim still wants from a run, `carried` what a claim kept of the version
    before.
    """

    id = models.BigAutoField(primary_key=True)
    quota = models.ForeignKey(Quota, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8)
    declaration_id = models.UUIDField(null=True)
    item = models.PositiveSmallIntegerField(db_default=0)
    version = models.PositiveSmallIntegerField(db_default=1)
    quantity = _amount()
    demand = _amount(db_default=0)
    carried = _amount(db_default=0)
    secured = models.BooleanField(db_default=False)
    part = models.BooleanField(db_default=False, help_text="Mirrors a claim of a part of this quota")
    accepted_on = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ClaimKind]), name="quota_entry_kind_known"
            ),
            models.UniqueConstraint(
                fields=("declaration_id", "item", "version", "quota", "kind"),
                condition=Q(kind__in=KEYED),
                name="quota_entry_once",
            ),
            models.UniqueConstraint(
                fields=("source", "quota"), condition=Q(kind=ClaimKind.ADJUST.value), name="quota_entry_adjusts_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=ClaimKind.ADJUST.value, declaration_id=None)
                | Q(kind__in=KEYED, declaration_id__isnull=False, quantity__gte=0),
                name="quota_entry_of_an_item_or_of_customs",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ClaimKind.CLAIM.value)
                | Q(quantity__gt=0, demand__gte=0, carried__gte=0, accepted_on__isnull=False),
                name="quota_entry_claims_something",
            ),
        )
        indexes = (
            models.Index(fields=("quota", "id"), name="quota_entry_of_quota"),
            models.Index(fields=("quota", "accepted_on"), condition=Q(kind="claim"), name="quota_entry_claims_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class Change(models.Model):
    """What one person proposes to change of a quota, and a second puts in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    quota = models.ForeignKey(Quota, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, db_default=ChangeState.PROPOSED.value)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ChangeKind]), name="quota_change_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ChangeState]), name="quota_change_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
