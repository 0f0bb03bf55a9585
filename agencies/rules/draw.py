"""Chance that can be repeated: whether a disclaimer is checked (AG-091)."""

from decimal import Decimal
from hashlib import sha256
from uuid import UUID

SPACE = 2**64


def drawn(seed: str, declaration_id: UUID, item: int, code: str, share: Decimal) -> bool:
    """Whether the draw falls into the share; the same seed gives the same answer for ever."""
    digest = sha256(f"{seed}|{declaration_id}|{item}|{code}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big")) < share * SPACE
