"""Idempotency-Key: the first answer is stored with its effect, and every copy of the request gets it again.

Source: reliability.md 2.3. Nothing is looked up before the act: the first request, by far the commonest, pays one
row in a statement that is sent anyway. A copy runs into a unique key (its own, or the local reference number's) or
into a rule, is undone, and only then finds the stored answer.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from singlewindow.accounts.types import Actor
from singlewindow.api.models import IdempotentAnswer
from singlewindow.db.work import Work, unit_of_work, with_retries
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, FormatRefused, Violation

KEY_FORM = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
KEPT = timedelta(days=7)
"""A retry may come after a weekend."""

COLUMNS = ("caller", "key", "request_hash", "status", "headers", "body")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with: JSON bytes, and headers beside the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def response(self) -> HttpResponse:
        """The answer as Django sends it."""
        return HttpResponse(self.body, status=self.status, content_type=self.content_type, headers=dict(self.headers))


class KeyReused(DomainError):
    """The key was used before for another request."""

    code = "idempotency.key_reused"
    status = 422
    title = "This Idempotency-Key was used for another request"


def key_of(request: HttpRequest) -> str:
    """The request's Idempotency-Key.

    Raises:
        FormatRefused: it is missing, or not 1 to 255 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if KEY_FORM.fullmatch(key):
        return key
    code = "idempotency.key_form" if key else "idempotency.key_missing"
    raise FormatRefused(
        "This request needs an Idempotency-Key, so that sending it twice has one effect.",
        code=code,
        violations=[
            Violation(
                rule=code,
                pointer="/headers/Idempotency-Key",
                message="1 to 255 visible ASCII characters are expected.",
                remedy="Send a new UUID with each new request, and the same one when you repeat a request.",
            )
        ],
    )


def idempotent(request: HttpRequest, actor: Actor, act: Callable[[Work], Answer], *, body: bytes) -> HttpResponse:
    """Run an act once per caller and key; later copies of the same request get the stored answer.

    Refusals and faults are not stored: a corrected request may use the key again.

    Raises:
        KeyReused: the key stands for another request.
        FormatRefused: there is no usable key.
    """
    key = key_of(request)
    request_hash = _hash(request, body)

    def whole() -> Answer:
        with unit_of_work() as work:
            answer = act(work)
            row = (actor.label, key, request_hash, answer.status, dict(answer.headers), answer.body)
            work.insert(IdempotentAnswer, COLUMNS, [row])
        return answer

    try:
        return with_retries(whole).response()
    except (DomainError, IntegrityError, OperationalError):
        stored = None if connection.in_atomic_block and connection.needs_rollback else _stored(actor, key)
        if stored is None:
            raise
        if bytes(stored.request_hash) != request_hash:
            raise KeyReused("Use a new key for a new request.") from None
    response = Answer(stored.status, bytes(stored.body), stored.headers).response()
    response["Idempotent-Replayed"] = "true"
    return response


def answers_purge() -> int:
    """Forget answers whose time is over; returns how many."""
    deleted, _ = IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return deleted


def _hash(request: HttpRequest, body: bytes) -> bytes:
    """What tells one request from another: keyed, for a body may hold a code that is short enough to be tried out."""
    head = f"{request.method} {request.path} {request.content_type}\n".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), head + body, "sha256")


def _stored(actor: Actor, key: str) -> IdempotentAnswer | None:
    return IdempotentAnswer.objects.filter(caller=actor.label, key=key).first()
