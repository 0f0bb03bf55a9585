"""A message that is refused leaves no row: its DMSREJ is the answer to the request itself, for who asks for XML.

Named in `settings.REFUSAL_FORMS`, so that the API never learns of messages.
"""

from django.http import HttpRequest, HttpResponse
from lxml import etree

from singlewindow.kernel import clock, safe_xml
from singlewindow.kernel.errors import DomainError, FormatRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.notifications.pointers import path_of
from singlewindow.notifications.types import Fault, FunctionCode, Notification
from singlewindow.notifications.xml_form import notification_xml

XML_TYPE = "application/xml"
ANSWERED = frozenset({400, 409, 413, 415, 422})
"""Refusals of the message; who may not ask at all, or not now, is told so in the form that every answer has."""


def refusal_xml(request: HttpRequest, refusal: DomainError, body: bytes) -> HttpResponse | None:
    """The DMSREJ of a refused XML message: every finding with its rule, its place and its value; None for others."""
    if refusal.status not in ANSWERED or not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    found = refusal.violations or (Violation(refusal.code, "", refusal.detail),)
    now = clock.now()
    told = Notification(
        id=uuid7(),
        type="rejected",
        at=now,
        subject="",
        function=FunctionCode.REJECTED,
        lrn=_reference(body),
        rejected_at=now,
        faults=tuple(fault_of(violation) for violation in found),
    )
    return HttpResponse(notification_xml(told), status=refusal.status, content_type=XML_TYPE)


def fault_of(violation: Violation) -> Fault:
    """A finding of ours as an error of a response: what is wrong, then the value, then what to do."""
    parts = [violation.message, f"({violation.value})" if violation.value else "", violation.remedy]
    return Fault(
        rule=violation.rule,
        text=" ".join(part for part in parts if part),
        pointer=violation.pointer,
        value=violation.value,
        remedy=violation.remedy,
        path=path_of(violation.pointer, violation.source),
    )


def _reference(body: bytes) -> str:
    """The sender's own reference, where the message can be read at all."""
    try:
        root = safe_xml.parse(body)
    except FormatRefused:
        return ""
    for element in root.iter(etree.Element):
        if etree.QName(element).localname == "FunctionalReferenceID":
            return (element.text or "").strip()[:35]
    return ""
