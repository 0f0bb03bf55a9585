"""Completing a simplified declaration: the full one begins as a draft that holds all that was said already."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearance.selectors import supplementary_of
from clearance.states import SupplementaryState
from declarations.selectors import declaration_head_for
from declarations.services import draft_copy
from singlewindow.portal import drafts
from singlewindow.portal.views.draft import FILE
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of

AWAITED = frozenset({SupplementaryState.OWED.value, SupplementaryState.OVERDUE.value})


@FILE
@require_POST
def complete(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Begin the full declaration of a simplified one; nothing that was said is asked for again."""
    actor = actor_of(request)
    head = declaration_head_for(actor, declaration_id)
    owed, scheme = supplementary_of(head.id), profile(head.lodged_at.date()).two_step
    if owed is None or owed.state not in AWAITED or scheme is None:
        messages.info(request, _("No full declaration is owed for this one any more."))
        return redirect("portal:show", head.id)
    draft = draft_copy(actor=actor, from_id=head.id)
    content = dict(draft.content) | {
        "lrn": drafts.lrn_new(),
        "type_code": head.type_code[:2] + scheme.supplementary[-1],
        "previous_documents": [{"category": "Y", "type": "SDE", "id": head.mrn}],
    }
    drafts.save(draft, actor, content)
    messages.success(request, _("What you said already is filled in. Add what is missing and lodge."))
    return redirect("portal:tasks", draft.id)
