"""Drafts: what is being written, and declared to nobody yet."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from psycopg2.extras import Json

from declarations.models import Declaration
from declarations.selectors import declaration_snapshot_for
from declarations.services.notices import step_record
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, Draft, standing_digest
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import (
    NotFound,
    NotPermitted,
    PreconditionFailed,
    RuleViolated,
    TransitionRefused,
    Violation,
)
from singlewindow.kernel.identifiers import uuid7

DRAFT_BYTES_MAX = 1_048_576
"""As much as the interface takes for a whole declaration."""

NOT_COPIED = ("lrn", "issued_at", "tax_point_at", "previous_documents", "ucr")
"""What belongs to one consignment and must be given anew."""


def draft_save(
    *,
    actor: Actor,
    organisation_id: UUID,
    content: Mapping[str, Any],
    declaration_id: UUID | None = None,
    version: int | None = None,
) -> Draft:
    """Keep a draft as it is, complete or not; the first save begins it.

    Locks: the draft; a save that read an older version is refused, so that two windows do not overwrite each other.

    Args:
        organisation_id: for whom it is written; one that the actor may file for.
        content: canonical names, any part missing.
        version: of the draft that was read; needed with `declaration_id`.

    Raises:
        NotPermitted: the actor may not file for the organisation.
        NotFound: no such draft of the actor's organisation.
        PreconditionFailed: someone saved it in the meantime.
        TransitionRefused: it was lodged.
        RuleViolated: DL-DRF, it holds characters that no message may hold, or is too large.
    """
    actor.require(Permission.DRAFT_DECLARATION)
    filer = _filer(actor, organisation_id)
    plain = _plain(content)
    now = clock.now()
    columns = {
        "lrn": _text(plain, "lrn", 35),
        "type_code": _text(plain, "type_code", 3),
        "direction": "export" if _text(plain, "type_code", 3).startswith("EX") else "import",
        "declarant_organisation_id": organisation_id,
        "submitter": actor.label,
        "item_count": len(plain["items"]) if isinstance(plain.get("items"), list) else 0,
        "saved_at": now,
    }
    with unit_of_work() as work:
        if declaration_id is None:
            declaration_id, version = uuid7(), 1
            _begin(work, actor, filer, declaration_id, columns, plain)
        else:
            version = _overwrite(work, actor, declaration_id, version, columns, plain)
    return Draft(id=declaration_id, organisation_id=organisation_id, content=plain, version=version, saved_at=now)


def draft_discard(*, actor: Actor, declaration_id: UUID) -> None:
    """Throw a draft away.

    Raises:
        NotFound: no such draft of the actor's organisation.
        TransitionRefused: it was lodged; what was lodged stays.
    """
    actor.require(Permission.DRAFT_DECLARATION)
    with unit_of_work() as work:
        _locked_draft(work, actor, declaration_id)
        work.execute("DELETE FROM declarations_declaration WHERE id = %s", [declaration_id])


def draft_copy(*, actor: Actor, from_id: UUID) -> Draft:
    """Begin a draft from a declaration that the actor may see, without what belongs to that consignment alone.

    Raises:
        NotFound: there is no such declaration for this actor.
    """
    snapshot = declaration_snapshot_for(actor, from_id)
    content = snapshot.message.canonical()
    for name in NOT_COPIED:
        content.pop(name, None)
    principal = snapshot.declarant_org or snapshot.lodged_by
    may_file = organisations_actor_may_file_for(actor).filter(pk=principal).values_list("pk", flat=True)
    organisation_id = principal if principal in may_file else actor.organisation_id
    if organisation_id is None:
        raise NotPermitted
    return draft_save(actor=actor, organisation_id=organisation_id, content=content)


def _filer(actor: Actor, organisation_id: UUID) -> UUID:
    own = actor.organisation_id
    if own is None or not organisations_actor_may_file_for(actor).filter(pk=organisation_id).exists():
        raise NotPermitted("Your organisation may not file for this one.")
    return own


def _begin(
    work: Work, actor: Actor, filer: UUID, declaration_id: UUID, columns: Mapping[str, Any], plain: dict[str, Any]
) -> None:
    row = dict(columns) | {
        "id": declaration_id,
        "channel": Channel.WEB.value,
        "lodged_by_id": filer,
        "legal_state": LegalState.DRAFT.value,
        "goods_state": GoodsState.EXPECTED.value,
        "draft": plain,
        "created_at": columns["saved_at"],
    }
    work.insert(Declaration, tuple(row), [tuple(row.values())])
    step_record(
        work,
        declaration_id=declaration_id,
        actor=actor,
        verb=Verb.DECLARATION_DRAFTED,
        at=columns["saved_at"],
        data={},
        before="",
        after=standing_digest(sha256_hex(b""), 1, LegalState.DRAFT, GoodsState.EXPECTED),
    )


def _overwrite(
    work: Work,
    actor: Actor,
    declaration_id: UUID,
    version: int | None,
    columns: Mapping[str, Any],
    plain: dict[str, Any],
) -> int:
    present = _locked_draft(work, actor, declaration_id)
    if version != present:
        raise PreconditionFailed("Someone saved this draft in the meantime; read it again before you save.")
    assignments = ", ".join(f"{column} = %s" for column in columns)
    work.execute(
        f"UPDATE declarations_declaration SET {assignments}, draft = %s, "  # noqa: S608  (names of this module)
        "version = version + 1 WHERE id = %s",
        [*columns.values(), Json(plain), declaration_id],
    )
    return present + 1


def _locked_draft(work: Work, actor: Actor, declaration_id: UUID) -> int:
    found = work.fetch(
        "SELECT legal_state, version FROM declarations_declaration WHERE id = %s AND lodged_by_id = %s FOR UPDATE",
        [declaration_id, actor.organisation_id],
    )
    if not found:
        raise NotFound
    state, version = found[0]
    if state != LegalState.DRAFT.value:
        raise TransitionRefused("This draft was lodged; what was lodged cannot be changed here.")
    return int(version)


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as plain JSON that the database can keep.

    Raises:
        RuleViolated: DL-DRF.
    """
    try:
        text = orjson.dumps(dict(content), default=str)
    except TypeError as error:
        raise RuleViolated(violations=[_unfit("The draft holds characters that cannot be kept.")]) from error
    if len(text) > DRAFT_BYTES_MAX:
        raise RuleViolated(violations=[_unfit("The draft is too large to be kept.")])
    if b"\\u0000" in text:
        raise RuleViolated(violations=[_unfit("The draft holds a NUL character.")])
    plain: dict[str, Any] = orjson.loads(text)
    _codes_forget(plain)
    return plain


def _codes_forget(plain: dict[str, Any]) -> None:
    """Leave access codes of guarantees out: they are given when the draft is lodged, and kept nowhere."""
    cited = plain.get("guarantees")
    for guarantee in cited if isinstance(cited, list) else ():
        if isinstance(guarantee, dict):
            guarantee.pop("access_code", None)


def _unfit(sentence: str) -> Violation:
    return Violation(rule="DL-DRF", pointer="", message=sentence, remedy="Remove them, or split the declaration.")


def _text(plain: Mapping[str, Any], name: str, length: int) -> str:
    value = plain.get(name)
    return value[:length] if isinstance(value, str) else ""
