"""Drafts of applications: prefilled from a declaration or an earlier application, saved, thrown away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F

from agencies.models import Application
from agencies.rules.prefill import content_again, content_of_declaration
from agencies.selectors.applications import application_info, application_read, applications_for
from agencies.types import ApplicationInfo
from declarations.selectors import declaration_snapshot_for, draft_for
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work, unit_of_work
from singlewindow.documents.services import document_link
from singlewindow.documents.types import DocumentInfo, Subject
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted, PreconditionFailed, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

CONTENT_BYTES_MAX = 65_536
NUMBER_SQL = "SELECT nextval('agencies_lpco_number')"


def application_draft(
    *,
    actor: Actor,
    holder_id: UUID,
    content: Mapping[str, Any],
    application_id: UUID | None = None,
    version: int | None = None,
    source: str = "",
    source_id: UUID | None = None,
) -> ApplicationInfo:
    """Keep an application that was not sent yet as it is, complete or not; the first save begins it.

    Locks: the draft; a save that read an older version is refused.

    Source: docs/rules/agencies.md, AG-062.

    Raises:
        NotPermitted: the actor may not apply, or not for this holder.
        NotFound: no such draft of the actor's organisation.
        PreconditionFailed: someone saved it in the meantime.
        RuleViolated: AG-060, it is too large.
    """
    actor.require(Permission.APPLY_PERMIT)
    if actor.organisation_id is None:
        raise NotPermitted
    if not organisations_actor_may_file_for(actor).filter(pk=holder_id).exists():
        raise NotPermitted("You may not apply for this organisation.")
    plain = dict(content)
    if len(orjson.dumps(plain)) > CONTENT_BYTES_MAX:
        raise RuleViolated(violations=[Violation("AG-060", "", "The application is too large.", "Split it.")])
    direction = "export" if plain.get("direction") == "export" else "import"
    with unit_of_work() as work:
        if application_id is None:
            (number,) = work.fetch(NUMBER_SQL)[0]
            row = Application.objects.create(
                id=uuid7(),
                reference=f"LA{clock.today():%Y}{number:08d}",
                organisation_id=holder_id,
                filed_by=actor.organisation_id,
                direction=direction,
                content=plain,
                source=source,
                source_id=source_id,
                authors=[actor.label],
                saved_at=clock.now(),
            )
            return application_info(row)
        row = _draft(actor, application_id)
        changed = Application.objects.filter(pk=row.pk, version=version or 0, applied_at=None).update(
            organisation_id=holder_id,
            direction=direction,
            content=plain,
            version=F("version") + 1,
            authors=sorted({*row.authors, actor.label}),
            saved_at=clock.now(),
        )
        if not changed:
            raise PreconditionFailed("Someone saved this application in the meantime; read it again.")
        return application_info(_draft(actor, application_id))


def _draft(actor: Actor, application_id: UUID) -> Application:
    row = applications_for(actor).filter(pk=application_id, applied_at=None).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    return row


def application_discard(*, actor: Actor, application_id: UUID) -> None:
    """Throw a draft away. Raises NotFound: there is none of the actor's organisation."""
    actor.require(Permission.APPLY_PERMIT)
    with unit_of_work():
        _draft(actor, application_id).delete()


def content_from(actor: Actor, source: str, source_id: UUID) -> tuple[dict[str, Any], UUID]:
    """A dataset and its holder from a lodged declaration, a draft of one, or a past application; it is not saved.

    Raises:
        NotFound: the actor may not see it.
    """
    today = clock.today()
    if source == "application":
        past = application_read(actor, source_id)
        return content_again(past.content, today), past.holder_id
    if source != "declaration":
        raise NotFound
    try:
        snapshot = declaration_snapshot_for(actor, source_id)
    except NotFound:
        draft = draft_for(actor, source_id)
        return content_of_declaration(draft.content, today), draft.organisation_id
    holder = snapshot.trader_org or snapshot.declarant_org or snapshot.lodged_by
    return content_of_declaration(snapshot.message.canonical(), today), holder


def application_document_link(work: Work, actor: Actor, *, application_id: UUID, document_id: UUID) -> DocumentInfo:
    """Bind a document of the own shelf to an application; each of its agencies reads the same copy.

    Locks: the application as a subject of documents.

    Raises:
        NotFound: the application is none of the actor's organisation.
        RuleViolated: DOC-LNK-01. Conflict: DOC-LNK-02.
    """
    actor.require(Permission.APPLY_PERMIT)
    application = application_read(actor, application_id)
    own = (actor.organisation_id,) if actor.organisation_id else ()
    return document_link(
        work,
        actor,
        document_id=document_id,
        owners=tuple(dict.fromkeys((*own, application.holder_id))),
        subject=Subject.APPLICATION,
        subject_id=application.id,
    )
