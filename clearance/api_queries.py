"""REST of queries and documents of a declaration: read the thread, answer in it, bind documents, ask for them once."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from agencies.services import asker_of, documents_request
from clearance import openapi_queries as openapi
from clearance.models import Query
from clearance.selectors import document_owners, query_thread
from clearance.services import query_answer
from declarations.selectors import declaration_head_for
from declarations.services.authority import acting_for_required
from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, uuid_of
from singlewindow.db.work import Work
from singlewindow.documents.responses import document_output, link_output
from singlewindow.documents.selectors import documents_of
from singlewindow.documents.services import AlreadyHeld, ask_refusal_record, document_link
from singlewindow.documents.types import DocumentInfo, LinkInfo, Subject
from singlewindow.kernel import clock, strict_json
from singlewindow.kernel.errors import FormatRefused, NotFound, NotPermitted, Violation

BODY_MAX = 65_536
Json = dict[str, Any]


class QueriesView(ApiView):
    """GET /api/v1/declarations/{id}/queries"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.QUERIES)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """Questions and answers, oldest first, each with its element, deadline and consequence."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        bound = documents_of(head.id)
        thread = query_thread(head.id)
        rows = [query_output(number, query, bound) for number, query in enumerate(thread, start=1)]
        return json_response({"queries": rows})


class AnswersView(ApiView):
    """POST /api/v1/declarations/{id}/queries/{n}/answers"""

    permission_required = Permission.LODGE_DECLARATION

    @extend_schema(**openapi.ANSWER)
    def post(self, request: Request, declaration_id: str, number: int) -> HttpResponse:
        """Answer in the thread, with documents."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = _told(body, texts=("answer",), lists=("documents",))
        acting_for_required(head, self.actor, clock.now())
        thread = query_thread(head.id)
        if not 1 <= number <= len(thread):
            raise NotFound
        documents = [uuid_of(text) for text in told.get("documents", [])]

        def act(work: Work) -> Answer:
            query_answer(
                declaration_id=head.id,
                query_id=thread[number - 1].pk,
                actor=self.actor,
                answer=told.get("answer", ""),
                documents=documents,
            )
            work.flush()
            row = query_output(number, query_thread(head.id)[number - 1], documents_of(head.id))
            return Answer(201, orjson.dumps(row))

        return idempotent(request._request, self.actor, act, body=body)


class DeclarationDocumentsView(ApiView):
    """/api/v1/declarations/{id}/documents"""

    permission_required = Permission.VIEW_OWN_DECLARATION

    @extend_schema(**openapi.DOCUMENTS)
    def get(self, request: Request, declaration_id: str) -> HttpResponse:
        """Documents that are bound to it, and how."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        return json_response({"documents": [bound_output(*pair) for pair in documents_of(head.id)]})

    @extend_schema(**openapi.BIND)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Bind a document of one's shelf to it."""
        head = declaration_head_for(self.actor, uuid_of(declaration_id))
        self.actor.require(Permission.LODGE_DECLARATION)
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = _told(body, texts=("document_id",), numbers=("item",))
        acting_for_required(head, self.actor, clock.now())
        document_id = uuid_of(told.get("document_id", ""))

        def act(work: Work) -> Answer:
            document = document_link(
                work,
                self.actor,
                document_id=document_id,
                owners=document_owners(head, self.actor),
                subject=Subject.DECLARATION,
                subject_id=head.id,
                item=told.get("item", 0),
            )
            return Answer(201, orjson.dumps(document_output(document)))

        return idempotent(request._request, self.actor, act, body=body)


class RequestsView(ApiView):
    """POST /api/v1/declarations/{id}/document-requests"""

    permission_required = Permission.ASK_ELEMENT

    def check_permissions(self, request: Request) -> None:
        """To software of anybody else the address does not exist. Raises NotFound."""
        try:
            super().check_permissions(request)
        except NotPermitted as refused:
            raise NotFound from refused

    @extend_schema(**openapi.REQUEST)
    def post(self, request: Request, declaration_id: str) -> HttpResponse:
        """Ask for documents or elements, as a body of the border; refused where they are here."""
        asked_of = uuid_of(declaration_id)
        try:
            asker_of(self.actor, asked_of)
        except NotPermitted as refused:
            raise NotFound from refused
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = _told(body, texts=("exception", "consequence"), lists=("codes",), numbers=("hours",))

        def act(work: Work) -> Answer:
            answer = documents_request(
                work,
                self.actor,
                declaration_id=asked_of,
                codes=told.get("codes", []),
                exception=told.get("exception", ""),
                consequence=told.get("consequence", ""),
                hours=told.get("hours", 48),
            )
            return Answer(201, orjson.dumps(answer))

        try:
            return idempotent(request._request, self.actor, act, body=body)
        except AlreadyHeld as refused:
            ask_refusal_record(refused)
            raise


def query_output(number: int, query: Query, bound: Any) -> Json:
    """A query of the thread as JSON."""
    return {
        "number": number,
        "id": str(query.pk),
        "question": query.question,
        "element": query.pointer,
        "documents_asked_for": query.codes,
        "asked_at": query.asked_at.isoformat(),
        "deadline": query.deadline.isoformat(),
        "consequence": query.consequence,
        "lapsed_at": query.lapsed_at.isoformat() if query.lapsed_at else None,
        "answer": query.answer,
        "answered_at": query.answered_at.isoformat() if query.answered_at else None,
        "documents": [str(document.id) for document, link in bound if link.answers == query.pk],
    }


def bound_output(document: DocumentInfo, link: LinkInfo) -> Json:
    """A document with why it is bound."""
    return document_output(document) | {"link": link_output(link)}


def _told(
    body: bytes, *, texts: tuple[str, ...] = (), lists: tuple[str, ...] = (), numbers: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    told = strict_json.loads(body, max_bytes=BODY_MAX)
    if not isinstance(told, dict):
        raise FormatRefused("The body is an object.", code="format.object")
    found = [_wrong(name, value, texts, lists, numbers) for name, value in told.items()]
    if any(found):
        raise FormatRefused("The body cannot be read.", violations=[one for one in found if one], code="format.field")
    return told


def _wrong(
    name: str, value: object, texts: tuple[str, ...], lists: tuple[str, ...], numbers: tuple[str, ...]
) -> Violation | None:
    fits = (
        (name in texts and isinstance(value, str))
        or (name in lists and isinstance(value, list) and all(isinstance(one, str) for one in value))
        or (name in numbers and type(value) is int and 0 <= value <= 999)
    )
    message = "There is no such field, or it has another type."
    return None if fits else Violation("format.field", f"/{name[:40]}", message)
