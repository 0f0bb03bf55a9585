"""Documents of a permit: its holder binds what it was issued on, and the agency reads the same copy."""

from uuid import UUID

from agencies.selectors import permit_read
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work
from singlewindow.documents.services import document_link
from singlewindow.documents.types import DocumentInfo, Subject


def permit_document_link(work: Work, actor: Actor, *, permit_id: UUID, document_id: UUID) -> DocumentInfo:
    """Bind a document of the own shelf, or of the permit's holder, to a permit; a second time it changes nothing.

    Locks: the permit as a subject of documents.

    Source: DOC-LNK-01, DOC-LNK-02.

    Raises:
        NotPermitted: the actor keeps no documents.
        NotFound: the permit is none that the actor may use.
        RuleViolated: DOC-LNK-01. Conflict: DOC-LNK-02.
    """
    actor.require(Permission.SEND_FILE)
    actor.require(Permission.VIEW_PERMIT)
    permit = permit_read(actor, permit_id)
    own = (actor.organisation_id,) if actor.organisation_id else ()
    return document_link(
        work,
        actor,
        document_id=document_id,
        owners=tuple(dict.fromkeys((*own, permit.holder_id))),
        subject=Subject.PERMIT,
        subject_id=permit.id,
    )
