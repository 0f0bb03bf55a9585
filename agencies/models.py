"""Tables of the agencies: requirements, permits with their write-off ledger, and holds."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.states import HoldState, PermitState
from agencies.types import HoldReason, LpcoState, WriteOffKind
from singlewindow.kernel.identifiers import uuid7


class TradeDirection(models.TextChoices):
    """Which way the goods cross the border."""

    IMPORT = "import", "Import"
    EXPORT = "export", "Export"


class Agency(models.Model):
    """A public body that may require permits and hold goods; customs is one of them."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=120)
    law = models.CharField(max_length=200)
    sla_hours = models.PositiveSmallIntegerField(help_text="Hours within which the agency decides a hold")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{3}$"), name="agency_code_form"),
            models.CheckConstraint(condition=Q(sla_hours__gte=1), name="agency_sla_positive"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RequirementSet(models.Model):
    """One loading of requirements; its number tells every process whether what it remembers is still in force."""

    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"{self.pk}: {self.sha256[:12]}"


class Requirement(models.Model):
    """Goods of an HS prefix, in one direction, from or to certain countries, need a permit or a check."""

    key = models.CharField(max_length=20, unique=True, help_text="Permanent name of the requirement")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="requirements")
    hs_prefix = models.CharField(max_length=10)
    direction = models.CharField(max_length=6, choices=TradeDirection.choices)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    lpco_code = models.CharField(max_length=4, blank=True)
    title = models.CharField(max_length=200)
    law = models.CharField(max_length=200)
    unit = models.CharField(max_length=5, blank=True)
    waivers = models.JSONField(default=dict, blank=True, help_text="Document codes that lift it, with their sentences")
    check_reason = models.CharField(max_length=3, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(hs_prefix__regex=r"^[0-9]{2,10}$"), name="requirement_hs_prefix_form"),
            models.CheckConstraint(
                condition=~Q(lpco_code="") | ~Q(check_reason=""), name="requirement_asks_for_something"
            ),
            models.CheckConstraint(
                condition=Q(check_reason__in=["", *(reason.value for reason in HoldReason)]),
                name="requirement_check_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=TradeDirection.values), name="requirement_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="requirement_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.hs_prefix} {self.direction}"


class Permit(models.Model):
    """A licence, permit or certificate for one holder: what it covers, how much, and how much is gone.

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
    """One entry of a permit's ledger, for ever. `used` = reserved + manual - freed; consuming changes no sum."""

    permit = models.ForeignKey("agencies.Permit", on_delete=models.PROTECT, related_name="write_offs", db_index=False)
    declaration_id = models.UUIDField(null=True, help_text="Empty for a manual entry")
    item = models.PositiveIntegerField(default=0, help_text="0: the whole consignment")
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=7, choices=[(kind.value, kind.name.title()) for kind in WriteOffKind])
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
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
            models.CheckConstraint(
                condition=Q(kind="manual", declaration_id=None) & ~Q(reason="")
                | ~Q(kind="manual") & Q(declaration_id__isnull=False),
                name="write_off_manual_has_reason",
            ),
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
