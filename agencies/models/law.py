"""What agencies require: the bodies, their requirements, and the sentences that take the place of a permit."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.types import HoldReason

SHARE_OF_ONE = Q(share_checked__gte=0) & Q(share_checked__lte=1)


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
    loaded_by = models.CharField(
        max_length=80, blank=True, help_text="Who set the limits in it, and so may not use them"
    )
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
    procedures = ArrayField(models.CharField(max_length=4), default=list, blank=True, help_text="Empty: all procedures")
    end_use = models.CharField(
        max_length=3, blank=True, help_text="Additional procedure that names the use; empty: all"
    )
    exempt_below = models.DecimalField(max_digits=18, decimal_places=6, null=True, help_text="Less than this is exempt")
    sla_hours = models.PositiveSmallIntegerField(null=True, help_text="Hours for an application; empty: the agency's")
    charge_code = models.CharField(max_length=12, blank=True, help_text="Charge of the published schedule")
    documents = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    conditions = models.CharField(max_length=300, blank=True)
    second_above = models.DecimalField(
        max_digits=18, decimal_places=6, null=True, help_text="More than this is issued by two officers"
    )
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
            models.CheckConstraint(condition=Q(sla_hours=None) | Q(sla_hours__gte=1), name="requirement_sla_positive"),
            models.CheckConstraint(
                condition=(Q(exempt_below=None) | Q(exempt_below__gt=0))
                & (Q(second_above=None) | Q(second_above__gte=0)),
                name="requirement_thresholds_positive",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="requirement_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.hs_prefix} {self.direction}"


class Disclaimer(models.Model):
    """A sentence that a trader declares by code: with it, a permit is not needed; some of them are checked."""

    code = models.CharField(max_length=4, primary_key=True)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="disclaimers")
    hs_prefixes = ArrayField(models.CharField(max_length=10), default=list, blank=True, help_text="Empty: all goods")
    sentence = models.CharField(max_length=300)
    law = models.CharField(max_length=200)
    valid_days = models.PositiveSmallIntegerField(help_text="How long a declared sentence may be checked")
    share_checked = models.DecimalField(max_digits=5, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=SHARE_OF_ONE, name="disclaimer_share_of_one"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-Z]{4}$"), name="disclaimer_code_form"),
        )

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class DisclaimerUse(models.Model):
    """One item for which a disclaimer was declared: whether it was drawn for a check, and what the check found."""

    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    version = models.PositiveSmallIntegerField()
    item = models.PositiveIntegerField()
    code = models.CharField(max_length=4)
    agency = models.CharField(max_length=3)
    requirement = models.ForeignKey("agencies.Requirement", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    valid_to = models.DateField()
    seed = models.CharField(max_length=32, help_text="With it anyone can repeat the draw")
    share = models.DecimalField(max_digits=5, decimal_places=4)
    sampled = models.BooleanField()
    outcome = models.CharField(max_length=5, blank=True, choices=[("true", "True"), ("false", "False")])
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "version", "item", "code", "requirement"), name="disclaimer_use_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None)
                | Q(outcome__in=["true", "false"], decided_at__isnull=False) & ~Q(reason=""),
                name="disclaimer_outcome_has_reason",
            ),
        )
        indexes = (
            models.Index(fields=("declaration_id",), name="disclaimer_declaration"),  # the answer for the trader
            models.Index(  # the agency's list of checks
                fields=("agency", "id"), condition=Q(sampled=True, outcome=""), name="disclaimer_to_check"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} on {self.mrn}/{self.item}"


class CertificateKind(models.Model):
    """A kind of certificate that other countries issue, and which of them send theirs electronically."""

    code = models.CharField(max_length=4, primary_key=True, help_text="The document code that a declaration names")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    type_code = models.CharField(max_length=3, help_text="UN/CEFACT document name code, 851 phytosanitary")
    name = models.CharField(max_length=120)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text="They send electronically"
    )
    valid_days = models.PositiveSmallIntegerField(help_text="From the day of issue")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
