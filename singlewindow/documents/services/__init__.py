"""Acts of documents."""

from singlewindow.documents.services.asking import AlreadyHeld, Asked, ask_refusal_record, element_ask
from singlewindow.documents.services.checking import file_check
from singlewindow.documents.services.linking import document_link, documents_match
from singlewindow.documents.services.originals import original_answer
from singlewindow.documents.services.reading import DocumentDamaged, document_read
from singlewindow.documents.services.rotation import file_keys_rotate
from singlewindow.documents.services.storing import (
    CheckedUpload,
    details_of,
    document_store,
    upload_check,
    upload_refused,
)
from singlewindow.documents.services.sweeping import files_sweep
from singlewindow.documents.services.uploads import (
    upload_append,
    upload_begin,
    upload_end,
    upload_expire,
    upload_keep,
    uploads_sweep,
)

__all__ = [
    "AlreadyHeld",
    "Asked",
    "CheckedUpload",
    "DocumentDamaged",
    "ask_refusal_record",
    "details_of",
    "document_link",
    "document_read",
    "document_store",
    "documents_match",
    "element_ask",
    "file_check",
    "file_keys_rotate",
    "files_sweep",
    "original_answer",
    "upload_append",
    "upload_begin",
    "upload_check",
    "upload_end",
    "upload_expire",
    "upload_keep",
    "upload_refused",
    "uploads_sweep",
]
