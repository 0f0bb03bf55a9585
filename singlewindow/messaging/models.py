"""The table of messaging: which interchanges were taken, and what they were answered."""

from django.db import models

from singlewindow.kernel.identifiers import uuid7


class Interchange(models.Model):
    """An interchange of which at least one message was taken; its reference is used up, and it is kept for good."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    """Whose software sent it."""
    sender = models.CharField(max_length=35)
    """Identification in UNB: the organisation itself, or one whose mandate it holds."""
    reference = models.CharField(max_length=14)
    sha256 = models.CharField(max_length=64)
    """Of its bytes: the same ones again get the same answer again."""
    answer = models.BinaryField()
    """The CONTRL that it was answered with."""
    report = models.JSONField()
    """The same in words."""
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sender", "reference"), name="interchange_once"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="interchange_sha256_form"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="interchange_has_reference"),
        )

    def __str__(self) -> str:
        return f"{self.sender} {self.reference}"
