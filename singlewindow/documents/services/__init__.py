"""Acts of documents."""

from singlewindow.documents.services.uploads import (
    upload_append,
    upload_begin,
    upload_end,
    upload_expire,
    upload_keep,
    uploads_sweep,
)

__all__ = [
    "upload_append",
    "upload_begin",
    "upload_end",
    "upload_expire",
    "upload_keep",
    "uploads_sweep",
]
