"""The tariff and the schedule of charges, as data of a version.

Every row says from which version of the data on it stands and in which it no longer does, so that the tariff of any
version can be read again: that is what makes an old assessment reproducible.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from fees.types import MeasureKind, NoteKind, VersionBasis


class TariffVersion(models.Model):
    """One state of the data: a checksum over every row, and when it was loaded."""

    id = models.AutoField(primary_key=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    basis = models.CharField(max_length=8, db_default=VersionBasis.FIRST.value)
    change_id = models.UUIDField(null=True)
    """The change that two people agreed on; empty for the first version and for one of charges alone."""
    transaction = models.BigIntegerField(db_default=Func(function="txid_current"), editable=False)
    """Of the database: rows of a version are written in the transaction that makes it, and never after."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(basis=VersionBasis.CHANGE.value, change_id__isnull=False)
                | Q(basis__in=[VersionBasis.FIRST.value, VersionBasis.SCHEDULE.value], change_id=None),
                name="tariff_version_basis_whole",
            ),
            models.UniqueConstraint(fields=("change_id",), name="tariff_version_once_a_change"),
        )

    def __str__(self) -> str:
        return f"tariff-{self.sha256[:16]}"


class Versioned(models.Model):
    """A row that stands from one data version on, until a later one ends it."""

    version_from = models.ForeignKey("fees.TariffVersion", models.PROTECT, related_name="+", db_index=False)
    version_to = models.IntegerField(null=True)
    """The first version in which it no longer stands."""

    class Meta:
        abstract = True


def _days() -> Func:
    return Func(
        F("valid_from"), F("valid_to"), models.Value("[]"), function="daterange", output_field=models.DateField()
    )


def _versions() -> Func:
    return Func(F("version_from_id"), F("version_to"), function="int4range", output_field=models.IntegerField())


class Measure(Versioned):
    """One line of the tariff. No two of the same key are in force on one day (FE-TAR-02)."""

    kind = models.CharField(max_length=12)
    tax_type = models.CharField(max_length=3)
    prefix = models.CharField(max_length=10)
    origin = models.CharField(max_length=6)
    direction = models.CharField(max_length=6)
    additional_code = models.CharField(max_length=6, blank=True)
    order_number = models.CharField(max_length=6, blank=True, db_default="")
    """Of the tariff quota that the rate is for; empty for a rate without one."""
    excluded = ArrayField(
        models.CharField(max_length=6),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=6))),
    )
    """Countries or groups that the origin does not include here."""
    conditions = models.JSONField(default=list, db_default=[])
    """What must be shown or reached: see `fees.rules.tariff.Condition`."""
    footnotes = ArrayField(
        models.CharField(max_length=8),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
    )
    expression = models.CharField(max_length=200, blank=True)
    """As law has it; empty for a prohibition or a requirement, which cost nothing."""
    rounding = models.CharField(max_length=16)
    law = models.CharField(max_length=120)
    authority = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(prefix__regex=r"^[0-9]{2,10}$"), name="measure_prefix_form"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="measure_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MeasureKind]), name="measure_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["prohibition", "requirement"], expression="")
                | ~Q(kind__in=["prohibition", "requirement"]) & ~Q(expression=""),
                name="measure_costs_or_controls",
            ),
            models.CheckConstraint(
                condition=Q(order_number="") | Q(order_number__regex=r"^[0-9]{6}$", kind__in=["duty", "preference"]),
                name="measure_quota_gives_a_duty",
            ),
            models.CheckConstraint(condition=Q(direction__in=["import", "export"]), name="measure_direction_known"),
            models.CheckConstraint(
                condition=Q(rounding__in=["ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_DOWN", "ROUND_UP"]),
                name="measure_rounding_known",
            ),
            ExclusionConstraint(
                name="measure_one_in_force",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("tax_type", RangeOperators.EQUAL),
                    ("direction", RangeOperators.EQUAL),
                    ("prefix", RangeOperators.EQUAL),
                    ("origin", RangeOperators.EQUAL),
                    ("additional_code", RangeOperators.EQUAL),
                    ("order_number", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                    (_versions(), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_type} {self.prefix} {self.expression}"


class Nomenclature(Versioned):
    """One line of the goods nomenclature: a code, where it stands in the tree, and what it says.

    Source: HS 2022 to six digits, national lines to ten; TARIC writes every code with ten digits and a suffix.
    """

    code = models.CharField(max_length=10)
    """Always ten digits, filled with zeros on the right."""
    suffix = models.CharField(max_length=2, db_default="80")
    """80: a code that can be declared or a heading of such; anything else groups the lines below it."""
    indent = models.SmallIntegerField()
    """Its depth: 0 for a chapter and for each heading, more for what stands below."""
    description = models.CharField(max_length=1000)
    unit = models.CharField(max_length=8, blank=True, db_default="")
    """Supplementary unit, where one is asked for."""
    declarable = models.BooleanField(db_default=False)
    footnotes = ArrayField(
        models.CharField(max_length=8),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{10}$"), name="nomenclature_code_form"),
            models.CheckConstraint(condition=Q(indent__gte=0), name="nomenclature_indent_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="nomenclature_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="nomenclature_one_in_force",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("suffix", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                    (_versions(), RangeOperators.OVERLAPS),
                ],
            ),
        )
        indexes = (models.Index(fields=("code", "suffix"), name="nomenclature_tree"),)

    def __str__(self) -> str:
        return f"{self.code} {self.description[:40]}"


class TariffNote(Versioned):
    """What a code of the tariff means: a footnote, an additional code, a certificate, or a group of origins."""

    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=8)
    text = models.CharField(max_length=2000)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in NoteKind]),
                name="tariff_note_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="tariff_note_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="tariff_note_one_in_force",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                    (_versions(), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Charge(Versioned):
    """One version of a fee or charge of the public schedule. Source: TFA article 6.1."""

    code = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    authority = models.CharField(max_length=3)
    authority_name = models.CharField(max_length=80)
    law = models.CharField(max_length=160)
    event = models.CharField(max_length=20)
    unit = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    percentage = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    minimum = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    maximum = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    prefixes = ArrayField(models.CharField(max_length=10), default=list)
    in_vat_base = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    published_on = models.DateField()
    comment = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount=None, percentage__isnull=False) | Q(amount__isnull=False, percentage=None),
                name="charge_amount_or_percentage",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="charge_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="charge_one_in_force",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (_days(), RangeOperators.OVERLAPS),
                    (_versions(), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class OriginGroup(Versioned):
    """A country's membership of a group of origins that shares a preference."""

    group = models.CharField(max_length=6)
    title = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    claim = models.CharField(max_length=1, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.country} in {self.group}"


class Relief(Versioned):
    """What a procedure does to the taxes of an item: those named are not paid now."""

    procedure = models.CharField(max_length=3)
    taxes = ArrayField(models.CharField(max_length=12))
    code = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    law = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.procedure} {self.code}"


class ProofOfOrigin(Versioned):
    """A document code that proves a preferential origin."""

    document = models.CharField(max_length=6)
    title = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.document


class TaricRecord(Versioned):
    """A record of TARIC that stands, as its envelopes say it: the next one changes or deletes it by its key."""

    element = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    content = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("element", "key"), condition=Q(version_to=None), name="taric_record_stands_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.element} {self.key}"
