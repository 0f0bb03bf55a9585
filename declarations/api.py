"""REST of declarations: lodge, list, read, present the goods, follow the timeline."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from declarations import openapi
from declarations.messages import XML_TYPES, parse, write_xml
from declarations.messages.signed import opened
from declarations.selectors import (
    ListFilter,
    declaration_head_for,
    declaration_page_for,
    declaration_snapshot_for,
    timeline,
)
from declarations.services import declaration_lodge_in, duplicate_lrn_named, goods_present_in
from declarations.states import GoodsState, LegalState
from declarations.types import Channel, DeclarationHead, DeclarationRow, DeclarationSnapshot, Lodged
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, NotPermitted, Violation

ROOT = "/api/v1/declarations"
XML_BODY_MAX = 5_000_000
JSON_BODY_MAX = 1_048_576
SMALL_BODY_MAX = 4_096
Json = dict[str, Any]


class DeclarationsView(ApiView):
    """/api/v1/declarations"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.LODGE)
    def post(self, request: Request) -> HttpResponse:
        """Lodge a declaration; the same key and body again give the same answer."""
        if not self.actor.may(Permission.LODGE_DECLARATION):
            raise NotPermitted
        xml = request._request.content_type in XML_TYPES
        limit = XML_BODY_MAX if xml else JSON_BODY_MAX
        body = body_of(request, "application/json", *sorted(XML_TYPES), limit=limit)
        media_type = request._request.META["CONTENT_TYPE"]
        body_read, actor = opened(self.actor, body) if xml else (body, self.actor)
        actor.require(Permission.LODGE_DECLARATION)
        parsed = parse(body_read, media_type)

        def act(work: Work) -> Answer:
            lodged = declaration_lodge_in(
                work,
                message=parsed.message,
                actor=actor,
                channel=Channel.XML if xml else Channel.JSON,
                warnings=parsed.warnings,
            )
            headers = {"Location": f"{ROOT}/{lodged.id}", "ETag": f'"{_etag(lodged)}"'}
            return Answer(201, orjson.dumps(lodged_output(lodged)), headers)

        with duplicate_lrn_named(self.actor, parsed.message.lrn):
            return idempotent(request._request, self.actor, act, body=body)

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of lodged declarations, newest first."""
        known_parameters(request, "legal_state", "goods_state", "direction", "q")
        query = request.query_params
        page = declaration_page_for(
            self.actor,
            narrow=ListFilter(
                states=[LegalState(value) for value in _choices(request, "legal_state", set(LegalState))],
                goods_states=[GoodsState(value) for value in _choices(request, "goods_state", set(GoodsState))],
                direction=next(iter(_choices(request, "direction", {"import", "export"})), None),  # type: ignore[arg-type]
                text=query.get("q", "")[:35],
                lodged_only=True,
            ),
            cursor=query.get("cursor", ""),
            size=page_size_of(request),
        )
        rows = [row_output(row) for row in page.rows]
        return json_response({"declarations": rows, "next_cursor": page.next_cursor})


class DeclarationView(ApiView):
    """/api/v1/declarations/{id}"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.READ)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """One declaration with its content."""
        snapshot = declaration_snapshot_for(self.actor, uuid_of(declaration_id))
        if _wants_xml(request):
            return _xml_response(request, snapshot)
        value = head_output(snapshot) | {"declaration": snapshot.message.canonical()}
        return json_response(value, request=request, etag=_etag(snapshot))


class PresentationView(ApiView):
    """/api/v1/declarations/{id}/presentation"""

    permission_required = Permission.PRESENT_GOODS

    @extend_schema(**openapi.PRESENT)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Say that the goods have arrived; acceptance and release follow."""
        found = declaration_head_for(self.actor, uuid_of(declaration_id)).id
        body = b"" if _is_empty(request) else body_of(request, "application/json", limit=SMALL_BODY_MAX)
        at = _presented_at(body)

        def act(work: Work) -> Answer:
            head = goods_present_in(work, actor=self.actor, declaration_id=found, at=at)
            return Answer(200, orjson.dumps(head_output(head)), {"ETag": f'"{_etag(head)}"'})

        return idempotent(request._request, self.actor, act, body=body)


