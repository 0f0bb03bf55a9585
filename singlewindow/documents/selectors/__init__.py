"""Reads of documents."""

from singlewindow.documents.rules.once import elements
from singlewindow.documents.selectors.documents import (
    document_for,
    document_held,
    document_page,
    documents_named,
    documents_of,
    links_for,
    shelf_room,
)
from singlewindow.documents.selectors.originals import asks_of, original_page, original_read
from singlewindow.documents.selectors.register import RegisterRow, register_rows
from singlewindow.documents.selectors.uploads import upload_for, upload_open

__all__ = [
    "RegisterRow",
    "asks_of",
    "document_for",
    "document_held",
    "document_page",
    "documents_named",
    "documents_of",
    "elements",
    "links_for",
    "original_page",
    "original_read",
    "register_rows",
    "shelf_room",
    "upload_for",
    "upload_open",
]
