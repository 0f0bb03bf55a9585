"""Reads of kept documents: the shelf of an organisation, and who else may read a document of it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.module_loading import import_string

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.documents.models import QUOTA_BYTES, Document, DocumentLink, Shelf
from singlewindow.documents.states import ScanState
from singlewindow.documents.types import (
    AskSubject,
    DocumentInfo,
    Kind,
    LinkInfo,
    LinkPurpose,
    Named,
    Subject,
)
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of


def document_info(row: Document) -> DocumentInfo:
    """The row as a value; its file must have been read with it."""
    return DocumentInfo(
        id=row.pk,
        organisation_id=row.organisation_id,
        code=row.code,
        reference=row.reference,
        issuer=row.issuer,
        issued_on=row.issued_on,
        valid_to=row.valid_to,
        name=row.name,
        kind=Kind(row.file.kind),
        size_bytes=row.file.size_bytes,
        sha256=row.file.sha256,
        scan=ScanState(row.file.scan),
        given_at=row.given_at,
        reused=getattr(row, "reused", 0),
    )


def _rows() -> QuerySet[Document]:
    return Document.objects.select_related("file").annotate(reused=Count("links"))


def document_page(
    actor: Actor, *, cursor: str = "", code: str = "", text: str = "", size: int = PAGE_SIZE
) -> Page[DocumentInfo]:
    """The shelf of the actor's organisation, newest first. Raises FormatRefused: the cursor is of another list."""
    if actor.organisation_id is None or not actor.may(Permission.SEND_FILE):
        raise NotFound
    rows = _rows().filter(organisation_id=actor.organisation_id)
    if code:
        rows = rows.filter(code=code)
    if text:
        rows = rows.filter(Q(reference__icontains=text) | Q(name__icontains=text))
    if cursor:
        rows = rows.filter(pk__lt=_uuid(str(cursor_decode(cursor, str)[0])))
    found = [document_info(row) for row in rows.order_by("-pk")[: size + 1]]
    return page_of(found, size, lambda one: (str(one.id),))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def document_for(actor: Actor, document_id: UUID) -> DocumentInfo:
    """A document that the actor may read.

    Its own organisation may; others only where it is bound to a declaration in which they have a part (as party, as
    customs, or as an agency that requires something there), or to a permit of theirs (`settings.DOCUMENT_READERS`).

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    row = _rows().filter(pk=document_id).first()
    if row is None or not (_own(actor, row) or _read_elsewhere(actor, row)):
        raise NotFound
    return document_info(row)


def _own(actor: Actor, row: Document) -> bool:
    return actor.may(Permission.SEND_FILE) and row.organisation_id == actor.organisation_id


def _read_elsewhere(actor: Actor, row: Document) -> bool:
    subjects: dict[str, list[UUID]] = {}
    for subject, subject_id in DocumentLink.objects.filter(document=row).values_list("subject", "subject_id"):
        subjects.setdefault(subject, []).append(subject_id)
    return any(
        import_string(settings.DOCUMENT_READERS[subject])(actor, tuple(dict.fromkeys(ids)))
        for subject, ids in subjects.items()
    )


def links_for(actor: Actor, document: DocumentInfo) -> Sequence[LinkInfo]:
    """Where a document is used, oldest first: all of it to its holder, to others only what they have a part in."""
    own = actor.may(Permission.SEND_FILE) and document.organisation_id == actor.organisation_id
    rows = list(DocumentLink.objects.filter(document_id=document.id).order_by("pk"))
    named = {(row.subject, row.subject_id) for row in rows}
    seen = {one for one in named if own or import_string(settings.DOCUMENT_READERS[one[0]])(actor, one[1:])}
    return [
        LinkInfo(
            subject=Subject(row.subject),
            subject_id=row.subject_id,
            item=row.item,
            purpose=LinkPurpose(row.purpose),
            answers=row.answers,
            linked_at=row.linked_at,
        )
        for row in rows
        if (row.subject, row.subject_id) in seen
    ]


def documents_of(subject_id: UUID) -> Sequence[tuple[DocumentInfo, LinkInfo]]:
    """Documents bound to a declaration or a permit, in one query; the caller has established who may read them."""
    rows = DocumentLink.objects.filter(subject_id=subject_id).select_related("document__file").order_by("pk")
    return [
        (
            document_info(row.document),
            LinkInfo(
                subject=Subject(row.subject),
                subject_id=row.subject_id,
                item=row.item,
                purpose=LinkPurpose(row.purpose),
                answers=row.answers,
                linked_at=row.linked_at,
            ),
        )
        for row in rows
    ]


def documents_named(parties: Iterable[UUID], named: Iterable[Named]) -> dict[Named, DocumentInfo]:
    """Held documents by the names that a declaration gives them: the newest of each that is still valid."""
    wanted = list(named)
    rows = Document.objects.select_related("file").filter(
        Q(valid_to=None) | Q(valid_to__gte=clock.today()),
        organisation_id__in=list(parties),
        code__in={one.code for one in wanted},
        reference__in={one.reference for one in wanted},
    )
    newest = {(row.code, row.reference): document_info(row) for row in rows.order_by("pk")} if wanted else {}
    return {one: newest[one.code, one.reference] for one in wanted if (one.code, one.reference) in newest}


def document_held(subject: AskSubject, code: str) -> DocumentInfo | None:
    """A document of a code that is here for a declaration: bound to it, or named by it and on a party's shelf."""
    bound = DocumentLink.objects.filter(subject_id=subject.declaration_id, document__code=code)
    link = bound.select_related("document__file").order_by("pk").first()
    if link is not None:
        return document_info(link.document)
    found = documents_named(subject.parties, [one for one in subject.named if one.code == code])
    return next(iter(found.values()), None)


def shelf_room(actor: Actor) -> tuple[int, int]:
    """How many bytes the organisation keeps, and how many it may."""
    shelf = Shelf.objects.filter(organisation_id=actor.organisation_id).first() if actor.organisation_id else None
    return (shelf.stored_bytes, shelf.quota_bytes) if shelf else (0, QUOTA_BYTES)
