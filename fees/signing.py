"""Keys with which quotes are signed and notices are marked, and the signatures made with them.

A quote travels as the canonical bytes of its notice; beside them goes a JSON Web Signature (RFC 7515, EdDSA of
RFC 8037) over their SHA-256, the day, the tariff and until when it holds. The code of a notice is a capability: the
number of the assessment and a tag that only the window can make. Source: domain.md F49, F50 and N06.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from singlewindow.kernel.canonical import JsonValue, canonical_bytes

SEED_BYTES = 32
TAG_BYTES = 16
LONGEST = 4096
"""Characters of a signature that are read; ours are under 700."""
TYPE = "csw-quote+jws"


class SignatureRefused(Exception):
    """The signature is not one of ours over these claims; which part is wrong is nobody's business."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of the ring."""

    key_id: str
    """Thumbprint of the public key (RFC 7638)."""
    private: Ed25519PrivateKey
    public: bytes
    mark: bytes
    """What the tags of notices are made with."""

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a JSON Web Key."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": encoded(self.public),
            "kid": self.key_id,
            "alg": "EdDSA",
            "use": "sig",
        }


def key_ring() -> tuple[SigningKey, ...]:
    """The window's keys, the newest last: from CSW_QUOTE_KEYS, else from the file of this home."""
    text = settings.QUOTE_KEYS or _ring_file().read_text()
    return _ring(text)


def key_add() -> str:
    """Put a new key at the end of the ring and return its id; the earlier ones go on proving what they signed."""
    path = _ring_file()
    line = _key_new()
    lines = [*path.read_text().split(), line]
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    _write(draft, lines)
    draft.replace(path)
    return _ring("\n".join(lines))[-1].key_id


def sign(claims: Mapping[str, JsonValue]) -> tuple[str, str]:
    """The compact signature over claims by the newest key, and that key's id."""
    key = key_ring()[-1]
    head = canonical_bytes({"alg": "EdDSA", "kid": key.key_id, "typ": TYPE})
    signed = f"{encoded(head)}.{encoded(canonical_bytes(claims))}"
    return f"{signed}.{encoded(key.private.sign(signed.encode()))}", key.key_id


def verified(signature: str) -> tuple[dict[str, str], str]:
    """The claims of a signature that one of our keys made, and that key's id.

    Raises:
        SignatureRefused: it is none, or another key, algorithm or kind of signature made it.
    """
    if len(signature) > LONGEST or signature.count(".") != 2 or not signature.isascii():
        raise SignatureRefused
    head_text, claims_text, made = signature.split(".")
    head = _object(head_text)
    key = next((key for key in key_ring() if key.key_id == head.get("kid")), None)
    if key is None or head != {"alg": "EdDSA", "kid": key.key_id, "typ": TYPE}:
        raise SignatureRefused
    try:
        key.private.public_key().verify(_decoded(made), f"{head_text}.{claims_text}".encode())
    except InvalidSignature as error:
        raise SignatureRefused from error
    claims = _object(claims_text)
    if not all(isinstance(value, str) for value in claims.values()):
        raise SignatureRefused
    return claims, key.key_id


def notice_code(assessment_id: UUID) -> str:
    """The code that a printed notice bears: only who holds the notice knows it."""
    return encoded(assessment_id.bytes + _tag(key_ring()[-1], assessment_id.bytes))


def notice_of_code(code: str) -> UUID | None:
    """The assessment that a code of ours names; nothing for every other text. Asks no database."""
    try:
        raw = _decoded(code)
    except SignatureRefused:
        return None
    if len(raw) != 16 + TAG_BYTES:
        return None
    number, tag = raw[:16], raw[16:]
    if not any(hmac.compare_digest(_tag(key, number), tag) for key in key_ring()):
        return None
    return UUID(bytes=number)


def encoded(data: bytes) -> str:
    """Base64 for addresses, without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """The bytes of a text in its one form. Raises SignatureRefused."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise SignatureRefused from error
    if encoded(raw) != text:  # spare bits of the last character would give one signature several texts
        raise SignatureRefused
    return raw


def _object(text: str) -> dict[str, str]:
    try:
        value = orjson.loads(_decoded(text))
    except orjson.JSONDecodeError as error:
        raise SignatureRefused from error
    if not isinstance(value, dict):
        raise SignatureRefused
    return value


def _tag(key: SigningKey, number: bytes) -> bytes:
    return hmac.digest(key.mark, b"notice:" + number, hashlib.sha256)[:TAG_BYTES]


@lru_cache(maxsize=4)
def _ring(text: str) -> tuple[SigningKey, ...]:
    parts = (part.strip() for part in text.replace("\n", ",").split(",") if part.strip())
    return tuple(_key(base64.b64decode(part, validate=True)) for part in parts)


def _key(seed: bytes) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    thumb = hashlib.sha256(canonical_bytes({"crv": "Ed25519", "kty": "OKP", "x": encoded(public)})).digest()
    return SigningKey(encoded(thumb), private, public, hmac.digest(seed, b"csw-notice-mark-v1", hashlib.sha256))


def _ring_file() -> Path:
    path: Path = settings.QUOTE_KEYS_PATH
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
        _write(draft, [_key_new()])
        try:
            os.link(draft, path)  # whole or not at all: the slower of two processes reads the other's key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path


def _key_new() -> str:
    return base64.b64encode(secrets.token_bytes(SEED_BYTES)).decode()


def _write(path: Path, lines: list[str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
