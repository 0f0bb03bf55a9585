"""Reads of documents."""

from singlewindow.documents.selectors.uploads import upload_for, upload_open

__all__ = ["upload_for", "upload_open"]
