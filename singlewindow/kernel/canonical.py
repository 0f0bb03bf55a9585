"""Canonical bytes (RFC 8785) and the hashes that stand on them."""

import hashlib
from collections.abc import Mapping, Sequence

import orjson

JsonValue = str | int | bool | None | Mapping[str, "JsonValue"] | Sequence["JsonValue"]
"""What may be made canonical. No floats: amounts and masses travel as decimal strings."""


def canonical_bytes(value: JsonValue) -> bytes:
    """The RFC 8785 form of a value whose object keys are ASCII.

    For such keys orjson's order (by UTF-8 bytes) is the order of the standard (by UTF-16 units), and its
    escapes are the same; a test holds this against the reference implementation.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256_hex(data: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """The Merkle tree hash of one leaf. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The Merkle tree hash of an inner node. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def commitment(salt: bytes, canonical: bytes) -> bytes:
    """A salted commitment to canonical bytes: whoever lacks the salt learns nothing, even of short values."""
    return hashlib.sha256(salt + canonical).digest()
