"""Values of documents that other apps may use: a file on its way in, and what it is sent for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from singlewindow.documents.states import AskOutcome, OriginalState, ScanState

MEBIBYTE = 1_048_576

KEPT_AFTER_LAST_CHUNK = timedelta(hours=1)
"""How long an upload waits for its next chunk, or for the act it was sent for."""


class Purpose(StrEnum):
    """What a file is sent for."""

    DOCUMENT = "document"  # A paper that proves something: checked, encrypted, kept.
    BULK = "bulk"  # A list of consignments: read once, then forgotten.

    @property
    def max_bytes(self) -> int:
        """How large a file of this purpose may be."""
        return MAX_BYTES[self]


MAX_BYTES = {Purpose.DOCUMENT: 10 * MEBIBYTE, Purpose.BULK: 25 * MEBIBYTE}


class Subject(StrEnum):
    """What a document may prove something of."""

    DECLARATION = "declaration"
    PERMIT = "permit"
    APPLICATION = "application"  # What a trader applies to the agencies for.


class LinkPurpose(StrEnum):
    """Why a document is bound to a subject."""

    DECLARED = "declared"  # The declaration names it by code and number.
    SUPPORT = "support"  # Its holder bound it.
    ANSWER = "answer"  # A query asked for it.


LARGEST = max(purpose.max_bytes for purpose in Purpose)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in, as far as it has come."""

    id: UUID
    organisation_id: UUID
    purpose: Purpose
    name: str
    size_bytes: int
    received_bytes: int
    expires_at: datetime

    @property
    def complete(self) -> bool:
        """Whether every byte is here."""
        return self.received_bytes == self.size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """A document that is kept, with the file under it."""

    id: UUID
    organisation_id: UUID
    code: str
    reference: str
    issuer: str
    issued_on: date | None
    valid_to: date | None
    name: str
    kind: Kind
    size_bytes: int
    sha256: str
    scan: ScanState
    given_at: datetime
    reused: int = 0
    """How many declarations, permits and answers it serves."""

    @property
    def media_type(self) -> str:
        """How it is served."""
        return MEDIA_TYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInfo:
    """Where a document is used."""

    subject: Subject
    subject_id: UUID
    item: int
    purpose: LinkPurpose
    answers: UUID | None
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A document as a declaration names it, on an item or (0) on the header."""

    code: str
    reference: str
    item: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSubject:
    """The declaration about which something is asked: as much of it as the once-only rule needs."""

    declaration_id: UUID
    mrn: str
    direction: str
    parties: tuple[UUID, ...]
    named: tuple[Named, ...] = ()
    elements: frozenset[str] = frozenset()
    """Numbers of the data elements that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalInfo:
    """A request to the holder of an original, and its answer."""

    id: UUID
    declaration_id: UUID
    mrn: str
    code: str
    name: str
    law: str
    holder: str
    agency: str
    asked_at: datetime
    state: OriginalState
    note: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskInfo:
    """A request for a document or an element, and what became of it."""

    code: str
    name: str
    agency: str
    exception: str
    outcome: AskOutcome
    document_id: UUID | None
    asked_at: datetime
    original: OriginalInfo | None
