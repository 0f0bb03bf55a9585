"""Tables of low-value filing: the file, its parts that jobs work on, and what became of each line."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7
from singlewindow.lowvalue.states import FileState, LineState
from singlewindow.lowvalue.types import FileFormat

FILE_STATES = [state.value for state in FileState]
LINE_STATES = [state.value for state in LineState]
FORMATS = [one.value for one in FileFormat]


class BulkFile(models.Model):
    """A file that was taken in whole: its structure is sound, each of its lines is decided on its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    submitter = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8)
    lines = models.IntegerField()
    conversation_id = models.CharField(max_length=64, db_default="")
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            # The same bytes a second time are a mistake: the earlier file is named instead.
            models.UniqueConstraint(fields=("organisation", "sha256"), name="bulk_file_once"),
            models.CheckConstraint(condition=Q(state__in=FILE_STATES), name="bulk_file_state_known"),
            models.CheckConstraint(condition=Q(format__in=FORMATS), name="bulk_file_format_known"),
            models.CheckConstraint(condition=Q(lines__gte=1), name="bulk_file_has_lines"),
            models.CheckConstraint(
                condition=Q(state=FileState.DONE.value, done_at__isnull=False)
                | (~Q(state=FileState.DONE.value) & Q(done_at__isnull=True)),
                name="bulk_file_done_has_time",
            ),
        )
        indexes = (models.Index(fields=("organisation", "-id"), name="bulk_file_of_sender"),)  # the sender's list

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class BulkPart(models.Model):
    """Some lines of a file, done by one job in one transaction; the lines themselves until they are decided."""

    pk = models.CompositePrimaryKey("file_id", "number")
    file = models.ForeignKey(BulkFile, models.PROTECT, related_name="parts", db_index=False)
    number = models.IntegerField()
    lines = models.JSONField(null=True)
    """[[number of the line, [cells]], ...]; empty once the part is done."""
    lodged = models.IntegerField(null=True)
    failed = models.IntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, lines__isnull=False, lodged__isnull=True, failed__isnull=True)
                | Q(done_at__isnull=False, lines__isnull=True, lodged__gte=0, failed__gte=0),
                name="bulk_part_waits_or_is_done",
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_id} part {self.number}"


class BulkLine(models.Model):
    """What became of one line: its declaration, or everything that is wrong with it and what stood in it."""

    pk = models.CompositePrimaryKey("file_id", "line")
    file = models.ForeignKey(BulkFile, models.PROTECT, related_name="decided", db_index=False)
    line = models.IntegerField()
    lrn = models.CharField(max_length=80)
    state = models.CharField(max_length=6)
    declaration = models.ForeignKey(
        "declarations.Declaration", models.PROTECT, related_name="+", null=True, db_index=False
    )
    mrn = models.CharField(max_length=18, db_default="")
    errors = models.JSONField()
    cells = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=LineState.LODGED.value, declaration__isnull=False, cells__isnull=True)
                | Q(state=LineState.FAILED.value, declaration__isnull=True, cells__isnull=False),
                name="bulk_line_lodged_or_failed",
            ),
            models.UniqueConstraint(
                fields=("declaration",), condition=Q(declaration__isnull=False), name="bulk_line_declaration_once"
            ),
        )
        indexes = (
            models.Index(  # errors by line, download of failed lines
                fields=("file", "line"), condition=Q(state=LineState.FAILED.value), name="bulk_line_failed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_id} line {self.line}"
