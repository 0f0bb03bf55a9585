"""REST of changes: amend, invalidate, read the requests, take one back."""

import re
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from pydantic import Field, ValidationError
from rest_framework.request import Request

from clearance import openapi
from clearance.services.changes import change_request_in, change_withdraw_in
from declarations.messages import XML_TYPES, message_read, parse
from declarations.messages.findings import findings
from declarations.messages.signed import opened
from declarations.schemas import DeclarationMessage
from declarations.schemas.changes import MAX_OPERATIONS, ChangeOperation
from declarations.schemas.fields import An3, Part
from declarations.selectors import declaration_head_for, declaration_snapshot_for
from declarations.selectors.changes import change_of, changes_of
from declarations.services.authority import acting_for_required, office_of
from declarations.services.changes import Asked
from declarations.services.contents import changes_apply
from declarations.states import ChangeState
from declarations.types import Change, ChangeKind, Channel, DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, uuid_of
from singlewindow.db.work import Work
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import FormatRefused, PreconditionFailed
from singlewindow.kernel.money import from_minor

ROOT = "/api/v1/declarations"
XML_BODY_MAX = 5_000_000
JSON_BODY_MAX = 1_048_576
SMALL_BODY_MAX = 16_384
ETAG = re.compile(r'"(?P<etag>(?P<version>[0-9]{1,6})-[A-Z]+-[A-Z_]+)"', re.ASCII)
Json = dict[str, Any]
P = TypeVar("P", bound=Part)


class AmendmentBody(Part):
    """An amendment: the whole new content, or operations on the present one; and why."""

    version: int | None = Field(default=None, strict=True, ge=1)
    """The version that it was written on; not needed with If-Match."""
    reason: str = ""
    reason_code: An3 | None = None
    reference: str = Field(default="", max_length=35)
    declaration: dict[str, Any] | None = None
    operations: tuple[ChangeOperation, ...] = Field(default=(), max_length=MAX_OPERATIONS)


class InvalidationBody(Part):
    """An invalidation: why, and after release what shows that the goods came back."""

    version: int | None = Field(default=None, strict=True, ge=1)
    reason: str = ""
    reason_code: An3 | None = None
    reference: str = Field(default="", max_length=35)
    evidence: str = ""


class WithdrawalBody(Part):
    """Why a request is taken back; may be left out."""

    reason: str = Field(default="", max_length=2000)


class AmendmentsView(ApiView):
    """/api/v1/declarations/{id}/amendments"""

    permission_required = Permission.LODGE_DECLARATION

    @extend_schema(**openapi.AMEND)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Ask for an amendment; the answer says whether it is granted."""
        found = _visible(self.actor, declaration_id)
        xml = request._request.content_type in XML_TYPES
        limit = XML_BODY_MAX if xml else JSON_BODY_MAX
        body = body_of(request, "application/json", *sorted(XML_TYPES), limit=limit)
        content_read, actor = opened(self.actor, body) if xml else (body, self.actor)
        actor.require(Permission.LODGE_DECLARATION)
        wanted, proposed = _amendment_xml(request, content_read) if xml else _amendment_json(body)

        def act(work: Work) -> Answer:
            head = _acting(actor, found)
            base = _base_version(request, head, wanted.version)
            content = proposed or _operated(actor, found, wanted)
            asked = Asked(
                kind=ChangeKind.AMEND,
                reason=wanted.reason,
                reason_code=wanted.reason_code or "",
                reference=wanted.reference,
                channel=(Channel.XML if xml else Channel.JSON).value,
                proposed=content,
            )
            change = change_request_in(work, actor=actor, declaration_id=found, base_version=base, asked=asked)
            return _created(change)

        return idempotent(request._request, self.actor, act, body=body)


class InvalidationsView(ApiView):
    """/api/v1/declarations/{id}/invalidations"""

    permission_required = Permission.LODGE_DECLARATION

    @extend_schema(**openapi.INVALIDATE)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Ask for an invalidation; the answer says whether it is granted."""
        found = _visible(self.actor, declaration_id)
        body = body_of(request, "application/json", limit=SMALL_BODY_MAX)
        wanted = _read(InvalidationBody, body)

        def act(work: Work) -> Answer:
            head = _acting(self.actor, found)
            asked = Asked(
                kind=ChangeKind.INVALIDATE,
                reason=wanted.reason,
                reason_code=wanted.reason_code or "",
                reference=wanted.reference,
                evidence=wanted.evidence.strip(),
                channel=Channel.JSON.value,
            )
            base = _base_version(request, head, wanted.version)
            change = change_request_in(work, actor=self.actor, declaration_id=found, base_version=base, asked=asked)
            return _created(change)

        return idempotent(request._request, self.actor, act, body=body)


class ChangesView(ApiView):
    """/api/v1/declarations/{id}/changes"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.LIST)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """Every request about a declaration, newest first."""
        known_parameters(request)
        head = _acting(self.actor, uuid_of(declaration_id))
        return json_response({"changes": [change_output(change) for change in changes_of(head.id)]})


class ChangeView(ApiView):
    """/api/v1/declarations/{id}/changes/{number}"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.READ)
    def get(self, request: Request, declaration_id: str, number: int) -> HttpResponse:
        """One request with its decision."""
        head = _acting(self.actor, uuid_of(declaration_id))
        return json_response(change_output(change_of(head.id, number)))


