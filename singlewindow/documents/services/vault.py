"""Encryption at rest: each file under a key of its own, that key under a key of the window.

The key of a file is wrapped with AES-256-GCM; what it belongs to (file and organisation) is bound in as associated
data, so a file or a key that was put in the place of another does not open. A rotation wraps keys anew and touches
no file. Source: docs/rules/documents.md, DOC-ENC-01 to DOC-ENC-03 (reliability.md 2.8, U11).
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12


class Tampered(Exception):
    """The stored bytes are not those that were kept for this file."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A file's key, encrypted under the key of the window that is named."""

    wrapped: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it is stored."""

    body: bytes
    nonce: bytes
    key: WrappedKey


def binding(file_id: UUID, organisation_id: UUID) -> bytes:
    """What a file and its key are bound to."""
    return f"csw-file-v1:{file_id}:{organisation_id}".encode()


def seal(plain: bytes, bound_to: bytes) -> Sealed:
    """Encrypt a file under a new key."""
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    return Sealed(AESGCM(key).encrypt(nonce, plain, bound_to), nonce, _wrap(key, bound_to))


def unseal(sealed: Sealed, bound_to: bytes) -> bytes:
    """The plain bytes.

    Raises:
        Tampered: file, key or what they are bound to do not belong together.
    """
    try:
        return AESGCM(_unwrap(sealed.key, bound_to)).decrypt(sealed.nonce, sealed.body, bound_to)
    except (InvalidTag, KeyError) as error:
        raise Tampered from error


def rewrap(key: WrappedKey, bound_to: bytes) -> WrappedKey:
    """The same file key under the window's newest key. Raises Tampered."""
    try:
        return _wrap(_unwrap(key, bound_to), bound_to)
    except (InvalidTag, KeyError) as error:
        raise Tampered from error


def _wrap(key: bytes, bound_to: bytes) -> WrappedKey:
    name, newest = list(key_ring().items())[-1]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return WrappedKey(nonce + AESGCM(newest).encrypt(nonce, key, bound_to), name)


def _unwrap(key: WrappedKey, bound_to: bytes) -> bytes:
    return AESGCM(key_ring()[key.by]).decrypt(key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:], bound_to)


def key_ring() -> dict[str, bytes]:
    """The window's keys by name, the newest last: from CSW_FILE_KEYS, else from the file of this home."""
    text = settings.FILE_KEYS or _ring_file().read_text()
    pairs = (part.strip().partition(":") for part in text.replace("\n", ",").split(",") if part.strip())
    return {name: base64.b64decode(key) for name, _, key in pairs}


def _ring_file() -> Path:
    path: Path = settings.FILE_KEYS_PATH
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


def key_add() -> str:
    """Put a new key at the end of the ring and return its name; files are wrapped under it from now on."""
    path = _ring_file()
    line = _key_new()
    _replace(path, [*path.read_text().split(), line])
    return line.partition(":")[0]


def keys_drop_all_but(name: str) -> None:
    """Forget every key but one."""
    path = _ring_file()
    _replace(path, [line for line in path.read_text().split() if line.partition(":")[0] == name])


def _key_new() -> str:
    return f"{secrets.token_hex(6)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _replace(path: Path, lines: list[str]) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    _write(draft, lines)
    draft.replace(path)


def _write(path: Path, lines: list[str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