class TimelineView(ApiView):
    """/api/v1/declarations/{id}/timeline"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.TIMELINE)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """What happened, by whom, when, and what comes next."""
        history = timeline(uuid_of(declaration_id), self.actor)
        steps = [
            {"at": _instant(step.at), "code": step.code, "sentence": step.sentence, "who": step.who}
            | ({"reason": step.reason} if step.reason else {})
            for step in history.steps
        ]
        return json_response({"steps": steps, "next_step": history.next_step})


def _wants_xml(request: Request) -> bool:
    """Whether the first type that the caller accepts is XML; everything else gets JSON."""
    first = request._request.headers.get("Accept", "").split(",")[0].split(";")[0]
    return first.strip().lower() in XML_TYPES


def _xml_response(request: Request, snapshot: DeclarationSnapshot) -> HttpResponse:
    """The content alone as WCO XML, which can be lodged again under another LRN."""
    tag = f'"{_etag(snapshot)}-xml"'
    headers = {"ETag": tag, "Vary": "Accept"}
    if tag in request._request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(write_xml(snapshot.message), content_type="application/xml", headers=headers)


def lodged_output(lodged: Lodged) -> Json:
    """The receipt of a lodgement."""
    return {
        "id": str(lodged.id),
        "mrn": lodged.mrn,
        "lrn": lodged.lrn,
        "version": lodged.version,
        "legal_state": lodged.legal_state.value,
        "goods_state": lodged.goods_state.value,
        "canonical_sha256": lodged.canonical_sha256,
        "lodged_at": _instant(lodged.lodged_at),
        "expires_at": _instant(lodged.expires_at),
        "warnings": [_warning(warning) for warning in lodged.warnings],
        "links": _links(lodged.id),
    }


def head_output(head: DeclarationHead) -> Json:
    """Where a declaration stands."""
    return {
        "id": str(head.id),
        "mrn": head.mrn,
        "lrn": head.lrn,
        "version": head.version,
        "direction": head.direction,
        "legal_state": head.legal_state.value,
        "goods_state": head.goods_state.value,
        "canonical_sha256": head.content_sha256,
        "lodged_at": _instant(head.lodged_at),
        "presented_at": _instant(head.presented_at),
        "accepted_at": _instant(head.accepted_at),
        "released_at": _instant(head.released_at),
        "expires_at": _instant(head.expires_at),
        "links": _links(head.id),
    }


def row_output(row: DeclarationRow) -> Json:
    """One line of the list."""
    return {
        "id": str(row.id),
        "mrn": row.mrn,
        "lrn": row.lrn,
        "direction": row.direction,
        "type_code": row.type_code,
        "legal_state": row.legal_state.value,
        "goods_state": row.goods_state.value,
        "lodged_by": row.lodged_by_name,
        "item_count": row.item_count,
        "lodged_at": _instant(row.lodged_at),
        "released_at": _instant(row.released_at),
        "links": {"self": f"{ROOT}/{row.id}"},
    }


def _links(declaration_id: UUID) -> Json:
    own = f"{ROOT}/{declaration_id}"
    return {"self": own, "presentation": f"{own}/presentation", "timeline": f"{own}/timeline"}


def _etag(standing: Lodged | DeclarationHead) -> str:
    """Changes with each step and each version, and with nothing else."""
    return f"{standing.version}-{standing.legal_state}-{standing.goods_state}"


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _warning(found: Violation) -> Json:
    named = {"code": found.rule, "pointer": found.pointer, "message": found.message, "remedy": found.remedy}
    return {name: value for name, value in named.items() if value}


def _choices(request: Request, name: str, known: set[Any]) -> list[str]:
    """The values of a filter, separated by commas.

    Raises:
        FormatRefused: one of them is no value of this filter.
    """
    values = [value for value in request.query_params.get(name, "").split(",") if value]
    if not set(values) <= {str(value) for value in known}:
        raise FormatRefused(f"{name} is one or more of: {', '.join(sorted(map(str, known)))}.", code=f"query.{name}")
    return values


def _is_empty(request: Request) -> bool:
    return request._request.headers.get("Content-Length", "0") in {"", "0"}


def _presented_at(body: bytes) -> datetime | None:
    """The time in a presentation's body, which may be empty.

    Raises:
        FormatRefused: it is not of the form `{"presented_at": "2026-11-22T10:15:00Z"}`.
    """
    if not body:
        return None
    value = strict_json.loads(body) or ({} if body.lstrip().startswith(b"{") else None)
    example = 'Send {"presented_at": "2026-11-22T10:15:00Z"}, or nothing for the present moment.'
    if not isinstance(value, dict) or not value.keys() <= {"presented_at"}:
        raise FormatRefused(example, code="format.fields")
    text = value.get("presented_at")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise FormatRefused(example, code="format.instant") from error
    if at.tzinfo is None:
        raise FormatRefused(f"The time needs a zone. {example}", code="format.instant")
    return at.astimezone(UTC)
