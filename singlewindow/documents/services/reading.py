"""The bytes of a document for whoever may read it; what an official reads is an event."""

from uuid import UUID

import structlog
from django.core.files.storage import storages

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Document, StoredFile
from singlewindow.documents.selectors.documents import document_for
from singlewindow.documents.services.storing import KEPT
from singlewindow.documents.services.vault import Sealed, Tampered, WrappedKey, binding, unseal
from singlewindow.documents.types import DocumentInfo
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import DomainError

log = structlog.get_logger(__name__)


class DocumentDamaged(DomainError):
    """The stored bytes are not those that were given."""

    code = "document.damaged"
    status = 503
    title = "The document cannot be opened"


def document_read(actor: Actor, document_id: UUID) -> tuple[DocumentInfo, bytes]:
    """A document and its bytes; an official's reading is recorded before a byte is given out.

    Source: DOC-REA-01, DOC-ENC-02.

    Raises:
        NotFound: it is not theirs to see.
        DocumentDamaged: what is stored was exchanged or damaged; an event raises the alarm.
    """
    info = document_for(actor, document_id)
    row = Document.objects.select_related("file").get(pk=document_id)
    try:
        plain = _opened(row.file)
    except (Tampered, FileNotFoundError) as error:
        _alarm(actor, row, str(type(error).__name__))
        raise DocumentDamaged("What is stored does not open; an operator was told. Nothing was given out.") from error
    if not (actor.may(Permission.SEND_FILE) and info.organisation_id == actor.organisation_id):
        _record(actor, Verb.DOCUMENT_READ, row)
    return info, plain


def _opened(file: StoredFile) -> bytes:
    with storages[KEPT].open(file.place, "rb") as stored:
        body = stored.read()
    key = WrappedKey(bytes(file.key_wrapped), file.wrapped_by)
    plain = unseal(Sealed(body, bytes(file.nonce), key), binding(file.pk, file.organisation_id))
    if sha256_hex(plain) != file.sha256:
        raise Tampered
    return plain


def _record(actor: Actor, verb: Verb, row: Document, **data: str) -> None:
    with unit_of_work() as work:
        event_record(
            work,
            actor=actor,
            verb=verb,
            subject_type="document",
            subject_id=str(row.pk),
            data={"code": row.code, **({"office": actor.office} if actor.office else {}), **data},
        )


def _alarm(actor: Actor, row: Document, why: str) -> None:
    log.error("document_tampered", document=str(row.pk), file=str(row.file_id), why=why)
    _record(actor, Verb.DOCUMENT_TAMPERED, row, file=str(row.file_id), why=why)
