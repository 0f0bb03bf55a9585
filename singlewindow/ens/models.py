"""Tables of entry summary declarations.

The content is kept once, as canonical bytes; the other columns repeat what lists, links and constraints need.
"""

from django.db import models
from django.db.models import Q

from singlewindow.ens.states import EntryState
from singlewindow.kernel.identifiers import uuid7

STATES = [state.value for state in EntryState]
"""Values for constraints: a migration must not change with the code."""


class EntrySummary(models.Model):
    """An entry summary declaration in its version in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mrn = models.CharField(max_length=18)
    lrn = models.CharField(max_length=22)
    lodged_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", db_index=False)
    lodger_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    carrier_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    submitter = models.CharField(max_length=80)
    lodger_identifier = models.CharField(max_length=17)
    carrier_identifier = models.CharField(max_length=17)
    channel = models.CharField(max_length=4)
    state = models.CharField(max_length=21, db_default=EntryState.REGISTERED.value)
    version = models.IntegerField(db_default=1)
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    transport_mode = models.IntegerField()
    office = models.CharField(max_length=8)
    conveyance = models.CharField(max_length=35, db_default="")
    expected_at = models.DateTimeField(null=True)
    documents = models.JSONField(default=list, help_text="Numbers of transport documents and commercial references")
    item_count = models.IntegerField()
    package_count = models.IntegerField()
    gross_mass_kg = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    late = models.BooleanField(db_default=False, help_text="Lodged after the time limit of the mode of transport")
    lodged_at = models.DateTimeField()
    assessed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="By when the filer answers, or the desk takes note")
    alerted_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=80, db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, db_default="")
    decision_reason = models.CharField(max_length=500, db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mrn",), name="entry_mrn_once"),
            models.UniqueConstraint(fields=("lodged_by", "lrn"), name="entry_lrn_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="entry_state_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="entry_version_positive"),
            models.CheckConstraint(
                condition=Q(item_count__gte=1, package_count__gte=0)
                & (Q(gross_mass_kg__isnull=True) | Q(gross_mass_kg__gte=0)),
                name="entry_totals_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.DO_NOT_LOAD.value)
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decision_reason="")),
                name="entry_forbidden_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True)
                | (Q(alerted_at__isnull=False, acknowledged_at__gte=models.F("alerted_at")) & ~Q(acknowledged_by="")),
                name="entry_acknowledged_after_alert",
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.ENDED.value) | Q(ended_at__isnull=False), name="entry_ended_has_time"
            ),
        )
        indexes = (
            models.Index(fields=("lodged_by", "-id"), name="entry_of_filer"),  # the filer's list
            models.Index(fields=("lodger_organisation", "-id"), name="entry_of_lodger"),  # the list of a principal
            models.Index(  # the targeting desk, deadline first
                fields=("due_at", "id"),
                condition=Q(state__in=("proposed", "answered", "information_requested", "do_not_load")),
                name="entry_desk",
            ),
        )

    def __str__(self) -> str:
        return self.mrn


class EntryVersion(models.Model):
    """A content that was in force, written with it."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(EntrySummary, models.PROTECT, related_name="versions", db_index=False)
    version = models.IntegerField()
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "version"), name="entry_version_once"),)

    def __str__(self) -> str:
        return f"version {self.version} of {self.entry_id}"


class EntryDocument(models.Model):
    """A transport document of the version in force: what master and house filings have in common."""

    pk = models.CompositePrimaryKey("entry_id", "reference")
    entry = models.ForeignKey(EntrySummary, models.CASCADE, related_name="+", db_index=False)
    reference = models.CharField(max_length=70)
    carrier_identifier = models.CharField(max_length=17)

    class Meta:
        indexes = (
            models.Index(fields=("reference", "carrier_identifier"), name="entry_document_shared"),  # linked filings
        )

    def __str__(self) -> str:
        return self.reference


class EntryFinding(models.Model):
    """What the assessment of a version found, by rule."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(EntrySummary, models.PROTECT, related_name="findings", db_index=False)
    version = models.IntegerField()
    rule = models.CharField(max_length=16)
    effect = models.CharField(max_length=12)
    pointer = models.CharField(max_length=120)
    value = models.CharField(max_length=120, db_default="")
    alert = models.CharField(max_length=16, db_default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(effect__in=("flag", "inform", "do_not_load")), name="entry_finding_effect_known"
            ),
        )
        indexes = (models.Index(fields=("entry", "version", "id"), name="entry_finding_of_version"),)

    def __str__(self) -> str:
        return f"{self.rule} on {self.entry_id}"


class EntryQuestion(models.Model):
    """A request for information and its answer. What was asked never changes; the answer is written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(EntrySummary, models.PROTECT, related_name="questions", db_index=False)
    number = models.IntegerField()
    code = models.CharField(max_length=10)
    pointer = models.CharField(max_length=120, db_default="")
    text = models.CharField(max_length=1000, db_default="", help_text="What an officer wrote; none for coded ones")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, db_default="")
    withdrawn_at = models.DateTimeField(null=True, help_text="Another version or a decision made it void")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entry", "number"), name="entry_question_number_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="", answer="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer="")),
                name="entry_question_answered_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} on {self.entry_id}"
