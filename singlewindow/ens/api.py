"""REST of entry summary declarations: lodge, amend, list, read, answer what is asked."""

from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.ens import openapi
from singlewindow.ens.family import ROOT, receipt_answer
from singlewindow.ens.messages import read_json, read_xml
from singlewindow.ens.messages.answers import error_response, success_response
from singlewindow.ens.models import EntryQuestion, EntrySummary
from singlewindow.ens.selectors import EntryView, entry_page, entry_view, shown_state
from singlewindow.ens.services import entry_take, question_answer
from singlewindow.ens.states import EntryState
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel import safe_xml, strict_json
from singlewindow.kernel.errors import DomainError, FormatRefused

XML_TYPES = ("application/xml", "text/xml")
XML_BODY_MAX, SMALL_BODY_MAX = 5_000_000, 16_384
_REFUSED_IN_XML = frozenset({400, 409, 413, 422})
Json = dict[str, Any]


class EntrySummariesView(ApiView):
    """/api/v1/entry-summaries"""

    permission_required = Permission.ENTRY_VIEW_OWN

    @extend_schema(**openapi.LODGE)
    def post(self, request: Request) -> HttpResponse:
        """Lodge (CC315A) or amend (CC313A); the same key and body again give the same answer."""
        self.actor.require(Permission.ENTRY_FILE)
        body = body_of(request, "application/json", *XML_TYPES, limit=XML_BODY_MAX)
        xml = request._request.content_type in XML_TYPES
        wants_xml = "xml" in request._request.headers.get("Accept", "")
        try:
            response = self._taken(request, body, xml=xml)
        except DomainError as refusal:
            if not wants_xml or refusal.status not in _REFUSED_IN_XML:
                raise
            content = error_response(refusal.violations, detail=refusal.detail)
            return HttpResponse(content, status=refusal.status, content_type="application/xml")
        return _in_xml(response) if wants_xml else response

    def _taken(self, request: Request, body: bytes, *, xml: bool) -> HttpResponse:
        message = read_xml(safe_xml.parse(body)) if xml else read_json(body)

        def act(work: Work) -> Answer:
            made = entry_take(work, message=message, actor=self.actor, channel="xml" if xml else "json")
            return receipt_answer(made)

        return idempotent(request._request, self.actor, act, body=body)

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of the declarations of your organisation, newest first."""
        known_parameters(request, "state", "q")
        state = request.query_params.get("state", "")
        if state and state not in {one.value for one in EntryState}:
            raise FormatRefused("state is one of the states of the description.", code="query.state")
        page = entry_page(
            self.actor,
            cursor=request.query_params.get("cursor", ""),
            state=state,
            search=request.query_params.get("q", "")[:22],
            size=page_size_of(request),
        )
        rows = [row_output(row) for row in page.rows]
        return json_response({"entry_summaries": rows, "next_cursor": page.next_cursor})


class EntrySummaryView(ApiView):
    """/api/v1/entry-summaries/{id}"""

    permission_required = Permission.ENTRY_VIEW_OWN

    @extend_schema(**openapi.READ)
    def get(self, request: Request, entry_id: str) -> HttpResponse:
        """One declaration: where it stands, what is asked, and its content."""
        view = entry_view(self.actor, uuid_of(entry_id))
        answered = sum(question.answered_at is not None for question in view.questions)
        etag = f"{view.entry.version}-{shown_state(view.entry)}-{answered}"
        return json_response(whole_output(view), request=request, etag=etag)


class EntryResponseView(ApiView):
    """/api/v1/entry-summaries/{id}/response"""

    permission_required = Permission.ENTRY_VIEW_OWN

    @extend_schema(**openapi.RESPONSE)
    def get(self, request: Request, entry_id: str) -> HttpResponse:
        """The receipt as the success response of ICS."""
        view = entry_view(self.actor, uuid_of(entry_id))
        entry = view.entry
        content = success_response(
            mrn=entry.mrn,
            state=shown_state(entry),
            late=entry.late,
            at=entry.lodged_at,
            correlation_id=view.message.values["message_id"],
        )
        return HttpResponse(content, content_type="application/xml")


class EntryAnswersView(ApiView):
    """/api/v1/entry-summaries/{id}/answers"""

    permission_required = Permission.ENTRY_FILE

    @extend_schema(**openapi.ANSWER)
    def post(self, request: Request, entry_id: str) -> HttpResponse:
        """Answer a request for information."""
        found = entry_view(self.actor, uuid_of(entry_id)).entry.id
        body = body_of(request, "application/json", limit=SMALL_BODY_MAX)
        question, text = _answer_of(body)

        def act(work: Work) -> Answer:
            entry = question_answer(work, entry_id=found, question_id=uuid_of(question), actor=self.actor, answer=text)
            return Answer(200, orjson.dumps(row_output(entry)))

        return idempotent(request._request, self.actor, act, body=body)


def row_output(entry: EntrySummary) -> Json:
    """One line of the list."""
    return {
        "id": str(entry.id),
        "mrn": entry.mrn,
        "lrn": entry.lrn,
        "version": entry.version,
        "state": shown_state(entry),
        "transport_mode": entry.transport_mode,
        "office": entry.office,
        "expected_at": _instant(entry.expected_at),
        "late": entry.late,
        "lodged_at": _instant(entry.lodged_at),
        "links": {"self": f"{ROOT}/{entry.id}", "response": f"{ROOT}/{entry.id}/response"},
    }


def whole_output(view: EntryView) -> Json:
    """Where a declaration stands; of linked filings only whether totals agree, for they are others' business."""
    entry, linked = view.entry, view.linked
    forbidden = entry.state == EntryState.DO_NOT_LOAD
    return row_output(entry) | {
        "due_at": _instant(entry.due_at) if entry.state == EntryState.INFORMATION_REQUESTED else None,
        "reason": entry.decision_reason if forbidden else "",
        "questions": [question_output(question) for question in view.questions],
        "linked": {
            "master_filed": linked.master is not None,
            "houses": len(linked.houses),
            "differs_in": [difference.field for difference in linked.differences],
        },
        "entry_summary": _content(view.message),
    }


