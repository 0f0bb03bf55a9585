"""A file becomes a document: looked through, encrypted, kept once an organisation, told what it proves."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.documents.models import Document, StoredFile
from singlewindow.documents.rules.details import DocumentDetails, details_check
from singlewindow.documents.selectors.documents import document_info
from singlewindow.documents.selectors.uploads import upload_for, upload_open
from singlewindow.documents.services.checking import file_check
from singlewindow.documents.services.quota import room_keep
from singlewindow.documents.services.uploads import upload_end
from singlewindow.documents.services.vault import binding, seal
from singlewindow.documents.states import ScanState
from singlewindow.documents.types import DocumentInfo, Kind, Upload
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import commitment
from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.identifiers import uuid7

KEPT = "documents"
"""The storage of kept files: a folder, or a bucket (CSW_STORAGE)."""


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A complete upload that was looked through, with its bytes."""

    upload: Upload
    plain: bytes
    kind: Kind
    scan: ScanState

    @property
    def sha256(self) -> str:
        """The digest of the plain bytes."""
        return hashlib.sha256(self.plain).hexdigest()


def upload_check(actor: Actor, upload_id: UUID) -> CheckedUpload:
    """Look a complete upload through; it may take seconds, so no transaction is open meanwhile.

    Raises:
        NotFound: there is no such upload of the actor's organisation.
        Conflict: `file.incomplete`.
        RuleViolated: `file.*`, everything that was found.
    """
    upload = upload_for(actor, upload_id)
    with upload_open(upload_id, actor) as file:
        checked = file_check(upload.name, file)
        file.seek(0)
        return CheckedUpload(upload, file.read(), checked.kind, ScanState(checked.scan.value))


def upload_refused(actor: Actor, upload_id: UUID, refused: DomainError) -> None:
    """Forget an upload whose file was refused: of it only the digest stays, in an event. Source: DOC-CHK-01."""
    with unit_of_work() as work:
        with upload_open(upload_id, actor) as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        upload_end(work, actor, upload_id)
        event_record(
            work,
            actor=actor,
            verb=Verb.DOCUMENT_REFUSED,
            subject_type="upload",
            subject_id=str(upload_id),
            data={"code": refused.code, "sha256": digest},
        )


def document_store(work: Work, actor: Actor, checked: CheckedUpload, details: DocumentDetails) -> DocumentInfo:
    """Keep a file as a document and end its upload.

    The same file a second time takes no room; with the same code, number and issuer it is the same document.

    Locks: the upload, then the organisation's shelf, so the same file twice at once is kept once.

    Source: DOC-STO-01, DOC-STO-02, DOC-QUO-01.

    Raises:
        RuleViolated: DOC-DET-01 to DOC-DET-04.
        Conflict: `file.quota`.
    """
    details_check(details)
    upload_end(work, actor, checked.upload.id)
    file = _file_kept(work, actor, checked)
    row, new = Document.objects.get_or_create(
        organisation_id=checked.upload.organisation_id,
        code=details.code,
        reference=details.reference,
        issuer=details.issuer,
        file=file,
        defaults={
            "name": checked.upload.name,
            "issued_on": details.issued_on,
            "valid_to": details.valid_to,
            "salt": secrets.token_bytes(32),
            "given_by": actor.label,
            "given_at": clock.now(),
        },
    )
    if new:
        _stored_record(work, actor, row)
    return document_info(row)


def _file_kept(work: Work, actor: Actor, checked: CheckedUpload) -> StoredFile:
    """The organisation's one copy of these bytes; the shelf's row is locked since the upload ended."""
    organisation_id, digest = checked.upload.organisation_id, checked.sha256
    known = StoredFile.objects.filter(organisation_id=organisation_id, sha256=digest).first()
    if known is not None:
        return known
    room_keep(work, organisation_id, len(checked.plain))
    file_id, place = uuid7(), secrets.token_hex(16)
    sealed = seal(checked.plain, binding(file_id, organisation_id))
    storages[KEPT].save(place, ContentFile(sealed.body))
    return StoredFile.objects.create(
        id=file_id,
        organisation_id=organisation_id,
        sha256=digest,
        size_bytes=len(checked.plain),
        kind=checked.kind.value,
        place=place,
        nonce=sealed.nonce,
        key_wrapped=sealed.key.wrapped,
        wrapped_by=sealed.key.by,
        scan=checked.scan.value,
        kept_at=clock.now(),
    )


def _stored_record(work: Work, actor: Actor, row: Document) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.DOCUMENT_STORED,
        subject_type="document",
        subject_id=str(row.pk),
        data={
            "code": row.code,
            "kind": row.file.kind,
            "scan": row.file.scan,
            "commitment": commitment(bytes(row.salt), row.file.sha256.encode()).hex(),
        },
    )


def details_of(
    code: str, reference: str, issuer: str = "", issued_on: date | None = None, valid_to: date | None = None
) -> DocumentDetails:
    """What a document proves, its texts without spaces around them."""
    return DocumentDetails(code.strip().upper(), reference.strip(), issuer.strip(), issued_on, valid_to)
