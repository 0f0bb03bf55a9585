"""Reference tables: every entry has days of validity, and two versions of a code never overlap."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q, Value
from django.db.models.expressions import Combinable

from singlewindow.reference.validity import Days


def _never_overlaps(name: str, *keys: str) -> ExclusionConstraint:
    """Two rows of the same key are never in force on the same day.

    Deferred to the end of the transaction: a new version closes the old one in either order.
    """
    days = Days("valid_from", "valid_to", Value("[]"))
    expressions: list[tuple[str | Combinable, str]] = [(F(key), RangeOperators.EQUAL) for key in keys]
    return ExclusionConstraint(
        name=name, expressions=[*expressions, (days, RangeOperators.OVERLAPS)], deferrable=Deferrable.DEFERRED
    )


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")))


class Versioned(models.Model):
    """An entry in force from one day to another, both included."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=80)
    """The shipped file it came from, or the reference of the decision that entered it by hand."""

    class Meta:
        abstract = True


class CodeEntry(Versioned):
    """One version of a code of a list."""

    list = models.CharField(max_length=32)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            _never_overlaps("reference_code_no_overlap", "list", "code"),
            _ends_after_it_begins("reference_code_ends_after"),
            models.UniqueConstraint(name="reference_code_version", fields=["list", "code", "valid_from"]),
        ]


class OfficeEntry(Versioned):
    """One version of a customs office of this country."""

    code = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24)
    transport_mode = models.CharField(max_length=1)
    time_zone = models.CharField(max_length=48)
    place = models.CharField(max_length=80)
    opens = models.CharField(max_length=5)
    closes = models.CharField(max_length=5)
    examinations_per_day = models.PositiveIntegerField()

    class Meta:
        constraints = [
            _never_overlaps("reference_office_no_overlap", "code"),
            _ends_after_it_begins("reference_office_ends_after"),
            models.UniqueConstraint(name="reference_office_version", fields=["code", "valid_from"]),
        ]


class RateEntry(Versioned):
    """One published exchange rate: 1 unit of `base` is `rate` units of `currency`."""

    base = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=8)

    class Meta:
        constraints = [
            _never_overlaps("reference_rate_no_overlap", "base", "currency"),
            _ends_after_it_begins("reference_rate_ends_after"),
            models.CheckConstraint(name="reference_rate_positive", condition=Q(rate__gt=0)),
            models.UniqueConstraint(name="reference_rate_version", fields=["base", "currency", "valid_from"]),
        ]


class CommodityEntry(Versioned):
    """One version of a line of the nomenclature."""

    code = models.CharField(max_length=10)
    description = models.TextField()
    unit = models.CharField(max_length=8, blank=True)
    edition = models.CharField(max_length=16)
    words = models.TextField(blank=True)
    """What people type who do not know the nomenclature."""

    class Meta:
        constraints = [
            _never_overlaps("reference_commodity_no_overlap", "code"),
            _ends_after_it_begins("reference_commodity_ends_after"),
            models.UniqueConstraint(name="reference_commodity_version", fields=["code", "valid_from"]),
            models.CheckConstraint(name="reference_commodity_digits", condition=Q(code__regex=r"^[0-9]{2,10}$")),
        ]


class ProfileEntry(Versioned):
    """One version of the profile of the country."""

    code = models.CharField(max_length=24, unique=True)
    settings = models.JSONField()

    class Meta:
        constraints = [
            _never_overlaps("reference_profile_no_overlap"),
            _ends_after_it_begins("reference_profile_ends_after"),
        ]


class DataSource(models.Model):
    """A shipped file as it was last loaded: its checksum tells whether there is anything to do."""

    name = models.CharField(max_length=48, primary_key=True)
    title = models.CharField(max_length=200)
    authority = models.CharField(max_length=200)
    licence = models.CharField(max_length=80)
    checksum = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()


class DataVersion(models.Model):
    """One row whose token the database changes with every change of a reference table.

    Each process holds the reference data in memory and asks for this token every few seconds. It is random, not
    a counter: a counter that a rolled back transaction used would come again with other data behind it.
    """

    token = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="reference_one_version_row", condition=Q(id=1))]
