"""Identifiers that sort by time and tell nothing else."""

from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A new UUID version 7 (RFC 9562): ordered by creation, so that index pages fill from the right."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
