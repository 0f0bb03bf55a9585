"""Signatures of callbacks: HMAC-SHA-256 over time and body, compared in constant time, within a window of minutes.

Source: docs/rules/payments.md, PY-PRV-01, PY-PRV-02.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from singlewindow.kernel.errors import SignatureInvalid

HEADER = "Payment-Signature"
FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)
WINDOW = timedelta(minutes=5)


def sign(secret: bytes, body: bytes, at: datetime) -> str:
    """The header of a body that is sent at an instant."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={_digest(secret, stamp, body)}"


def prove(secret: bytes, header: str, body: bytes, *, at: datetime) -> datetime:
    """When the body was signed by who holds the secret.

    Raises:
        SignatureInvalid: it was not, or earlier or later than the window allows.
    """
    parts = FORM.fullmatch(header)
    stamp = int(parts[1]) if parts else 0
    expected = _digest(secret, stamp, body)
    if parts is None or not hmac.compare_digest(expected, parts[2]):
        raise SignatureInvalid("The message bears no valid signature of the provider.", code="signature.invalid")
    sent = datetime.fromtimestamp(stamp, UTC)
    if abs(at - sent) > WINDOW:
        raise SignatureInvalid("The message was signed too long ago; send it anew.", code="signature.expired")
    return sent


def _digest(secret: bytes, stamp: int, body: bytes) -> str:
    return hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
