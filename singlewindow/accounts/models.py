"""Tables of organisations, people, mandates and API clients."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Now
from oauth2_provider.models import AbstractApplication

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import MandateScope
from singlewindow.kernel.identifiers import uuid7


class OrganisationKind(models.TextChoices):
    """What an organisation is to the window."""

    TRADER = "trader", "Trader"
    BROKER = "broker", "Customs broker"
    CARRIER = "carrier", "Carrier or forwarder"
    TERMINAL = "terminal", "Port, terminal or gate"
    CUSTOMS = "customs", "Customs administration"
    AGENCY = "agency", "Border agency"


class Organisation(models.Model):
    """A party that the window knows by its identifier (EORI or taxpayer number)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    identifier = models.CharField(max_length=17, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    country = models.CharField(max_length=2)
    address = models.CharField(max_length=300, blank=True)
    trusted_since = models.DateField(null=True, blank=True, help_text="Authorised operator since; empty: none")
    signatures_required = models.BooleanField(
        default=False, db_default=False, help_text="Its XML messages are refused unless they are signed"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(identifier__regex=r"^[A-Z]{2}[A-Z0-9]{1,15}$"), name="organisation_identifier_form"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.identifier})"


class User(AbstractUser):
    """A person who signs in; what they may do comes from their membership."""

    class Meta(AbstractUser.Meta):
        verbose_name = "user"


class Membership(models.Model):
    """A person's role in an organisation; an officer's office and an agency officer's agency stand here."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.name.title()) for role in Role])
    office = models.CharField(max_length=8, blank=True)
    agency = models.CharField(max_length=3, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "organisation", "role"), name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.AGENCY_OFFICER.value) | ~models.Q(agency=""),
                name="membership_agency_officer_has_agency",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


class Mandate(models.Model):
    """A principal's power of attorney for an agent: what for, in which way, from when to when (TFA 10.6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_held")
    scope = models.CharField(max_length=10, choices=[(scope.value, scope.name.title()) for scope in MandateScope])
    direct = models.BooleanField(help_text="Direct representation: in the name of the principal")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
                name="mandate_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~models.Q(principal=models.F("agent")), name="mandate_for_another"),
            models.CheckConstraint(
                condition=models.Q(scope__in=[scope.value for scope in MandateScope]), name="mandate_scope_known"
            ),
            ExclusionConstraint(
                name="mandate_one_in_force",
                expressions=[
                    ("principal", RangeOperators.EQUAL),
                    ("agent", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            function="tstzrange",
                            output_field=models.DateTimeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(revoked_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent} for {self.principal} ({self.scope})"


CLIENT_ROLES = (
    Role.TRADER,
    Role.BROKER,
    Role.OPERATOR,
    Role.CARRIER,
    Role.TERMINAL,
    Role.DEVICE,
    Role.OFFICER,
    Role.AGENCY_OFFICER,
)
"""Whose software may ask: those who file, and the bodies of the border within what their scopes allow."""


class ApiClient(AbstractApplication):  # type: ignore[misc]  # untyped library
    """A third party's software, which acts for one organisation with OAuth 2 client credentials."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    role = models.CharField(
        max_length=20, choices=[(role.value, role.name.title()) for role in Role], default=Role.TRADER.value
    )
    allowed_scopes = models.CharField(max_length=200, default="", blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        verbose_name = "API client"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in CLIENT_ROLES]),
                name="api_client_role_files",
            ),
        )


class SigningCertificate(models.Model):
    """A certificate by which an organisation signs its XML messages; never deleted, revoked at most once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="certificates")
    pem = models.TextField()
    sha256 = models.CharField(max_length=64)
    subject = models.CharField(max_length=300)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sha256"), name="signing_certificate_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from")), name="signing_certificate_period"
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="signing_certificate_fingerprint"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} ({self.sha256[:16]})"
