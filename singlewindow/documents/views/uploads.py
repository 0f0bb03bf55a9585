"""The resumable upload for pages: the session says who sends, the CSRF header that a page of ours does."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache

from singlewindow.accounts.types import ActorKind
from singlewindow.api.problems import problem_of
from singlewindow.documents import tus
from singlewindow.kernel.errors import DomainError, NotAuthenticated
from singlewindow.web.access import actor_of

View = Callable[..., HttpResponse]


def _told_as_problem(view: View) -> View:
    """Answer a refusal to the script that sends, not as a page."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if actor_of(request).kind is ActorKind.VISITOR:
                raise NotAuthenticated
            return view(request, *args, **kwargs)
        except DomainError as refused:
            response = problem_of(request, refused)
            assert response is not None
            return response

    return never_cache(told)


@_told_as_problem
def uploads(request: HttpRequest) -> HttpResponse:
    """/uploads"""
    if request.method == "OPTIONS":
        return tus.tus_options()
    if request.method == "POST":
        return tus.tus_create(request, actor_of(request), root=request.path)
    return HttpResponseNotAllowed(["OPTIONS", "POST"])


@_told_as_problem
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """/uploads/{id}"""
    acts = {"HEAD": tus.tus_head, "PATCH": tus.tus_patch, "DELETE": tus.tus_delete}
    if request.method == "OPTIONS":
        return tus.tus_options()
    act = acts.get(request.method or "")
    if act is None:
        return HttpResponseNotAllowed(["OPTIONS", *acts])
    return act(request, actor_of(request), upload_id)
