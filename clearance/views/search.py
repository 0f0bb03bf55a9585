"""Finding a declaration by its MRN, its LRN, a container or a party."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clearance.views import shown
from declarations.selectors import ListFilter, declaration_page_for
from declarations.types import DeclarationRow
from risk.selectors import lanes_of
from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.paging import Page
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb

TEXT_MAX = 60


@require_safe
@page_for(Permission.SEARCH_DECLARATION)
def search(request: HttpRequest) -> HttpResponse:
    """Show the declarations that a text names; a whole MRN leads straight to its declaration."""
    actor = actor_of(request)
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_MAX]
    page: Page[DeclarationRow] = Page(())
    if text:
        page = declaration_page_for(actor, narrow=ListFilter(text=text), cursor=request.GET.get("cursor", ""))
    if len(page.rows) == 1 and page.rows[0].mrn == text.upper():
        return redirect(shown.case_href(page.rows[0].id))
    lanes = lanes_of([row.id for row in page.rows], actor) if page.rows else {}
    lines = [{"row": row, "href": shown.case_href(row.id), "lane": lanes.get(row.id)} for row in page.rows]
    context = {
        "text": text,
        "page": page,
        "lines": lines,
        "crumbs": [Crumb(_("Desk"), reverse("clearance:desk")), Crumb(_("Search"))],
    }
    return render(request, "clearance/search.html", context)
