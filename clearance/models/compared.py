"""What differs from other records, and what the targeting desk was warned of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from clearance.models.values import values
from clearance.types import WarningKind
from singlewindow.kernel.identifiers import uuid7


class Difference(models.Model):
    """What is declared and was found otherwise, beyond its tolerance. It stands until it is not found any more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    rule = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, db_default="")
    key = models.CharField(max_length=64, help_text="The same for the same difference")
    expected = models.CharField(max_length=300, db_default="")
    found = models.CharField(max_length=300, db_default="")
    tolerance = models.CharField(max_length=40, db_default="")
    source = models.CharField(max_length=8)
    source_id = models.UUIDField(null=True, help_text="The bill or the captured event")
    pointer = models.CharField(max_length=120, db_default="")
    holds = models.BooleanField(help_text="Whether it holds the goods, or is only shown")
    after_release = models.BooleanField(db_default=False)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text="Not found any more; the hold is an officer's to lift")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration", "key"), condition=models.Q(gone_at=None), name="difference_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["manifest", "device"]), name="difference_source_known"
            ),
            models.CheckConstraint(
                condition=models.Q(gone_at=None) | models.Q(gone_at__gte=models.F("found_at")),
                name="difference_gone_after_found",
            ),
        )
        indexes = (models.Index(fields=("declaration", "id"), name="difference_of_declaration"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"


class EarlyWarning(models.Model):
    """The targeting desk is warned, once a version: of goods on their way, or of goods that left. Source: F28."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration = models.ForeignKey("declarations.Declaration", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    kind = models.CharField(max_length=8)
    mrn = models.CharField(max_length=18)
    office = models.CharField(max_length=17, db_default="")
    mode = models.CharField(max_length=1, db_default="")
    importer = models.CharField(max_length=120, db_default="")
    goods = models.CharField(max_length=120, db_default="")
    reasons = models.JSONField(default=list, help_text="Rule and words of each reason; never told to a party")
    told = ArrayField(models.UUIDField(), default=list, help_text="Who was told to hold the goods")
    since = models.DateTimeField(help_text="When the version was lodged, took force, or differed")
    raised_at = models.DateTimeField()
    seconds = models.IntegerField(help_text="From lodging to warning")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, db_default="")
    escalated_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=12, db_default="")

    class Meta:
        db_table = "clearance_warning"
        constraints = (
            models.UniqueConstraint(fields=("declaration", "version", "kind"), name="warning_once_a_version"),
            models.CheckConstraint(condition=models.Q(kind__in=values(WarningKind)), name="warning_kind_known"),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("raised_at"), seconds__gte=0), name="warning_due_after_raised"
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by="")
                | (models.Q(acknowledged_at__gte=models.F("raised_at")) & ~models.Q(acknowledged_by="")),
                name="warning_acknowledged_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(escalated_at=None) | models.Q(escalated_at__gte=models.F("due_at")),
                name="warning_not_escalated_early",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_why="")
                | (models.Q(lifted_at__isnull=False) & ~models.Q(lifted_why="")),
                name="warning_lifted_whole",
            ),
        )
        indexes = (
            # the targeting desk, deadline first
            models.Index(
                fields=("due_at", "id"),
                condition=models.Q(acknowledged_at=None, lifted_at=None),
                name="warning_open",
            ),
            models.Index(fields=("-raised_at", "-id"), name="warning_recent"),  # figures of 30 days, the list of all
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.mrn}"
