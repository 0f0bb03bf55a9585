"""What every request carries: a conversation id and, for a signed-in person, the actor."""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.api.problems import problem_response
from singlewindow.kernel.identifiers import uuid7

HEADER = "X-Conversation-ID"
FORM = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)

GetResponse = Callable[[HttpRequest], HttpResponse]


class ConversationMiddleware:
    """Names the conversation: the caller's own id where it is well formed, else a new one; in log and answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the id for the time of the request."""
        given = request.headers.get(HEADER, "")
        conversation_id = given if FORM.fullmatch(given) else str(uuid7())
        request.conversation_id = conversation_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(conversation_id=conversation_id):
            response = self._get_response(request)
        response[HEADER] = conversation_id
        return response


class QueryMiddleware:
    """Refuses the character NUL in a query string: no filter can mean it, and the database takes no text with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400, or pass the request on."""
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or "\x00" in query:
            return problem_response(
                request,
                status=400,
                code="query.nul",
                title="The query cannot be read",
                detail="The address holds the character NUL.",
            )
        return self._get_response(request)


class ActorMiddleware:
    """Sets `request.actor`, looked up when it is first asked for, and anew at each request."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the actor."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self._get_response(request)


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not isinstance(user, User):
        return VISITOR
    return actor_of_user(
        user,
        conversation_id=getattr(request, "conversation_id", ""),
        ip=request.META.get("REMOTE_ADDR", ""),
    )
