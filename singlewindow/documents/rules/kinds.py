"""Kinds of file that are taken: extension, the bytes that begin it, and how it is served.

Source: docs/rules/documents.md, DOC-KND-01 (reliability.md 2.8).
"""

from enum import StrEnum


class Kind(StrEnum):
    """A kind of file; the value is its extension."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    TIFF = "tif"
    XLSX = "xlsx"
    CSV = "csv"
    XML = "xml"
    JSON = "json"


OF_EXTENSION = {kind.value: kind for kind in Kind} | {"jpeg": Kind.JPEG, "tiff": Kind.TIFF}
EXTENSIONS = tuple(OF_EXTENSION)

MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.TIFF: "image/tiff",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XML: "application/xml",
    Kind.JSON: "application/json",
}
