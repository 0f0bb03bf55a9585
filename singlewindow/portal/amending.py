"""An amendment as a draft: the guided form filled with what stands, and the way from it to a request."""

from typing import Any
from uuid import UUID

from declarations.messages import message_read
from declarations.schemas import DeclarationMessage
from declarations.selectors.changes import amendment_draft_of
from declarations.services import draft_discard, draft_save
from declarations.types import DeclarationSnapshot, Draft
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotPermitted
from singlewindow.portal import drafts
from singlewindow.portal.forms.part import part

AMENDS, BASE = "amends", "base"
"""Where a draft notes what it changes, and the version that it was written on."""


def amended_by(draft: Draft) -> UUID | None:
    """The declaration that a draft changes; none where it is a draft of a new one."""
    named = part(dict(draft.content), drafts.FORM_ONLY).get(AMENDS)
    return UUID(str(named)) if named else None


def base_of(draft: Draft) -> int:
    """The version that the draft was written on."""
    return int(part(dict(draft.content), drafts.FORM_ONLY).get(BASE, 1))


def begin(snapshot: DeclarationSnapshot, actor: Actor) -> Draft:
    """The draft that changes a declaration: the one that was begun, or a new one filled with what stands.

    One that was written on an older version is thrown away: what it says is no longer what would change.
    """
    found = amendment_draft_of(actor, snapshot.id)
    if found is not None and base_of(found) == snapshot.version:
        return found
    if found is not None:
        draft_discard(actor=actor, declaration_id=found.id)
    principal = snapshot.declarant_org or snapshot.lodged_by
    may_file = organisations_actor_may_file_for(actor).filter(pk=principal).values_list("pk", flat=True)
    organisation_id = principal if principal in may_file else actor.organisation_id
    if organisation_id is None:
        raise NotPermitted
    noted = {AMENDS: str(snapshot.id), BASE: snapshot.version}
    content: dict[str, Any] = snapshot.message.canonical() | {drafts.FORM_ONLY: noted}
    return draft_save(actor=actor, organisation_id=organisation_id, content=content)


def proposed(draft: Draft, snapshot: DeclarationSnapshot) -> DeclarationMessage:
    """The content that the draft proposes: what its forms do not show stays as it stands.

    Sums of the header that were not declared before are not added, and those that cannot be made anew stay.

    Raises:
        FieldsRefused: something cannot be read yet.
    """
    content = drafts.composed(draft)
    before = snapshot.message.canonical()
    for name in ("item_count", "total_packages", "total_gross_mass_kg", "invoice_total"):
        if name not in before:
            content.pop(name, None)
        else:
            content.setdefault(name, before[name])
    return message_read(content)


def half_typed(draft: Draft) -> bool:
    """Whether something was typed that could not be taken yet."""
    noted = part(dict(draft.content), drafts.FORM_ONLY).keys() - {AMENDS, BASE}
    return bool(noted) or any(drafts.FORM_ONLY in item for item in drafts.items_of(dict(draft.content)))
