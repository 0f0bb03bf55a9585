"""Tables of documents: files on their way in, files that are kept, what they prove, who asked for them."""

from django.db import models
from django.db.models import F, Q

from singlewindow.documents.states import AskOutcome, OriginalState, ScanState
from singlewindow.documents.types import MEBIBYTE, Kind, LinkPurpose, Purpose, Subject
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


class StoredFile(models.Model):
    """A file as it is kept: encrypted under a key of its own, once an organisation whatever its name.

    `key_wrapped` is the file's key, encrypted under a key of the window (`wrapped_by`); only these two ever change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="Of the plain bytes")
    size_bytes = models.BigIntegerField()
    kind = models.CharField(max_length=4)
    place = models.CharField(max_length=64, unique=True, help_text="Random name in the storage")
    nonce = models.BinaryField()
    key_wrapped = models.BinaryField()
    wrapped_by = models.CharField(max_length=16)
    scan = models.CharField(max_length=9)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sha256"), name="file_once_per_organisation"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_digest_form"),
            models.CheckConstraint(condition=Q(size_bytes__gte=1), name="file_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="file_kind_known"),
            models.CheckConstraint(condition=Q(scan__in=[scan.value for scan in ScanState]), name="file_scan_known"),
        )

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.kind}"


class Document(models.Model):
    """What a file proves: its code, its number, who issued it, from when to when. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("documents.StoredFile", on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=4)
    reference = models.CharField(max_length=70)
    issuer = models.CharField(max_length=70, db_default="")
    issued_on = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    salt = models.BinaryField(help_text="Of the commitment that the events hold instead of the digest")
    given_by = models.CharField(max_length=80)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "code", "reference", "issuer", "file"), name="document_once_per_file"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]{4}$"), name="document_code_form"),
            models.CheckConstraint(condition=~Q(reference=""), name="document_has_reference"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(issued_on=None) | Q(valid_to__gte=F("issued_on")),
                name="document_ends_after_it_begins",
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-id"), name="document_shelf"),
            models.Index(fields=("organisation", "code", "reference"), name="document_named"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.reference}"


class DocumentLink(models.Model):
    """A document proves something of a subject; every agency with a requirement there reads the same copy."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="links")
    subject = models.CharField(max_length=11)
    subject_id = models.UUIDField()
    item = models.SmallIntegerField(db_default=0, help_text="Goods item; 0 is the whole")
    purpose = models.CharField(max_length=8)
    answers = models.UUIDField(null=True, help_text="The query that asked for it")
    linked_by = models.CharField(max_length=80)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("document", "subject", "subject_id", "item", "answers"),
                nulls_distinct=False,
                name="document_link_once",
            ),
            models.CheckConstraint(
                condition=Q(subject__in=[subject.value for subject in Subject]), name="document_link_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[purpose.value for purpose in LinkPurpose]), name="document_link_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose=LinkPurpose.ANSWER.value, answers__isnull=False)
                | (~Q(purpose=LinkPurpose.ANSWER.value) & Q(answers=None)),
                name="document_link_answer_names_its_query",
            ),
            models.CheckConstraint(condition=Q(item__gte=0, item__lte=999), name="document_link_item"),
        )
        indexes = (models.Index(fields=("subject_id", "id"), name="document_link_subject"),)


class Ask(models.Model):
    """A request of a body for a document or an element, and what became of it. Append-only: the once-only register."""

    id = models.BigAutoField(primary_key=True)
    declaration_id = models.UUIDField()
    direction = models.CharField(max_length=6)
    code = models.CharField(max_length=12, help_text="A document code, or the number of a data element")
    agency = models.CharField(max_length=3)
    law = models.CharField(max_length=200)
    exception = models.CharField(max_length=16, db_default="")
    outcome = models.CharField(max_length=12)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="asks")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in AskOutcome]), name="ask_outcome_known"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=AskOutcome.EXCEPTED.value) | ~Q(exception=""), name="ask_exception_named"
            ),
        )
        indexes = (
            models.Index(fields=("code", "agency", "outcome"), name="ask_register"),
            models.Index(fields=("declaration_id", "id"), name="ask_declaration"),
        )


class OriginalAsk(models.Model):
    """A request of a body to the holder of an original, and the holder's one answer (F25)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    declaration_id = models.UUIDField()
    mrn = models.CharField(max_length=18)
    code = models.CharField(max_length=12)
    holder = models.CharField(max_length=3)
    agency = models.CharField(max_length=3, help_text="Who asks")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, db_default=OriginalState.ASKED.value)
    note = models.CharField(max_length=500, db_default="")
    answered_by = models.CharField(max_length=80, db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("declaration_id", "code", "agency"), name="original_asked_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OriginalState]), name="original_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=OriginalState.ASKED.value, answered_at=None)
                | (~Q(state=OriginalState.ASKED.value) & Q(answered_at__isnull=False)),
                name="original_answer_has_a_time",
            ),
        )
        indexes = (models.Index(fields=("holder", "-id"), name="original_holder"),)

    def __str__(self) -> str:
        return f"{self.code} {self.holder} {self.state}"
