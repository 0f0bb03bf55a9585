"""Lodging from a message that shares its transaction with others, so that a number used before can still be named."""

from collections.abc import Iterable

from django.db import transaction

from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge_in, duplicate_lrn_named
from declarations.types import Channel, Lodged
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.kernel.errors import Violation


def message_lodge(
    work: Work,
    message: DeclarationMessage,
    actor: Actor,
    channel: Channel,
    warnings: Iterable[Violation] = (),
) -> Lodged:
    """Lodge a message and write it at once, in a savepoint of its own.

    Raises:
        Conflict: code `duplicate_lrn`, the organisation used this LRN before; the sentence names the MRN.
        DomainError: as `declaration_lodge_in`.
    """
    with duplicate_lrn_named(actor, message.lrn), transaction.atomic():
        lodged = declaration_lodge_in(work, message=message, actor=actor, channel=channel, warnings=warnings)
        work.flush()
    return lodged
