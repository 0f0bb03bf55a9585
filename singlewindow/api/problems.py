"""Every refusal as problem details (RFC 9457) with a stable code; never a stack trace, never an echo of markup."""

from typing import Any

import orjson
import structlog
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf

from singlewindow.kernel import errors

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
LOCK_NOT_AVAILABLE = "55P03"

DRF_CODES: dict[int, str] = {
    400: "request",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "media_type",
    429: "too_many_requests",
}


def problem_body(*, status: int, code: str, title: str, detail: str, instance: str, **more: Any) -> bytes:
    """The bytes of one problem."""
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code}
    return orjson.dumps(body | {"instance": f"urn:conversation:{instance}"} | more)


def problem_response(
    request: HttpRequest, *, status: int, code: str, title: str, detail: str = "", **more: Any
) -> HttpResponse:
    """A problem as an answer."""
    conversation = getattr(request, "conversation_id", "")
    body = problem_body(status=status, code=code, title=title, detail=detail or title, instance=conversation, **more)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The problem that an exception stands for; None for one that nobody foresaw."""
    if isinstance(error, errors.DomainError):
        found = [
            {
                key: value
                for key, value in {
                    "code": violation.rule,
                    "pointer": violation.pointer,
                    "message": violation.message,
                    "remedy": violation.remedy,
                    "value": violation.value,
                    "source": violation.source,
                }.items()
                if value or key in {"code", "pointer", "message"}
            }
            for violation in error.violations
        ]
        return problem_response(
            request,
            status=error.status,
            code=error.code,
            title=error.title,
            detail=error.detail,
            **({"errors": found} if found else {}),
        )
    if isinstance(error, Http404):
        return problem_response(request, status=404, code="not_found", title="Not found")
    if isinstance(error, PermissionDenied):
        return problem_response(request, status=403, code="not_permitted", title="You are not allowed to do this")
    if isinstance(error, drf.APIException):
        return _drf_problem(request, error)
    if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
        return problem_response(
            request,
            status=409,
            code="in_flight",
            title="Another request is working on the same object",
            detail="Wait a moment and send the same request again.",
        )
    return None


def _drf_problem(request: HttpRequest, error: drf.APIException) -> HttpResponse:
    status = error.status_code
    response = problem_response(
        request,
        status=status,
        code=DRF_CODES.get(status, "request"),
        title=str(error.default_detail),
        detail=str(error.detail) if isinstance(error.detail, str) else str(error.default_detail),
    )
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def unforeseen(request: HttpRequest) -> HttpResponse:
    """The answer to a fault of ours: the conversation id is what the caller can quote."""
    return problem_response(
        request,
        status=500,
        code="fault",
        title="Something went wrong on our side",
        detail="Nothing was stored. Quote the conversation id if you report it.",
    )
