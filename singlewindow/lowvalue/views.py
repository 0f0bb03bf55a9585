"""Pages of low-value filing: send a file, watch it being filed, correct what failed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.receiving import files_received
from singlewindow.documents.selectors import upload_open
from singlewindow.documents.services import upload_end
from singlewindow.documents.types import Purpose, Upload
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, DomainError, NotFound
from singlewindow.lowvalue.rules.columns import COLUMNS
from singlewindow.lowvalue.selectors import (
    bulk_file_for,
    bulk_files_of,
    bulk_lines_of,
    bulk_released,
    failed_lines,
)
from singlewindow.lowvalue.services import bulk_file_receive_in, same_file_named
from singlewindow.lowvalue.states import FileState, LineState
from singlewindow.lowvalue.types import MAX_LINES
from singlewindow.lowvalue.writing import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx, failed, sample
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError, Tab

PAGE = page_for(Permission.FILE_LOW_VALUE)
LINES_PAGE = 50
FORMS: dict[str, Callable[[Any], HttpResponse]] = {
    "csv": lambda rows: HttpResponse(as_csv(rows), content_type=CSV_TYPE),
    "xlsx": lambda rows: HttpResponse(as_xlsx(rows), content_type=XLSX_TYPE),
}
STATES = {
    "failed": LineState.FAILED,
    "lodged": LineState.LODGED,
}


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """Send a file, and the files sent before."""
    actor = actor_of(request)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            return redirect("lowvalue:file", _received(request, actor))
        except DomainError as refused:
            errors, status = _told(refused), refused.status
    context = {
        "errors": errors,
        "page": bulk_files_of(actor, cursor=request.GET.get("cursor", "")),
        "columns": COLUMNS,
        "max_lines": MAX_LINES,
        "scheme": profile(clock.today()).low_value,
        "currency": profile(clock.today()).currency,
        "crumbs": [Crumb(_("Low-value filing"))],
    }
    return render(request, "lowvalue/files.html", context, status=status)


def _received(request: HttpRequest, actor: Actor) -> UUID:
    """Take in the file of the form, sent by script before or with the form now."""
    uploads = files_received(request, actor, "file", purpose=Purpose.BULK)
    if not uploads:
        raise DomainError(_("Choose a file first."))
    upload: Upload = uploads[0]
    with upload_open(upload.id, actor) as content:
        body = content.read()
    try:
        with same_file_named(body, actor), unit_of_work() as work:
            file_id = bulk_file_receive_in(work, body=body, name=upload.name, actor=actor)
            upload_end(work, actor, upload.id)
    except DomainError:
        with unit_of_work() as work:
            upload_end(work, actor, upload.id)
        raise
    return file_id


def _told(refused: DomainError) -> list[PageError]:
    """The refusal at the field; of the same file, with the way to the earlier one."""
    found = refused.violations[0] if refused.violations else None
    if isinstance(refused, Conflict) and found is not None and found.rule == "LV-ONE":
        return [PageError(refused.detail, reverse("lowvalue:file", args=[found.value]), found.rule, found.remedy)]
    message = found.message if found else refused.detail
    return [PageError(message, "#id_file", found.rule if found else "", found.remedy if found else "")]


@PAGE
@require_safe
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """How far a file has come, and what became of its lines; the progress alone when a script asks for it."""
    actor = actor_of(request)
    head = bulk_file_for(actor, file_id)
    context: dict[str, Any] = {"file": head, "done": head.state is FileState.DONE, "released": bulk_released(file_id)}
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        answer = render(request, "lowvalue/partials/progress.html", context)
        if context["done"]:
            answer["HX-Refresh"] = "true"
        return answer
    asked = request.GET.get("state", "failed")
    if asked not in STATES:
        raise NotFound
    page = bulk_lines_of(actor, file_id, state=STATES[asked], cursor=request.GET.get("cursor", ""), size=LINES_PAGE)
    own = reverse("lowvalue:file", args=[file_id])
    context |= {
        "page": page,
        "lodged": [(row, reverse("portal:show", args=[row.declaration_id])) for row in page.rows if row.mrn],
        "asked": asked,
        "tabs": [
            Tab(_("Failed lines"), own, asked == "failed", head.failed),
            Tab(_("Lodged lines"), f"{own}?state=lodged", asked == "lodged", head.lodged),
        ],
        "crumbs": [Crumb(_("Low-value filing"), reverse("lowvalue:files")), Crumb(head.name or str(head.id))],
    }
    return render(request, "lowvalue/file.html", context)


@PAGE
@require_safe
def sample_file(request: HttpRequest, form: str) -> HttpResponse:
    """The header and two lines, ready to be overwritten."""
    return _download(form, sample(), "low-value-sample")


@PAGE
@require_safe
def failed_file(request: HttpRequest, file_id: UUID, form: str) -> HttpResponse:
    """The failed lines with what is wrong, to be corrected and sent again."""
    return _download(form, failed(failed_lines(actor_of(request), file_id)), f"failed-{str(file_id)[-12:]}")


def _download(form: str, rows: Any, name: str) -> HttpResponse:
    if form not in FORMS:
        raise NotFound
    response = FORMS[form](rows)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
