"""The shelf of an organisation: what it gave once, and where that serves."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.db.work import unit_of_work
from singlewindow.documents.forms import DetailsForm, document_codes
from singlewindow.documents.receiving import files_received
from singlewindow.documents.responses import document_response
from singlewindow.documents.selectors import document_for, document_page, links_for, shelf_room
from singlewindow.documents.services import document_read, document_store, upload_check, upload_refused
from singlewindow.documents.types import Purpose, Upload
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import DomainError, NotAuthenticated, NotFound
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

LINK_SECONDS = 300
SALT = "documents.content"


def _home() -> Crumb:
    return Crumb(_("My documents"), reverse("documents:shelf"))


@require_safe
@page_for(Permission.SEND_FILE)
def shelf(request: HttpRequest) -> HttpResponse:
    """List the organisation's documents, newest first."""
    actor, asked = actor_of(request), {name: request.GET.get(name, "")[:70] for name in ("text", "code")}
    page = document_page(actor, cursor=request.GET.get("cursor", ""), code=asked["code"][:4], text=asked["text"])
    stored, quota = shelf_room(actor)
    context = {
        "page": page,
        "names": dict(document_codes()),
        "codes": document_codes(),
        "asked": asked,
        "active": sum(bool(value) for value in asked.values()),
        "stored": stored,
        "quota": quota,
        "crumbs": [Crumb(_("My documents"))],
    }
    return render(request, "documents/shelf.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.SEND_FILE)
def give(request: HttpRequest) -> HttpResponse:
    """Give a document: a file and what it proves; refused with everything that is wrong, nothing to send twice."""
    if request.method != "POST":
        return _form(request, DetailsForm(initial={"code": request.GET.get("code", "")[:4]}))
    actor, form = actor_of(request), DetailsForm(request.POST)
    kept: list[Upload] = []
    try:
        kept = files_received(request, actor, "file", purpose=Purpose.DOCUMENT)
    except NotFound:
        return _form(request, form, file_errors=[PageError(_("The file was not kept. Choose it again."))])
    except DomainError as refused:
        return _form(request, form, file_errors=_errors(refused))
    if not kept:
        return _form(request, form, file_errors=[PageError(_("Choose a file."), "#id_file")])
    if not form.is_valid():
        return _form(request, form, kept=kept)
    try:
        checked = upload_check(actor, kept[0].id)
        with unit_of_work() as work:
            document = document_store(work, actor, checked, form.details())
    except DomainError as refused:
        if refused.code.startswith("file."):
            upload_refused(actor, kept[0].id, refused)
        return _form(request, form, file_errors=_errors(refused))
    messages.success(request, _("The document is kept. Declarations that name it find it by themselves."))
    return redirect("documents:document", document.id)


def _errors(refused: DomainError) -> list[PageError]:
    found = [PageError(_(one.message), "#id_file", one.rule, _(one.remedy)) for one in refused.violations]
    return found or [PageError(_(refused.detail), "#id_file")]


def _form(
    request: HttpRequest,
    form: DetailsForm,
    *,
    kept: list[Upload] | None = None,
    file_errors: list[PageError] | None = None,
) -> HttpResponse:
    errors = file_errors or []
    context = {
        "form": form,
        "kept": kept or [],
        "file_errors": errors,
        "file_error": " ".join(f"{error.message} {error.remedy}".strip() for error in errors),
        "crumbs": [_home(), Crumb(_("Give a document"))],
    }
    return render(request, "documents/give.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@page_for(Permission.SEND_FILE)
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One document: what it proves, how it is kept, where it serves."""
    found = document_for(actor_of(request), document_id)
    context: dict[str, Any] = {
        "document": found,
        "name": dict(document_codes()).get(found.code, found.code),
        "links": links_for(actor_of(request), found),
        "crumbs": [_home(), Crumb(found.reference)],
    }
    return render(request, "documents/document.html", context)


@require_safe
@never_cache
def content(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Lead a reader to an address that opens the file for five minutes in their session only.

    Raises:
        NotFound: the document is not theirs to see.
    """
    actor = _signed_in(request)
    found = document_for(actor, document_id)
    key = signing.dumps([str(found.id), _session(request)], salt=SALT)
    return redirect("documents:opened", found.id, key)


@require_safe
@never_cache
def opened(request: HttpRequest, document_id: UUID, key: str) -> HttpResponse:
    """The file itself; whoever may no longer read it, or has another session, finds nothing."""
    actor = _signed_in(request)
    try:
        told = signing.loads(key, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise NotFound from error
    if told != [str(document_id), _session(request)]:
        raise NotFound
    return document_response(*document_read(actor, document_id))


def _signed_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.kind is ActorKind.VISITOR:
        raise NotAuthenticated
    return actor


def _session(request: HttpRequest) -> str:
    return sha256_hex((request.session.session_key or "").encode())
