"""Quotes that were signed for an organisation, and how often somebody asked whether a notice is genuine."""

from django.db import models
from django.db.models import Q

from singlewindow.kernel.identifiers import uuid7


class SignedQuote(models.Model):
    """What was signed for whom; the bytes stay with the holder, their hash is compared with later assessments."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    on = models.DateField()
    tariff = models.CharField(max_length=40)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    valid_until = models.DateTimeField()
    key_id = models.CharField(max_length=43)
    signature = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sha256"), name="signed_quote_once"),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="signed_quote_total_not_negative"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="signed_quote_sha256_form"),
        )

    def __str__(self) -> str:
        return f"{self.sha256[:12]} for {self.organisation_id}"


class NoticeLook(models.Model):
    """How often the figures of one notice were compared in the present hour; one row a notice, so it cannot grow."""

    assessment = models.OneToOneField("fees.Assessment", models.PROTECT, primary_key=True, related_name="+")
    hour = models.DateTimeField()
    tries = models.IntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(tries__gte=1), name="notice_look_counts"),)

    def __str__(self) -> str:
        return f"{self.tries} of {self.assessment_id}"
