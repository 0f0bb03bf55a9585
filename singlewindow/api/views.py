"""The base of every REST view: one way to be refused, one way to be allowed, bodies read as bytes."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.api.authentication import TokenAuthentication
from singlewindow.api.problems import problem_of, unforeseen
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import (
    DomainError,
    FormatRefused,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    SignatureInvalid,
    TooLarge,
    UnsupportedMedia,
)
from singlewindow.kernel.paging import PAGE_SIZE, PAGE_SIZE_MAX

log = structlog.get_logger(__name__)

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
JSON_BODY_MAX = 1_048_576
PROBLEM_TYPE = "application/problem+json"

RefusalForm = Callable[[HttpRequest, DomainError, bytes], HttpResponse | None]
"""How a refusal is told in another form than a problem; None where that form does not fit it."""


class AnyAccept(BaseContentNegotiation):
    """Answers are JSON whatever Accept says: a refusal over a header helps nobody."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser:
        """The first parser; views read bytes themselves."""
        return parsers[0]  # type: ignore[no-any-return]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        """Always JSON."""
        return renderers[0], "application/json"


class ApiView(APIView):
    """A REST resource. Set `permission_required`; None makes it public, and leaving it out denies everyone."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = ()
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AnyAccept
    permission_required: ClassVar[Permission | None]

    @property
    def actor(self) -> Actor:
        """Who sends the request."""
        actor: Any = self.request.auth
        assert isinstance(actor, Actor)
        return actor

    def check_permissions(self, request: Request) -> None:
        """Deny by default.

        Raises:
            NotAuthenticated: a visitor asks for what needs an account.
            NotPermitted: the permission map says no.
        """
        required = getattr(self, "permission_required", Permission.SYSTEM)
        if required is None or required in self.actor.permissions:
            return
        if self.actor.kind is ActorKind.VISITOR:
            raise NotAuthenticated
        raise NotPermitted(f"Your token does not carry what '{required}' needs; check its scopes.")

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Translate a refusal; record a denied act; answer 500 for what nobody foresaw, with its trace in the log."""
        request = self.request._request
        if isinstance(exc, (NotPermitted, SignatureInvalid)):
            self._record_denial(request, exc)
        response = self._other_form(request, exc) or problem_of(request, exc)
        if response is None:
            log.exception("unforeseen", path=request.path)
            response = unforeseen(request)
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Bearer realm="customs single window"'
        response.exception = True  # type: ignore[attr-defined]
        return response

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Answers are private and not kept by caches unless the view says otherwise."""
        response.headers.setdefault("Cache-Control", "no-store")
        if hasattr(response, "accepted_renderer") or not hasattr(response, "data"):
            return response
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]

    def _other_form(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """The refusal in the form that the caller asks for, where the settings name one for it."""
        preferred = request.get_preferred_type([PROBLEM_TYPE, "application/json", *settings.REFUSAL_FORMS])
        if not isinstance(exc, DomainError) or preferred not in settings.REFUSAL_FORMS:
            return None
        form: RefusalForm = import_string(settings.REFUSAL_FORMS[preferred])
        return form(request, exc, getattr(request, "body_read", b""))

    def _record_denial(self, request: HttpRequest, refusal: DomainError) -> None:
        with unit_of_work() as work:
            event_record(
                work,
                actor=self.actor,
                verb=Verb.REQUEST_DENIED,
                subject_type="route",
                subject_id=(request.resolver_match.route if request.resolver_match else "")[:64],
                data={"method": request.method or "", "code": refusal.code},
            )


def body_of(request: Request, *content_types: str, limit: int = JSON_BODY_MAX) -> bytes:
    """The body of a request whose content type is one of those named.

    Raises:
        UnsupportedMedia: another or no content type, a charset other than UTF-8, or an encoded (compressed) body.
        TooLarge: more bytes than the limit; refused before anything is parsed.
    """
    raw: HttpRequest = request._request
    charset = (raw.content_params or {}).get("charset", "utf-8").lower()
    if raw.content_type not in content_types or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMedia(f"Send {' or '.join(content_types)} in UTF-8.")
    if raw.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMedia("Compressed bodies are not taken.")
    length = raw.headers.get("Content-Length", "0")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise TooLarge(f"At most {limit} bytes are read.")
    body = raw.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"At most {limit} bytes are read.")
    raw.body_read = body  # type: ignore[attr-defined]  # a refusal may be told in the form of the message itself
    return body


def uuid_of(text: str) -> UUID:
    """An identifier from a path, in its one canonical form; every other spelling is not found.

    Raises:
        NotFound: it is none.
    """
    if not UUID_FORM.fullmatch(text):
        raise NotFound
    return UUID(text)


def page_size_of(request: Request) -> int:
    """The asked page size, at most 200.

    Raises:
        FormatRefused: it is no positive number.
    """
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and int(text[:12]) > 0):
        raise FormatRefused("page_size is a number from 1 to 200.", code="query.page_size")
    return min(int(text[:12]), PAGE_SIZE_MAX)


def known_parameters(request: Request, *names: str) -> None:
    """Refuse query parameters that this list does not know, rather than silently ignore a filter.

    Raises:
        FormatRefused: code `query.unknown`.
    """
    unknown = sorted(set(request.query_params) - set(names) - {"cursor", "page_size"})
    if unknown:
        raise FormatRefused(f"Unknown here: {', '.join(unknown)[:200]}.", code="query.unknown")


def json_response(
    value: object,
    *,
    request: HttpRequest | None = None,
    status: int = 200,
    etag: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A value as JSON; with an entity tag, a reader that holds the same version gets 304."""
    if etag and request is not None and f'"{etag}"' in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": f'"{etag}"'})
    response = HttpResponse(
        orjson.dumps(value, default=str), status=status, content_type="application/json", headers=dict(headers or {})
    )
    if etag:
        response["ETag"] = f'"{etag}"'
    return response
