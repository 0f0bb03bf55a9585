"""Changes of the tariff on their way: what was read, how it differs from what stands, and what became of it."""

from django.db import models
from django.db.models import Q

from fees.states import TariffChangeState
from fees.types import ChangeSource, RowAction
from singlewindow.kernel.identifiers import uuid7


class TariffChange(models.Model):
    """A difference to one version of the tariff that waits to be proposed, was agreed to, or was not wanted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=6)
    title = models.CharField(max_length=200)
    files = models.JSONField(default=list)
    """Name, size and SHA-256 of each file that was given."""
    base = models.ForeignKey("fees.TariffVersion", models.PROTECT, related_name="+")
    """The version that it changes; when another stands, it can no longer go live."""
    content_sha256 = models.CharField(max_length=64)
    """Of the base and of every row of the difference."""
    counts = models.JSONField(default=list)
    """How many rows are added, changed and ended, by sheet and kind."""
    unread = models.JSONField(default=list)
    """What the source says and the tariff cannot hold: record, what, and why. Nothing is dropped silently."""
    state = models.CharField(max_length=8, db_default=TariffChangeState.DRAFT.value)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(source__in=[source.value for source in ChangeSource]), name="tariff_change_source_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TariffChangeState]), name="tariff_change_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"


class TariffChangeRow(models.Model):
    """One row of the difference: what stands now, and what shall stand."""

    change = models.ForeignKey(TariffChange, models.PROTECT, related_name="rows", db_index=False)
    number = models.IntegerField()
    """Its place in the preview: the largest change of a rate comes first."""
    sheet = models.CharField(max_length=20)
    kind = models.CharField(max_length=16, blank=True)
    """Of a measure or a note; empty for other sheets."""
    action = models.CharField(max_length=7)
    subject = models.CharField(max_length=200)
    row_id = models.BigIntegerField(null=True)
    """The standing row that ends."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("change", "number"), name="tariff_change_row_once"),
            models.CheckConstraint(
                condition=Q(action=RowAction.ADDED.value, before__isnull=True, row_id=None, after__isnull=False)
                | Q(action=RowAction.CHANGED.value, before__isnull=False, row_id__isnull=False, after__isnull=False)
                | Q(action=RowAction.ENDED.value, before__isnull=False, row_id__isnull=False, after__isnull=True),
                name="tariff_change_row_whole",
            ),
        )
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
