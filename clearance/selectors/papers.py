"""Documents seen from a declaration: whose may be named there, and who may read them."""

from collections.abc import Sequence
from uuid import UUID

from agencies.selectors import agency_takes_part
from declarations.selectors import declaration_head_for
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound


def document_owners(head: DeclarationHead, actor: Actor) -> tuple[UUID, ...]:
    """The organisations whose documents the actor may name for a declaration: its own, and parties it files for."""
    may = set(organisations_actor_may_file_for(actor).values_list("pk", flat=True))
    own = (actor.organisation_id,) if actor.organisation_id else ()
    return tuple(dict.fromkeys((*own, *(party for party in head.parties if party in may))))


def papers_may_read(actor: Actor, declaration_ids: Sequence[UUID]) -> bool:
    """Whether the actor has a part in one of the declarations: customs, an agency that requires something, a party.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        return True
    if actor.agency:
        return any(agency_takes_part(actor.agency, one) for one in declaration_ids)
    return actor.may(Permission.VIEW_OWN_DECLARATION) and any(_is_party(actor, one) for one in declaration_ids)


def _is_party(actor: Actor, declaration_id: UUID) -> bool:
    try:
        declaration_head_for(actor, declaration_id)
    except NotFound:
        return False
    return True
