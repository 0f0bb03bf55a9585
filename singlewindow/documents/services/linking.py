"""Documents are bound to what they prove: by a declaration's own words, by their holder, by the answer to a query."""

from uuid import UUID

from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.documents.models import Document, DocumentLink
from singlewindow.documents.selectors.documents import document_info
from singlewindow.documents.types import AskSubject, DocumentInfo, LinkPurpose, Subject
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import commitment
from singlewindow.kernel.errors import Conflict, RuleViolated, Violation

PER_SUBJECT_MAX = 20

LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 20))"
COUNT_SQL = "SELECT count(DISTINCT document_id) FROM documents_documentlink WHERE subject_id = %s AND document_id <> %s"
MATCH_SQL = """
INSERT INTO documents_documentlink (document_id, subject, subject_id, item, purpose, linked_by, linked_at)
SELECT d.id, 'declaration', %(declaration)s, n.item, 'declared', %(actor)s, %(now)s
FROM unnest(%(codes)s::text[], %(references)s::text[], %(items)s::int[]) AS n(code, reference, item)
JOIN LATERAL (
    SELECT id FROM documents_document
    WHERE organisation_id = ANY(%(parties)s::uuid[]) AND code = n.code AND reference = n.reference
      AND (valid_to IS NULL OR valid_to >= %(today)s)
    ORDER BY id DESC LIMIT 1) d ON true
ON CONFLICT DO NOTHING RETURNING document_id, item
"""


def document_link(
    work: Work,
    actor: Actor,
    *,
    document_id: UUID,
    owners: tuple[UUID, ...],
    subject: Subject,
    subject_id: UUID,
    item: int = 0,
    answers: UUID | None = None,
) -> DocumentInfo:
    """Bind a document to a subject; a second time it changes nothing.

    The caller has established that the actor may act for the subject; `owners` are the organisations whose documents
    may be named there. A document of anybody else is unknown, in the same words as one that is nowhere (A5).

    Locks: the subject, so that of two documents at once past the limit one is refused.

    Raises:
        RuleViolated: DOC-LNK-01, unknown document.
        Conflict: DOC-LNK-02, the subject has twenty documents.
    """
    row = Document.objects.select_related("file").filter(pk=document_id, organisation_id__in=owners).first()
    if row is None:
        message = "There is no such document on your shelf."
        remedy = "Send the file first, then name the id that the answer gives."
        unknown = Violation("DOC-LNK-01", "/document_id", message, remedy)
        raise RuleViolated(message, violations=[unknown], code="document.unknown")
    work.fetch(LOCK_SQL, [str(subject_id)])
    (count,) = work.fetch(COUNT_SQL, [subject_id, document_id])[0]
    if count >= PER_SUBJECT_MAX:
        message = f"{PER_SUBJECT_MAX} documents are bound to this already."
        found = Violation("DOC-LNK-02", "/document_id", message, "Put pages that belong together into one file.")
        raise Conflict(message, violations=[found], code="file.count")
    purpose = LinkPurpose.ANSWER if answers else LinkPurpose.SUPPORT
    link, new = DocumentLink.objects.get_or_create(
        document=row,
        subject=subject.value,
        subject_id=subject_id,
        item=item,
        answers=answers,
        defaults={"purpose": purpose.value, "linked_by": actor.label, "linked_at": clock.now()},
    )
    if new:
        _linked_record(work, actor, row, link)
    return document_info(row)


def documents_match(work: Work, subject: AskSubject) -> int:
    """Bind documents that the parties hold to a declaration that names them by code and number; one statement.

    Idempotent: a document that is bound already stays bound once. Source: DOC-LNK-03.
    """
    if not subject.named:
        return 0
    actor = system_actor("documents")
    found = work.fetch(
        MATCH_SQL,
        {
            "declaration": subject.declaration_id,
            "actor": actor.label,
            "now": clock.now(),
            "today": clock.today(),
            "codes": [one.code for one in subject.named],
            "references": [one.reference for one in subject.named],
            "items": [one.item for one in subject.named],
            "parties": list(subject.parties),
        },
    )
    for document_id, item in found:
        event_record(
            work,
            actor=actor,
            verb=Verb.DOCUMENT_LINKED,
            subject_type="declaration",
            subject_id=str(subject.declaration_id),
            data={"document": str(document_id), "item": item, "purpose": LinkPurpose.DECLARED.value},
        )
    return len(found)


def _linked_record(work: Work, actor: Actor, row: Document, link: DocumentLink) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.DOCUMENT_LINKED,
        subject_type=link.subject,
        subject_id=str(link.subject_id),
        data={
            "document": str(row.pk),
            "item": link.item,
            "purpose": link.purpose,
            "query": str(link.answers or ""),
            "commitment": commitment(bytes(row.salt), row.file.sha256.encode()).hex(),
        },
    )