class WithdrawalView(ApiView):
    """/api/v1/declarations/{id}/changes/{number}/withdrawal"""

    permission_required = Permission.LODGE_DECLARATION

    @extend_schema(**openapi.WITHDRAW)
    def post(self, request: Request, declaration_id: str, number: int) -> HttpResponse:
        """Take back a request that was not decided yet."""
        found = _visible(self.actor, declaration_id)
        empty = request._request.headers.get("Content-Length", "0") in {"", "0"}
        body = b"" if empty else body_of(request, "application/json", limit=SMALL_BODY_MAX)
        wanted = _read(WithdrawalBody, body or b"{}")

        def act(work: Work) -> Answer:
            _acting(self.actor, found)
            change = change_withdraw_in(
                work, actor=self.actor, declaration_id=found, number=number, reason=wanted.reason
            )
            return Answer(200, orjson.dumps(change_output(change)))

        return idempotent(request._request, self.actor, act, body=body)


def _visible(actor: Actor, declaration_id: str) -> UUID:
    """A declaration of the actor's, asked before the body is looked at: another's does not exist. Raises NotFound."""
    return declaration_head_for(actor, uuid_of(declaration_id)).id


def _acting(actor: Actor, declaration_id: UUID) -> DeclarationHead:
    """The declaration, for those who may act on it at this moment.

    Raises:
        NotFound: it is none of the actor's.
        NotPermitted: the mandate under which it was filed has ended.
    """
    head = declaration_head_for(actor, declaration_id)
    if not office_of(actor):
        acting_for_required(head, actor, clock.now())
    return head


def _amendment_json(body: bytes) -> tuple[AmendmentBody, DeclarationMessage | None]:
    wanted = _read(AmendmentBody, body)
    if (wanted.declaration is None) == (not wanted.operations):
        raise FormatRefused("Send either `declaration` or `operations`.", code="format.amendment")
    return wanted, message_read(wanted.declaration) if wanted.declaration is not None else None


def _amendment_xml(request: Request, body: bytes) -> tuple[AmendmentBody, DeclarationMessage]:
    """A whole declaration message; what it has no place for stands in the query."""
    known_parameters(request, "reason", "reason_code", "version")
    query = {name: request.query_params[name] for name in ("reason", "reason_code") if name in request.query_params}
    version = request.query_params.get("version", "")
    wanted: Json = query | ({"version": int(version)} if version.isascii() and version.isdecimal() else {})
    return _validated(AmendmentBody, wanted), parse(body, request._request.META["CONTENT_TYPE"]).message


def _operated(actor: Actor, declaration_id: UUID, wanted: AmendmentBody) -> DeclarationMessage:
    return changes_apply(declaration_snapshot_for(actor, declaration_id).message, wanted.operations)


def _read(kind: type[P], body: bytes) -> P:
    values = strict_json.loads(body)
    if values is None and body.lstrip().startswith(b"{"):  # an empty object is nothing given
        values = {}
    if not isinstance(values, dict):
        raise FormatRefused("Send a JSON object.", code="format.type")
    return _validated(kind, values)


def _validated(kind: type[P], values: Json) -> P:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = findings(error)
        raise FormatRefused(found[0].message, code=found[0].rule, violations=found) from None


def _base_version(request: Request, head: DeclarationHead, stated: int | None) -> int:
    """The version that the sender has read: by If-Match, or in the body.

    Raises:
        FormatRefused: neither names one.
        PreconditionFailed: If-Match names another standing.
    """
    header = request._request.headers.get("If-Match")
    if header is None:
        if stated is None:
            raise FormatRefused("Name the version that you changed: If-Match, or `version`.", code="format.version")
        return stated
    named = ETAG.fullmatch(header.strip())
    if named is None or named["etag"] != f"{head.version}-{head.legal_state}-{head.goods_state}":
        raise PreconditionFailed("The declaration changed since you read it; read it again.")
    return int(named["version"])


def _created(change: Change) -> Answer:
    location = f"{ROOT}/{change.declaration_id}/changes/{change.number}"
    return Answer(201, orjson.dumps(change_output(change)), {"Location": location})


def change_output(change: Change) -> Json:
    """A request as its parties may read it: customs decided, not which officer."""
    own = f"{ROOT}/{change.declaration_id}"
    return {
        "number": change.number,
        "kind": change.kind.value,
        "state": change.state.value,
        "stage": change.stage.value,
        "base_version": change.base_version,
        "granted_version": change.granted_version,
        "reference": change.reference,
        "reason_code": change.reason_code,
        "reason": change.reason,
        "evidence": change.evidence,
        "rule": change.rule,
        "voluntary": change.voluntary,
        "requested_by": "customs" if change.kind is ChangeKind.CORRECT else "declarant",
        "requested_at": _instant(change.requested_at),
        "deadline": _instant(change.deadline),
        "decided_by": decided_by(change),
        "decided_at": _instant(change.decided_at),
        "decision_reason": change.decision_reason,
        "difference": [dict(line) for line in change.difference],
        "money": _money(change),
        "links": {"self": f"{own}/changes/{change.number}", "declaration": own},
    }


def decided_by(change: Change) -> str | None:
    """Who decided: the window, customs, or the declarant who took it back."""
    if change.decided_at is None:
        return None
    if change.state is ChangeState.WITHDRAWN:
        return "declarant"
    return "window" if change.decided_by.startswith("system:") else "customs"


def _money(change: Change) -> Json | None:
    if not change.currency:
        return None
    amounts = {
        "before": change.money_before_minor,
        "after": change.money_after_minor,
        "delta": change.money_delta_minor,
    }
    texts = {
        name: None if minor is None else f"{from_minor(minor, change.currency):f}" for name, minor in amounts.items()
    }
    return texts | {"currency": change.currency}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
