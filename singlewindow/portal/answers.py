"""The answer to a question of customs: words, and a file for each document that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearance.services import query_answer
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.receiving import files_received
from singlewindow.documents.rules.details import TEXT_MAX
from singlewindow.documents.selectors import elements
from singlewindow.documents.services import CheckedUpload, details_of, document_store, upload_check, upload_refused
from singlewindow.documents.types import Purpose, Upload
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.web.types import PageError

ANSWER_LENGTH = 4_000
OTHER = "N380"
"""What a file is called that was not asked for by a code."""


class AnswerForm(forms.Form):
    """The words of an answer."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write the answer.")},
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one document: what it is, what was filled in, what is wrong with it."""

    code: str
    name: str
    number: str = ""
    kept: tuple[Upload, ...] = ()
    file_error: str = ""
    number_error: str = ""

    @property
    def file_field(self) -> str:
        """The name of its file field."""
        return f"file_{self.code}"

    @property
    def number_field(self) -> str:
        """The name of its field for the document's number."""
        return f"number_{self.code}"


@dataclass(frozen=True, slots=True)
class Given:
    """What came with an answer: its slots as filled in, and the files that were looked through."""

    slots: tuple[Slot, ...]
    checked: tuple[tuple[Slot, CheckedUpload], ...]

    @property
    def wrong(self) -> bool:
        """Whether a slot has an error."""
        return any(slot.file_error or slot.number_error for slot in self.slots)


def slots_of(codes: Sequence[str]) -> tuple[Slot, ...]:
    """A place for each document asked for; one for any other where none was."""
    if not codes:
        return (Slot(OTHER, _("Document, if it helps")),)
    return tuple(Slot(code, elements()[code].name if code in elements() else code) for code in codes)


def slots_read(request: HttpRequest, actor: Actor, slots: Sequence[Slot]) -> Given:
    """Read what was sent for each slot and look the files through; nothing is kept yet."""
    done = [_slot_read(request, actor, slot) for slot in slots]
    return Given(tuple(slot for slot, _found in done), tuple((slot, one) for slot, found in done for one in found))


def _slot_read(request: HttpRequest, actor: Actor, slot: Slot) -> tuple[Slot, list[CheckedUpload]]:
    slot = replace(slot, number=request.POST.get(slot.number_field, "").strip()[:TEXT_MAX])
    try:
        uploads = files_received(request, actor, slot.file_field, purpose=Purpose.DOCUMENT)
    except NotFound:
        return replace(slot, file_error=_("The file was not kept. Choose it again.")), []
    except DomainError as refused:
        return replace(slot, file_error=_told(refused)), []
    found: list[CheckedUpload] = []
    for upload in uploads:
        try:
            found.append(upload_check(actor, upload.id))
        except DomainError as refused:
            if refused.code.startswith("file."):
                upload_refused(actor, upload.id, refused)
            return replace(slot, file_error=_told(refused)), []
    number_error = _("Write the number that stands on the document.") if found and not slot.number else ""
    return replace(slot, kept=tuple(uploads), number_error=number_error), found


def _told(refused: DomainError) -> str:
    found = [f"{_(one.message)} {_(one.remedy)}".strip() for one in refused.violations if one.message]
    return " ".join(found) or _(refused.detail)


def answer_give(actor: Actor, *, declaration_id: UUID, query_id: UUID, answer: str, given: Given) -> None:
    """Keep the files and answer with them, all or nothing. Raises what `query_answer` and `document_store` raise."""
    with unit_of_work() as work:
        documents = [
            document_store(work, actor, checked, details_of(slot.code, slot.number)).id
            for slot, checked in given.checked
        ]
        query_answer(declaration_id=declaration_id, query_id=query_id, actor=actor, answer=answer, documents=documents)


def thread_of(queries: Sequence[Any], bound: Sequence[Any]) -> list[dict[str, Any]]:
    """The thread with the documents of each answer and the names of those asked for."""
    return [
        {
            "query": query,
            "asked": [slot.name + f" ({slot.code})" for slot in slots_of(query.codes)] if query.codes else [],
            "documents": [document for document, link in bound if link.answers == query.pk],
        }
        for query in queries
    ]


def slots_open(queries: Sequence[Any]) -> tuple[Slot, ...]:
    """Places for the documents of the question that waits for an answer."""
    open_one = next((query for query in queries if query.answered_at is None), None)
    return slots_of(open_one.codes) if open_one else ()


def slot_errors(slots: Sequence[Slot]) -> list[PageError]:
    """What is wrong with the slots, each with the place to mend it."""
    told = [(slot.name, slot.file_error, slot.file_field) for slot in slots]
    told += [(slot.name, slot.number_error, slot.number_field) for slot in slots]
    return [PageError(f"{name}: {error}", f"#id_{field}") for name, error, field in told if error]
