"""Who may open a page: denied unless the page names the permission that opens it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import VISITOR, Actor, ActorKind
from singlewindow.kernel.errors import NotFound

Page = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks."""
    return getattr(request, "actor", None) or VISITOR


def page_for(permission: Permission) -> Callable[[Page], Page]:
    """Open a page to holders of a permission; a visitor is asked to sign in, to everybody else it does not exist.

    Raises:
        NotFound: the reader is signed in and does not hold it; that the page exists is not told.
    """
    return page_for_any(permission)


def page_for_any(*permissions: Permission) -> Callable[[Page], Page]:
    """As `page_for`, open to holders of any one of the permissions; what they may see of it the page decides."""

    def guard(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request)
            if actor.kind is ActorKind.VISITOR:
                return redirect_to_login(request.get_full_path())
            if not any(actor.may(permission) for permission in permissions):
                raise NotFound
            return page(request, *args, **kwargs)

        guarded.permission = permissions[0]  # type: ignore[attr-defined]
        return never_cache(guarded)

    return guard
