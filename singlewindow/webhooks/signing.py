"""Signatures of Standard Webhooks, and the secrets they are made with, encrypted where they are kept.

Source: https://www.standardwebhooks.com, "Symmetric signature"; reliability.md 2.4.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
SECRET_BYTES = 32
NONCE_BYTES = 12


def secret_new() -> bytes:
    """A secret that nobody can guess."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secret).decode()


def seal(secret: bytes, endpoint_id: UUID) -> bytes:
    """Encrypt a secret for its row: copied into another row it opens nothing."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, secret, endpoint_id.bytes)


def unseal(sealed: bytes, endpoint_id: UUID) -> bytes:
    """The secret of a row."""
    return AESGCM(_key(settings.SECRET_KEY)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], endpoint_id.bytes)


@cache
def _key(master: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"singlewindow.webhooks.secrets.v1").derive(
        master.encode()
    )


def headers_of(message_id: str, at: datetime, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The headers that prove a message: one signature for each secret in force, so that rotation loses none."""
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = " ".join("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signatures}
