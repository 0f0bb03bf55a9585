"""What was given back or waived by decision: kept for ever, for whatever is assessed later is less by it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class Remission(models.Model):
    """A band of one tax of a declaration that is not owed; the bands of a tax never overlap (FE-REM-01)."""

    id = models.BigAutoField(primary_key=True)
    declaration_id = models.UUIDField()
    item = models.IntegerField()
    tax_type = models.CharField(max_length=10, blank=True)
    """Empty where it is of all that the authority is owed."""
    authority = models.CharField(max_length=3)
    low_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()
    source = models.CharField(max_length=100)
    """The decision: a claim, or a demand that was waived."""
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(low_minor__gte=0, high_minor__gt=F("low_minor")), name="remission_is_a_band"
            ),
            ExclusionConstraint(
                name="remission_once",
                expressions=[
                    ("declaration_id", RangeOperators.EQUAL),
                    ("item", RangeOperators.EQUAL),
                    ("tax_type", RangeOperators.EQUAL),
                    ("authority", RangeOperators.EQUAL),
                    (
                        Func("low_minor", "high_minor", function="int8range", output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_type or self.authority} {self.low_minor} to {self.high_minor}"
