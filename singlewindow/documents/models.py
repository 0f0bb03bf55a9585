"""Tables of documents: files on their way in, and how much room each organisation takes."""

from django.db import models
from django.db.models import F, Q

from singlewindow.documents.types import MEBIBYTE, Purpose
from singlewindow.kernel.identifiers import uuid7

QUOTA_BYTES = 2_048 * MEBIBYTE


class Shelf(models.Model):
    """How many bytes an organisation keeps here and has announced; one conditional update guards the quota."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, primary_key=True)
    stored_bytes = models.BigIntegerField(db_default=0, help_text="Of documents that are kept")
    pending_bytes = models.BigIntegerField(db_default=0, help_text="Announced by uploads that are not over")
    quota_bytes = models.BigIntegerField(db_default=QUOTA_BYTES)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(stored_bytes__gte=0, pending_bytes__gte=0), name="shelf_not_negative"),
            models.CheckConstraint(
                condition=Q(quota_bytes__gte=F("stored_bytes") + F("pending_bytes")), name="shelf_within_quota"
            ),
        )


class PendingUpload(models.Model):
    """A file on its way in; the row goes when it is taken, given up or forgotten."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=80)
    purpose = models.CharField(max_length=8)
    name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(db_default=0)
    place = models.CharField(max_length=64, unique=True, help_text="Random name in the area of incoming files")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(purpose__in=[purpose.value for purpose in Purpose]), name="upload_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gte=1, received_bytes__gte=0, received_bytes__lte=F("size_bytes")),
                name="upload_within_its_size",
            ),
        )
        indexes = (models.Index(fields=("expires_at",), name="upload_expiry"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.received_bytes}/{self.size_bytes}"
