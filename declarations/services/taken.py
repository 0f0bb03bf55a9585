"""What other applications keep of a message that was taken in, beside its content."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from declarations.schemas import DeclarationMessage
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work

Taking = Callable[[Work, UUID, DeclarationMessage, Actor, datetime], None]


def message_taken(work: Work, declaration_id: UUID, message: DeclarationMessage, *, actor: Actor, at: datetime) -> None:
    """Hand a message to the applications that settings.MESSAGES_TAKEN names, as it came and before it is kept.

    What is kept of it leaves its access codes out; who needs a proof of them takes it here.
    """
    if message.guarantees:
        for take in _takings(tuple(settings.MESSAGES_TAKEN)):
            take(work, declaration_id, message, actor, at)


@cache
def _takings(dotted: tuple[str, ...]) -> tuple[Taking, ...]:
    return tuple(import_string(name) for name in dotted)
