"""Refusals that help: what is wrong, where, which rule, and what to do. The API and the pages only translate them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: the rule's id, a JSON pointer to the element, a sentence, and the way out."""

    rule: str
    pointer: str
    message: str
    remedy: str = ""
    value: str = ""
    source: str = ""
    """Where the element stands in the sender's own format (an XPath for XML), when that differs from the pointer."""


class DomainError(Exception):
    """A refusal with a stable code; `violations` holds every finding, in the order of the message."""

    code = "refused"
    status = 422
    title = "The request was refused"

    def __init__(self, detail: str = "", *, violations: Iterable[Violation] = (), code: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.violations = tuple(violations)
        if code is not None:
            self.code = code


class FormatRefused(DomainError):
    """The bytes are not the message they claim to be (code `json.*`, `xml.*`, `format.*`)."""

    code = "format"
    status = 400
    title = "The message cannot be read"


class TooLarge(FormatRefused):
    """The body is larger than the window reads; refused before it is parsed."""

    code = "too_large"
    status = 413
    title = "The message is too large"


class UnsupportedMedia(FormatRefused):
    """The content type or encoding is none that this address takes."""

    code = "media_type"
    status = 415
    title = "The content type is not supported here"


class RuleViolated(DomainError):
    """A well-formed request breaks one or more rules; all of them are listed."""

    code = "rule_violated"
    title = "The request breaks one or more rules"


class NotAuthenticated(DomainError):
    """Nobody is signed in, or the token is not valid."""

    code = "not_authenticated"
    status = 401
    title = "Sign in, or send a valid access token"


class NotPermitted(DomainError):
    """The actor may not do this; nothing about the object is revealed."""

    code = "not_permitted"
    status = 403
    title = "You are not allowed to do this"


class NotFound(DomainError):
    """There is no such object for this actor: absent and foreign look the same."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The state of the object, or another request, stands against it."""

    code = "conflict"
    status = 409
    title = "The request conflicts with the present state"


class TransitionRefused(Conflict):
    """The life cycle has no such arrow from the present state."""

    code = "state"
    title = "This step is not possible in the present state"


class PreconditionFailed(DomainError):
    """The object changed since the caller read it (If-Match)."""

    code = "stale"
    status = 412
    title = "The object changed since you read it"


class SignatureInvalid(DomainError):
    """A message must be signed and is not, or its signature does not prove who sent it or what would be read."""

    code = "signature.invalid"
    status = 401
    title = "The signature of the message is not valid"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        rule = code or self.code
        super().__init__(detail, violations=(Violation(rule, "", detail),), code=code)
