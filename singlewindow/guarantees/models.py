"""Tables of guarantees: what secures debts, who may draw on it, and what was drawn."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from singlewindow.guarantees.states import GuaranteeState
from singlewindow.guarantees.types import CRITERIA, CodeKind, EntryKind, GuaranteeType
from singlewindow.kernel.identifiers import uuid7


class Guarantee(models.Model):
    """Something that secures debts up to a limit. `used_minor` is a checked cache of its entries."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grn = models.CharField(max_length=24, unique=True)
    type = models.CharField(max_length=1, choices=[(kind.value, kind.name.title()) for kind in GuaranteeType])
    state = models.CharField(max_length=10, default=GuaranteeState.PENDING.value)
    holder = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    guarantor_name = models.CharField(max_length=120, blank=True)
    guarantor_identifier = models.CharField(max_length=17, blank=True)
    currency = models.CharField(max_length=3)
    reference_minor = models.BigIntegerField()
    """The sum of the debts that may stand at the same time."""
    level = models.PositiveSmallIntegerField(default=100)
    criteria = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    limit_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(db_default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    offices = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    """Offices where it counts; empty: all."""
    countries_excluded = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    commodities = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    """Prefixes of the only goods that it covers; empty: all."""
    sensitive_excluded = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    """Prefixes of goods that it does not cover, such as alcohol and tobacco."""
    liability_ends_on = models.DateField(null=True)
    """Notice of its end was given: after this day nothing new is secured."""
    reason = models.CharField(max_length=500, blank=True)
    registered_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    alerted_at = models.DateTimeField(null=True)
    """When its holder was warned that little is left; empty again when enough is."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(used_minor__gte=0, used_minor__lte=F("limit_minor")), name="guarantee_never_over_drawn"
            ),
            models.CheckConstraint(
                condition=Q(reference_minor__gt=0, limit_minor__gt=0), name="guarantee_amounts_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in GuaranteeState]), name="guarantee_state_known"
            ),
            models.CheckConstraint(
                condition=Q(type__in=[kind.value for kind in GuaranteeType]), name="guarantee_type_known"
            ),
            models.CheckConstraint(condition=Q(level__in=list(CRITERIA)), name="guarantee_level_known"),
            models.CheckConstraint(
                condition=Q(level=100) | Q(type__in=["0", "1"]), name="guarantee_reduced_only_comprehensive"
            ),
            models.CheckConstraint(
                condition=Q(type="4", grn__regex=r"^.{24}$") | ~Q(type="4") & Q(grn__regex=r"^.{17}$"),
                name="guarantee_grn_fits_type",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="guarantee_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PENDING", "REFUSED", "EXPIRED"]) | Q(granted_at__isnull=False),
                name="guarantee_in_force_was_granted",
            ),
        )
        indexes = (
            models.Index(fields=("holder", "-id"), name="guarantee_of_holder"),
            models.Index(fields=("valid_to",), condition=Q(state="ACTIVE"), name="guarantee_ending"),
        )

    def __str__(self) -> str:
        return self.grn


class AccessCode(models.Model):
    """What proves that one may draw on a guarantee; only a keyed digest of it is kept."""

    id = models.BigAutoField(primary_key=True)
    guarantee = models.ForeignKey("guarantees.Guarantee", models.CASCADE, related_name="codes")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name.title()) for kind in CodeKind])
    label = models.CharField(max_length=60, blank=True)
    """Whom an additional code was given to."""
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("guarantee",), condition=Q(kind="main", ended_at=None), name="access_code_one_main"
            ),
            models.CheckConstraint(condition=Q(kind__in=["main", "additional"]), name="access_code_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} code of {self.guarantee_id}"


class WrongCode(models.Model):
    """A wrong access code that somebody gave; written even when all else of the act is undone."""

    id = models.BigAutoField(primary_key=True)
    guarantee_id = models.UUIDField()
    """No foreign key: it is written beside the transaction that may hold the guarantee."""
    asker = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("guarantee_id", "at"), name="wrong_code_of_guarantee"),)

    def __str__(self) -> str:
        return f"{self.guarantee_id} {self.at}"


class Citation(models.Model):
    """A declaration named a guarantee and proved that it may."""

    id = models.BigAutoField(primary_key=True)
    guarantee = models.ForeignKey("guarantees.Guarantee", models.PROTECT, related_name="+", db_index=False)
    subject_id = models.UUIDField()
    proof = models.CharField(max_length=10)
    """By which code, or `holder`: who lodged is the holder."""
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject_id", "guarantee"), name="citation_once"),
            models.CheckConstraint(
                condition=Q(proof__in=["main", "additional", "holder"]), name="citation_proof_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject_id} cites {self.guarantee_id}"


class Entry(models.Model):
    """One movement of a guarantee, for ever.

    The entries of one subject and purpose are a chain without gaps, each with what stays open after it: a return that
    comes twice meets the place of the first one, and a return of more than was set aside is refused.
    """

    id = models.BigAutoField(primary_key=True)
    guarantee = models.ForeignKey("guarantees.Guarantee", models.PROTECT, related_name="entries", db_index=False)
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=20)
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.name.title()) for kind in EntryKind])
    amount_minor = models.BigIntegerField()
    open_after_minor = models.BigIntegerField()
    """Set aside and neither freed nor taken."""
    taken_after_minor = models.BigIntegerField()
    """Taken as debt and not paid yet."""
    used_after_minor = models.BigIntegerField()
    """What the whole guarantee bears after it."""
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    undone = models.BooleanField(default=False)
    """The declaration was invalidated: it never drew on the guarantee."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("guarantee", "subject_id", "purpose", "sequence"), name="guarantee_entry_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0, sequence__gt=0), name="guarantee_entry_positive"),
            models.CheckConstraint(
                condition=Q(open_after_minor__gte=0, taken_after_minor__gte=0, used_after_minor__gte=0),
                name="guarantee_entry_never_returns_more",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EntryKind]), name="guarantee_entry_kind_known"
            ),
        )
        indexes = (
            models.Index(fields=("subject_id", "purpose"), name="guarantee_entry_of_subject"),
            models.Index(fields=("guarantee", "-id"), name="guarantee_entry_of"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} of {self.guarantee_id}"
