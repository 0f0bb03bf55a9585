"""Permits with their write-off ledger, and what each item of a declaration needed."""

from django.db import models
from django.db.models import F, Q

from agencies.models.law import TradeDirection
from agencies.states import ContingencyState, PermitState
from agencies.types import LpcoState, WriteOffKind
from singlewindow.kernel.identifiers import uuid7


class Permit(models.Model):
    """One line of a licence, permit or certificate for one holder: what it covers, how much, and how much is gone.

    Most documents have one line, whose number is the document's own; where there are several, `lpco` bears the
    document's number and each line one of its own, and the line is what declarations name and what is written off.

    `used` repeats the sum of the write-off ledger so that one conditional update can guard it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=4)
    number = models.CharField(max_length=35)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="permits")
    holder = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    hs_prefix = models.CharField(max_length=10)
    origin = models.CharField(max_length=2, blank=True, help_text="Origin (imports) or destination (exports)")
    direction = models.CharField(max_length=6, choices=TradeDirection.choices)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=5)
    tolerance = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="Share over the quantity")
    used = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    lpco = models.CharField(max_length=35, blank=True, help_text="The document that this line belongs to")
    line = models.PositiveSmallIntegerField(default=1)
    value_limit = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    value_used = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, blank=True)
    single_use = models.BooleanField(default=False, help_text="For one declaration only")
    valid_from = models.DateField()
    valid_to = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.name.title()) for state in PermitState],
        default=PermitState.ISSUED.value,
    )
    issued_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "number"), name="permit_number_once"),
            models.CheckConstraint(
                condition=Q(used__gte=0) & Q(used__lte=F("quantity") * (1 + F("tolerance"))),
                name="permit_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(value_limit=None, value_used=0, currency="")
                | Q(value_limit__gt=0, value_used__gte=0, value_used__lte=F("value_limit")) & ~Q(currency=""),
                name="permit_value_never_exceeded",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="permit_quantity_positive"),
            models.CheckConstraint(
                condition=Q(tolerance__gte=0) & Q(tolerance__lte=1), name="permit_tolerance_is_a_share"
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="permit_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PermitState]), name="permit_state_known"
            ),
            models.CheckConstraint(condition=Q(hs_prefix__regex=r"^[0-9]{2,10}$"), name="permit_hs_prefix_form"),
            models.CheckConstraint(condition=Q(direction__in=TradeDirection.values), name="permit_direction_known"),
        )
        indexes = (
            models.Index(fields=("holder", "-id"), name="permit_of_holder"),  # a trader's list
            models.Index(fields=("agency", "-id"), name="permit_of_agency"),  # an agency's list
            models.Index(  # the daily expiry
                fields=("valid_to",), condition=Q(state__in=["issued", "suspended", "exhausted"]), name="permit_live"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class WriteOff(models.Model):
    """One entry of a permit's ledger, for ever.

    `used` = reserved + manual + contingency - freed - recredited; consuming changes no sum.
    """

    permit = models.ForeignKey("agencies.Permit", on_delete=models.PROTECT, related_name="write_offs", db_index=False)
    declaration_id = models.UUIDField(null=True, help_text="Empty for a manual entry")
    item = models.PositiveIntegerField(default=0, help_text="0: the whole consignment")
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.name.title()) for kind in WriteOffKind])
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    value = models.DecimalField(max_digits=18, decimal_places=2, db_default=0)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("permit", "declaration_id", "item", "version", "kind"),
                condition=Q(declaration_id__isnull=False),
                name="write_off_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="write_off_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in WriteOffKind]), name="write_off_kind_known"
            ),
            models.UniqueConstraint(
                fields=("permit", "declaration_id", "item", "version"),
                condition=Q(kind__in=["free", "recredit"], declaration_id__isnull=False),
                name="write_off_given_back_once",
            ),
            models.UniqueConstraint(fields=("reverses",), name="write_off_reversed_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["manual", "contingency"], declaration_id=None, reverses=None) & ~Q(reason="")
                | Q(kind="recredit", declaration_id=None, reverses__isnull=False) & ~Q(reason="")
                | Q(kind__in=["reserve", "consume", "free", "recredit"], declaration_id__isnull=False, reverses=None),
                name="write_off_manual_has_reason",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="write_off_value_not_negative"),
        )
        indexes = (
            models.Index(fields=("declaration_id",), name="write_off_declaration"),  # consume, free
            models.Index(fields=("permit", "id"), name="write_off_permit"),  # the ledger of one permit
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} of {self.permit_id}"


class LpcoNeed(models.Model):
    """What one item of an accepted declaration needed of an agency, and what came of it."""

    declaration_id = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    item = models.PositiveIntegerField()
    agency = models.CharField(max_length=3)
    code = models.CharField(max_length=4)
    requirement = models.ForeignKey("agencies.Requirement", on_delete=models.PROTECT, null=True, related_name="+")
    permit = models.ForeignKey("agencies.Permit", on_delete=models.PROTECT, null=True, related_name="+")
    permit_number = models.CharField(max_length=70, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    remaining = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    unit = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=9, choices=[(state.value, state.name.title()) for state in LpcoState])

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LpcoState]), name="lpco_need_state_known"
            ),
        )
        indexes = (models.Index(fields=("declaration_id", "id"), name="lpco_need_declaration"),)  # release predicate

    def __str__(self) -> str:
        return f"{self.code} for item {self.item}: {self.state}"


class ContingencyEntry(models.Model):
    """A permit that was entered by hand, because it is on paper or its agency could not be asked; reconciled later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.CharField(max_length=3)
    cause = models.CharField(max_length=11, choices=[("issuer_down", "Issuer down"), ("paper", "Paper permit")])
    code = models.CharField(max_length=4)
    number = models.CharField(max_length=35)
    mrn = models.CharField(max_length=18)
    declaration_id = models.UUIDField()
    item = models.PositiveIntegerField(default=0)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=5)
    reference = models.CharField(max_length=70, help_text="Where the paper is, or who was asked")
    reason = models.CharField(max_length=500)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.name.title()) for state in ContingencyState],
        default=ContingencyState.OPEN.value,
    )
    write_off = models.OneToOneField("agencies.WriteOff", on_delete=models.PROTECT, null=True, related_name="+")
    difference = models.DecimalField(max_digits=18, decimal_places=6, null=True, help_text="Entered less written off")
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "item", "code"), condition=~Q(state="rejected"), name="contingency_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="contingency_positive"),
            models.CheckConstraint(
                condition=Q(state="open", write_off=None, settled_at=None)
                | Q(state="matched", write_off__isnull=False, settled_at__isnull=False, difference__isnull=False)
                | Q(state="rejected", write_off=None, settled_at__isnull=False) & ~Q(settled_reason=""),
                name="contingency_settled_whole",
            ),
        )
        indexes = (
            models.Index(fields=("agency", "id"), condition=Q(state="open"), name="contingency_open"),  # to reconcile
        )

    def __str__(self) -> str:
        return f"{self.code} {self.number} on {self.mrn}: {self.state}"
