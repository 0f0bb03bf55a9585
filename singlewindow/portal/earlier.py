"""What the window knows from before is filled in and not asked for again (N11).

A page that was not begun yet shows what the last declaration of the same direction said. It counts only once the page
is saved: nobody declares what they did not see.
"""

from typing import Any

from declarations.selectors import declaration_last_of
from declarations.types import Draft
from singlewindow.accounts.types import Actor
from singlewindow.documents.selectors import document_page, elements
from singlewindow.documents.types import DocumentInfo
from singlewindow.kernel import clock
from singlewindow.portal.forms import PartForm

OFFERED = 12
EARLIER = "earlier"


def remembered(form: PartForm, draft: Draft, actor: Actor) -> dict[str, Any]:
    """Values for the empty fields of a page that was not begun, by the register of elements; none where it was."""
    wanted = _fields(form.slug)
    if not wanted or any(form.initial.get(name) for name in form.owns):
        return {}
    last = declaration_last_of(actor, draft.organisation_id, form.direction)
    if last is None:
        return {}
    told = type(form).read(last.message.model_dump(mode="json", exclude_none=True))
    return {name: told[name] for name in wanted if told.get(name)}


def _fields(slug: str) -> tuple[str, ...]:
    listed = [field.partition(".") for one in elements().values() if one.prefilled == EARLIER for field in one.fields]
    return tuple(name for page, _, name in listed if page == slug)


def shelf_of(actor: Actor) -> list[DocumentInfo]:
    """The newest documents of the organisation that are still valid, to be chosen instead of typed."""
    today = clock.today()
    return [one for one in document_page(actor, size=OFFERED).rows if one.valid_to is None or one.valid_to >= today]
