"""Answers to a filer's software in XML: the success response with the receipt, and the error response."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from singlewindow.kernel.errors import Violation

SUCCESS = "http://www.hmrc.gov.uk/successresponse/2"
RESPONSE_DATA = "http://www.govtalk.gov.uk/enforcement/ICS/responsedata/7"
ERRORS = "http://www.govtalk.gov.uk/CM/errorresponse"
RAISED_BY = "ZZCUS"
_NUMBER = re.compile(r"EN-([0-9]{4})")
FORMAT_NUMBER = 4001
"""Number of every finding on the form of a message (message guide: the XML does not fit its schema)."""
RECEIVED, LATE = 1, 2


def success_response(*, mrn: str, state: str, late: bool, at: datetime, correlation_id: str) -> bytes:
    """The receipt of a message that was taken."""
    root = etree.Element(f"{{{SUCCESS}}}SuccessResponse", nsmap={"sr": SUCCESS})
    _message(root, RECEIVED, f"The declaration has the MRN {mrn}; state: {state}.")
    if late:
        _message(root, LATE, "The declaration came after the time limit of its mode of transport.")
    accepted = etree.SubElement(root, f"{{{SUCCESS}}}AcceptedTime")
    accepted.text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    holder = etree.SubElement(root, f"{{{SUCCESS}}}ResponseData")
    data = etree.SubElement(holder, f"{{{RESPONSE_DATA}}}ICSResponseData", nsmap={"ics": RESPONSE_DATA})
    etree.SubElement(data, f"{{{RESPONSE_DATA}}}CorrelationId").text = correlation_id[:14]
    return _bytes(root)


def error_response(violations: Sequence[Violation], *, detail: str = "") -> bytes:
    """Every finding of a message that was refused: number, sentence and the path of the element."""
    found = violations or (Violation("refused", "", detail),)
    root = etree.Element(f"{{{ERRORS}}}ErrorResponse", nsmap={"err": ERRORS}, SchemaVersion="2.0")
    application = etree.SubElement(root, f"{{{ERRORS}}}Application")
    etree.SubElement(application, f"{{{ERRORS}}}MessageCount").text = str(len(found))
    for violation in found:
        rule = _NUMBER.fullmatch(violation.rule)
        error = etree.SubElement(root, f"{{{ERRORS}}}Error")
        parts = {
            "RaisedBy": RAISED_BY,
            "Number": rule[1] if rule else str(FORMAT_NUMBER),
            "Type": "schema" if violation.rule.startswith("format.") else "business",
            "Text": f"{violation.message} {violation.remedy}".strip(),
            "Location": violation.source or violation.pointer,
        }
        for name, text in parts.items():
            if text:
                etree.SubElement(error, f"{{{ERRORS}}}{name}").text = text
    return _bytes(root)


def _message(root: etree._Element, code: int, text: str) -> None:
    etree.SubElement(root, f"{{{SUCCESS}}}Message", code=str(code)).text = text


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
