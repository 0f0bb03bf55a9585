"""Certificates that other countries issued: what came in, who names them, and how much of them is used."""

from django.db import models
from django.db.models import F, Q

from agencies.states import CertificateState
from agencies.types import CitationState
from singlewindow.kernel.identifiers import uuid7


class ForeignCertificate(models.Model):
    """One version of a certificate of another country; `used_kg` repeats the ledger of what declarations took."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.ForeignKey("agencies.CertificateKind", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2, help_text="Who issued it")
    number = models.CharField(max_length=70)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.CharField(max_length=70, blank=True, help_text="Number of the certificate it takes the place of")
    issued_on = models.DateField()
    valid_to = models.DateField()
    issuer = models.CharField(max_length=200, blank=True)
    consignor = models.CharField(max_length=200, blank=True)
    consignee = models.CharField(max_length=200, blank=True)
    destination = models.CharField(max_length=2, blank=True)
    net_kg = models.DecimalField(max_digits=18, decimal_places=6)
    used_kg = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    lines = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, help_text="Of the message as it came")
    state = models.CharField(max_length=9, choices=[(state.value, state.name.title()) for state in CertificateState])
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("country", "number", "version"), name="foreign_certificate_once"),
            models.UniqueConstraint(
                fields=("country", "number"), condition=Q(state="valid"), name="foreign_certificate_one_valid"
            ),
            models.CheckConstraint(
                condition=Q(used_kg__gte=0) & Q(used_kg__lte=F("net_kg")), name="foreign_certificate_never_exceeded"
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("issued_on")), name="foreign_certificate_days"),
        )
        indexes = (models.Index(fields=("number",), name="foreign_certificate_number"),)  # matching

    def __str__(self) -> str:
        return f"{self.country} {self.number} v{self.version}"


class CertificateCitation(models.Model):
    """A declaration names a certificate: found, waited for, or not to be relied on."""

    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    version = models.PositiveSmallIntegerField()
    item = models.PositiveIntegerField(default=0)
    agency = models.CharField(max_length=3)
    code = models.CharField(max_length=4)
    country = models.CharField(max_length=2, blank=True)
    number = models.CharField(max_length=70)
    quantity_kg = models.DecimalField(max_digits=18, decimal_places=6)
    certificate = models.ForeignKey(
        "agencies.ForeignCertificate", on_delete=models.PROTECT, null=True, related_name="citations"
    )
    state = models.CharField(max_length=8, choices=[(state.value, state.name.title()) for state in CitationState])
    finding = models.CharField(max_length=10, blank=True)
    on_day = models.DateField(help_text="The day of acceptance: the certificate must be valid on it")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration_id", "version", "item", "code", "number"), name="certificate_citation_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(certificate__isnull=False), name="certificate_citation_matched"
            ),
        )
        indexes = (
            models.Index(fields=("declaration_id",), name="certificate_citation_of"),  # release, status
            models.Index(fields=("number",), condition=Q(state="waiting"), name="certificate_citation_waits"),
            models.Index(fields=("agency", "-id"), name="certificate_citation_agency"),  # the agency's list
        )

    def __str__(self) -> str:
        return f"{self.number} on {self.mrn}: {self.state}"
