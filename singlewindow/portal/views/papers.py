"""What agencies ask for, on the page of a declaration: answered with a document of the shelf."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearance.selectors import document_owners
from declarations.selectors import declaration_head_for
from declarations.services.authority import acting_for_required
from singlewindow.accounts.permissions import Permission
from singlewindow.db.work import unit_of_work
from singlewindow.documents.selectors import asks_of, documents_of, elements
from singlewindow.documents.services import document_link
from singlewindow.documents.states import AskOutcome
from singlewindow.documents.types import Subject
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.web.access import actor_of, page_for

CUSTOMS = "CUS"
OF_TRADER = frozenset({AskOutcome.ASKED, AskOutcome.EXCEPTED})


@dataclass(frozen=True, slots=True)
class Awaited:
    """What an agency asked for and has not got."""

    code: str
    name: str
    agency: str
    document: bool
    """A document; else an element, which is answered by a change of the declaration."""


def awaited_of(declaration_id: UUID) -> list[Awaited]:
    """What agencies wait for, once each; what was bound after the request is there."""
    asked = [one for one in asks_of(declaration_id) if one.outcome in OF_TRADER and one.agency != CUSTOMS]
    if not asked:
        return []
    bound = [(document.code, link.linked_at) for document, link in documents_of(declaration_id)]
    waiting = [one for one in asked if not any(code == one.code and at > one.asked_at for code, at in bound)]
    return list(
        dict.fromkeys(
            Awaited(one.code, one.name, one.agency, elements()[one.code].kind == "document") for one in waiting
        )
    )


@require_POST
@page_for(Permission.LODGE_DECLARATION)
def bind(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Bind a document of the shelf to a declaration; whoever asked for it reads it there."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    acting_for_required(head, actor, clock.now())
    try:
        document_id = UUID(request.POST.get("document", ""))
    except ValueError:
        messages.error(request, _("Choose one of your documents."))
        return redirect("portal:show", head.id)
    try:
        with unit_of_work() as work:
            document_link(
                work,
                actor,
                document_id=document_id,
                owners=document_owners(head, actor),
                subject=Subject.DECLARATION,
                subject_id=head.id,
            )
    except (RuleViolated, Conflict) as refused:
        messages.error(request, _(refused.detail))
    else:
        messages.success(request, _("The document is bound to the declaration; who asked for it reads it there."))
    return redirect("portal:show", head.id)