def question_output(question: EntryQuestion) -> Json:
    """A request for information."""
    return {
        "id": str(question.id),
        "number": question.number,
        "code": question.code,
        "pointer": question.pointer,
        "text": question.text,
        "due_at": _instant(question.due_at),
        "answer": question.answer,
        "answered_at": _instant(question.answered_at),
        "open": question.answered_at is None and question.withdrawn_at is None,
    }


def _content(message: EntryMessage) -> Json:
    return message.canonical


def _in_xml(response: HttpResponse) -> HttpResponse:
    receipt = orjson.loads(response.content)
    content = success_response(
        mrn=receipt["mrn"],
        state=receipt["state"],
        late=receipt["late"],
        at=datetime.fromisoformat(receipt["lodged_at"]),
        correlation_id=receipt["correlation_id"],
    )
    made = HttpResponse(content, status=response.status_code, content_type="application/xml")
    for name in ("Location", "Idempotent-Replayed"):
        if name in response:
            made[name] = response[name]
    return made


def _answer_of(body: bytes) -> tuple[str, str]:
    """The question and the answer in a body.

    Raises:
        FormatRefused: it is not of the form `{"question_id": "…", "answer": "…"}`.
    """
    value = strict_json.loads(body)
    if not isinstance(value, dict) or value.keys() != {"question_id", "answer"}:
        raise FormatRefused('Send {"question_id": "…", "answer": "…"}.', code="format.fields")
    question, answer = value["question_id"], value["answer"]
    if not isinstance(question, str) or not isinstance(answer, str):
        raise FormatRefused("Both are texts.", code="format.type")
    return question, answer


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
