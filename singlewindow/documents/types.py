"""Values of documents that other apps may use: a file on its way in, and what it is sent for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

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


LARGEST = max(purpose.max_bytes for purpose in Purpose)


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
