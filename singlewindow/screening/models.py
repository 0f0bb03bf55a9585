"""Tables of screening: versions of lists, what stands in them, and what officers said of possible matches."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from singlewindow.kernel.identifiers import uuid7
from singlewindow.screening.states import ListState, Verdict
from singlewindow.screening.types import EntryKind, NameQuality, Source

SHA256 = 64


class ListVersion(models.Model):
    """A list as it was published at one time; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=20)
    content_sha256 = models.CharField(max_length=SHA256)
    published_on = models.DateField(null=True)
    entries = models.IntegerField()
    names = models.IntegerField()
    addresses = models.IntegerField()
    files = models.JSONField()
    """[{name, sha256, bytes, rows}, ...]."""
    notes = models.JSONField(default=list)
    """What was left out of the files, and why."""
    state = models.CharField(max_length=10, db_default=ListState.PROPOSED.value)
    loaded_by = models.CharField(max_length=80)
    loaded_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(source__in=[one.value for one in Source]), name="list_source_known"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in ListState]), name="list_state_known"),
            models.CheckConstraint(condition=Q(entries__gte=1, names__gte=1), name="list_not_empty"),
            models.UniqueConstraint(fields=("source", "content_sha256"), name="list_content_once"),  # SC-LST-05
            models.UniqueConstraint(fields=("source",), condition=Q(state="LIVE"), name="list_one_live"),
            models.CheckConstraint(condition=~Q(state="LIVE") | Q(live_at__isnull=False), name="list_live_has_time"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.content_sha256[:12]} ({self.state})"


class ListEntry(models.Model):
    """A listed person, organisation, vessel or aircraft."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ListVersion, models.PROTECT, related_name="listed", db_index=False)
    uid = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=1_000)
    programmes = models.JSONField()
    countries = models.JSONField()
    birth = models.JSONField()
    identifiers = models.JSONField()
    remarks = models.TextField(blank=True)
    sha256 = models.CharField(max_length=SHA256)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "uid"), name="list_entry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in EntryKind]), name="list_entry_kind_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class EntryName(models.Model):
    """A name of a listed one."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(ListEntry, models.PROTECT, related_name="names")
    name = models.CharField(max_length=1_000)
    quality = models.CharField(max_length=8)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(quality__in=[one.value for one in NameQuality]), name="entry_name_quality_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class EntryAddress(models.Model):
    """An address of a listed one."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(ListEntry, models.PROTECT, related_name="places")
    street = models.TextField(blank=True)
    city = models.TextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    country_text = models.TextField(blank=True)

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, self.city, self.country_text) if part)


class MatchDecision(models.Model):
    """What an officer said of a possible match; never changed, only followed by another one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_key = models.CharField(max_length=SHA256)
    """Digest of the normal form of the name, with its identifier or country."""
    subject_name = models.CharField(max_length=1_000)
    source = models.CharField(max_length=20)
    entry_uid = models.CharField(max_length=40)
    entry_sha256 = models.CharField(max_length=SHA256)
    """The decision holds for this content of the entry, in whichever version of the list."""
    version = models.ForeignKey(ListVersion, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9)
    reason = models.CharField(max_length=500)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    revises = models.OneToOneField("self", models.PROTECT, related_name="revised_by", null=True)
    decided_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(verdict__in=[one.value for one in Verdict]), name="match_verdict_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="match_has_reason"),  # SC-DEC-02
            models.UniqueConstraint(  # SC-DEC-03: of two first decisions one stands
                fields=("subject_key", "source", "entry_uid", "entry_sha256"),
                condition=Q(revises=None),
                name="match_decided_first_once",
            ),
        )
        indexes = (models.Index(fields=("subject_key", "source", "entry_uid"), name="match_of_subject"),)

    def __str__(self) -> str:
        return f"{self.subject_name}: {self.verdict}"
