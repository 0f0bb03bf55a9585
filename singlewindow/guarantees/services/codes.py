"""Access codes: what proves that one may draw on a guarantee. Only keyed digests are kept, and guesses are few."""

import re
import secrets
import string
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils.crypto import constant_time_compare, salted_hmac

from singlewindow.accounts.types import Actor
from singlewindow.guarantees.models import AccessCode, Guarantee, WrongCode
from singlewindow.guarantees.types import CodeKind

CODE_FORM = re.compile(r"[A-Za-z0-9]{4}", re.ASCII)
"""Four letters and digits, as messages have room for."""
ALPHABET = string.ascii_uppercase + string.digits
WRONG_MOST = 5
"""Wrong codes of one asker within the window before no code is looked at any more (GU-COD-02)."""
WINDOW = timedelta(minutes=30)
KEY_SALT = "guarantees.access-code"
WRONG_SQL = "INSERT INTO guarantees_wrongcode (guarantee_id, asker, at) VALUES (%s, %s, %s)"


def code_make() -> str:
    """A new code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(4))


def code_digest(code: str, salt: str, *, key: str | bytes | None = None) -> str:
    """The digest that is kept: keyed, for four characters could be tried one by one.

    Args:
        key: the secret of the window; the present one unless told.
    """
    return salted_hmac(KEY_SALT + salt, code, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def code_set(guarantee: Guarantee, code: str, kind: CodeKind, *, at: datetime, label: str = "") -> AccessCode:
    """Keep a code; a main one takes the place of the main one before.

    Locks: the caller holds the guarantee.
    """
    if kind is CodeKind.MAIN:
        AccessCode.objects.filter(guarantee=guarantee, kind=kind.value, ended_at=None).update(ended_at=at)
    salt = secrets.token_hex(16)
    return AccessCode.objects.create(
        guarantee=guarantee, kind=kind.value, label=label, salt=salt, digest=code_digest(code, salt), changed_at=at
    )


def code_proof(guarantee_id: UUID, code: str | None, *, asker: str, at: datetime) -> str:
    """Which code of a guarantee this is: `main`, `additional`, or nothing where it is none.

    A wrong one is written down in a transaction of its own, so that the refusal that follows does not undo it. After
    five of one asker within half an hour no code of that asker is looked at, right or wrong.

    Source: GU-G03, GU-COD-02.
    """
    if not code or attempts_left(guarantee_id, asker=asker, at=at) == 0:
        return ""
    for known in AccessCode.objects.filter(guarantee_id=guarantee_id, ended_at=None).order_by("pk"):
        if any(
            constant_time_compare(known.digest, code_digest(code, known.salt, key=key))
            for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        ):
            return known.kind
    _wrong_write(guarantee_id, asker, at)
    return ""


def attempts_left(guarantee_id: UUID, *, asker: str, at: datetime) -> int:
    """How many wrong codes an asker may still give."""
    wrong = WrongCode.objects.filter(guarantee_id=guarantee_id, asker=asker, at__gt=at - WINDOW).count()
    return max(WRONG_MOST - wrong, 0)


def asker_of(actor: Actor) -> str:
    """Whose guesses are counted together: those of an organisation, whoever makes them."""
    return f"org:{actor.organisation_id}" if actor.organisation_id else actor.label


def _wrong_write(guarantee_id: UUID, asker: str, at: datetime) -> None:
    """Write a wrong code on a connection of its own."""
    with closing(connections.create_connection("default")) as beside, beside.cursor() as cursor:
        cursor.execute(WRONG_SQL, [guarantee_id, asker, at])
