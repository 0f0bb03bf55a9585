"""Documents as answers: their values as JSON, their bytes as an attachment that no browser runs."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from singlewindow.documents.types import DocumentInfo, LinkInfo


def document_output(document: DocumentInfo) -> dict[str, Any]:
    """A document as JSON."""
    return {
        "id": str(document.id),
        "code": document.code,
        "reference": document.reference,
        "issuer": document.issuer,
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "valid_to": document.valid_to.isoformat() if document.valid_to else None,
        "name": document.name,
        "media_type": document.media_type,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "scan": document.scan.value,
        "given_at": document.given_at.isoformat(),
        "used": document.reused,
        "content": f"/api/v1/documents/{document.id}/content",
    }


def link_output(link: LinkInfo) -> dict[str, Any]:
    """A use of a document as JSON."""
    return {
        "subject": link.subject.value,
        "subject_id": str(link.subject_id),
        "item": link.item,
        "purpose": link.purpose.value,
        "query_id": str(link.answers) if link.answers else None,
        "linked_at": link.linked_at.isoformat(),
    }


def document_response(document: DocumentInfo, plain: bytes) -> HttpResponse:
    """The file as an attachment: kept by no cache, guessed at by no browser, run in no page of ours."""
    return HttpResponse(
        plain,
        content_type=document.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Digest": f"sha-256={document.sha256}",
        },
    )
