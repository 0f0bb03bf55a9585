"""Refusals of the domain as pages: the page only translates what the refusal says."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.accounts.types import VISITOR, Actor, ActorKind
from singlewindow.api.problems import LOCK_NOT_AVAILABLE
from singlewindow.kernel.errors import Conflict, DomainError, NotAuthenticated, NotPermitted

HEADINGS: dict[int, tuple[str | Promise, str | Promise]] = {
    403: (
        _("This is not open to you"),
        _("Your role does not include this. If it should, ask the administrator of your organisation."),
    ),
    404: (
        _("There is no such page"),
        _("The address may be mistyped, or what it led to is not yours to see."),
    ),
    409: (
        _("Someone was here before you"),
        _("This has changed since you opened the page, so nothing was done. Load the page again to see how it stands."),
    ),
    412: (
        _("This has changed since you opened it"),
        _("Nothing was stored. Load the page again and make your change on the newest version."),
    ),
}


class RefusalPages:
    """Turns a `DomainError` that no view caught into a page with the right status; a visitor is asked to sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Draw the refusal, or say that somebody else is at it; anything else stays an error of ours."""
        if isinstance(exception, OperationalError) and getattr(exception.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
            return refusal_page(request, Conflict("Somebody else is working on it at this moment.", code="in_flight"))
        if not isinstance(exception, DomainError):
            return None
        actor: Actor = getattr(request, "actor", None) or VISITOR
        if isinstance(exception, NotPermitted | NotAuthenticated) and actor.kind is ActorKind.VISITOR:
            return redirect_to_login(request.get_full_path())
        return refusal_page(request, exception)


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Draw a refusal as a page, with every rule that was broken."""
    heading, text = HEADINGS.get(error.status, (error.title, error.detail))
    context = {
        "status": error.status,
        "heading": heading,
        "text": text,
        "violations": error.violations,
        "back_href": request.path if request.method == "POST" and error.status in {409, 412} else "",
        "phrase": HTTPStatus(error.status).phrase,
    }
    return render(request, "web/pages/error.html", context, status=error.status)
