"""Notifications as UN/EDIFACT: CUSRES of D.24A in an interchange of its own, for software that files CUSDEC.

The same notification always gives the same bytes. Each message says twice what it is: in the code that UN/EDIFACT has
for it (7365) where there is one, and always in the function code of the response (list DMS).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from singlewindow.kernel.edifact import Segment, interchange_write, segment
from singlewindow.notifications.types import Fault, FunctionCode, Notification, Payment, Statement, TaxLine
from singlewindow.notifications.xml_form import NoMessage

IDENTIFIER = "CUSRES:D:24A:UN"
CUSTOMS = "CUSTOMS"
OWN_LIST = "DMS"
"""Our own list of codes (1131), agreed between the parties (3055 ZZZ)."""

GENERAL, DOCUMENTS, ERRORS, TAXES = "961", "962", "963", "965"
"""What the document is (1001): a general, document, error or tax response of customs."""
RESPONSE = "11"
CONSIGNMENT_STATE = "5"
ISSUED, ACCEPTED_AT, RELEASED_AT, LIMIT = "137", "148", "204", "36"
MRN, LRN, ITEM = "ABT", "ABE", "AFD"
TEXT_LENGTH, TEXTS = 512, 5
REFERENCE_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REFERENCE_LENGTH = 14

F = FunctionCode
PROCESSING: dict[FunctionCode, str] = {
    F.ACCEPTED: "1",
    F.RECEIVED: "9",
    F.REJECTED: "2",
    F.CONTROL: "5",
    F.DOCUMENTS: "6",
    F.CORRECTED: "36",
    F.RELEASED: "4",
    F.CLEARED: "32",
    F.INSUFFICIENT: "30",
    F.REMINDER: "30",
    F.QUERY: "30",
    F.DETAINED: "7",
}
"""UN/EDIFACT 7365 of each function; the others have none that fits."""
GRANTED, DENIED = "39", "41"
DECIDED = {GRANTED: "15", DENIED: "16"}
KINDS: dict[FunctionCode, tuple[str, str]] = {
    F.REJECTED: (ERRORS, "RE"),
    F.DOCUMENTS: (DOCUMENTS, "AQ"),
    F.QUERY: (DOCUMENTS, "AQ"),
    F.TAX_LIABILITY: (TAXES, "AB"),
    F.INSUFFICIENT: (TAXES, "AQ"),
    F.REMINDER: (TAXES, "AQ"),
    F.CONTROL: (GENERAL, "AJ"),
    F.HELD: (GENERAL, "AJ"),
    F.DETAINED: (GENERAL, "AJ"),
    F.RECEIVED: (GENERAL, "AB"),
}
"""1001 and 4343 of each function; every other one is a general response, accepted."""


def cusres_write(told: Notification, recipient: str) -> bytes:
    """The interchange that stands for a notification.

    Args:
        recipient: identifier of the party that reads it.

    Raises:
        NoMessage: no message stands for the event; `silent` of the notification says why.
    """
    if told.function is None:
        raise NoMessage(told.silent)
    reference = _reference(told)
    inner = [_beginning(told, told.function), *_header(told, told.function), *_references(told)]
    inner += [part for fault in told.faults for part in _fault(fault)]
    inner += [part for payment in told.payments for part in _payment(payment, told.currency)]
    inner += list(_taxes(told.taxes, told.mrn or told.lrn, told.currency))
    return interchange_write(
        [("1", IDENTIFIER, inner)], sender=CUSTOMS, recipient=recipient, reference=reference, at=told.at
    )


def _reference(told: Notification) -> str:
    """The interchange's reference: the last characters of the event's id, in digits and capitals."""
    rest, text = told.id.int, ""
    while len(text) < REFERENCE_LENGTH:
        rest, digit = divmod(rest, len(REFERENCE_LETTERS))
        text = REFERENCE_LETTERS[digit] + text
    return text


def _beginning(told: Notification, function: FunctionCode) -> Segment:
    kind, answer = KINDS.get(function, (GENERAL, "AP"))
    if function is F.REQUEST_DECIDED and any(status.code == DENIED for status in told.statuses):
        answer = "RE"
    version = str(told.version) if told.version else ""
    return segment("BGM", kind, (told.mrn or told.lrn, version), RESPONSE, answer)


def _header(told: Notification, function: FunctionCode) -> Iterator[Segment]:
    yield _instant(ISSUED, told.at)
    released = next((status.released_at for status in told.statuses if status.released_at), None)
    if released:
        yield _instant(RELEASED_AT, released)
    limit = next((statement.limit for statement in told.statements if statement.limit), None)
    if limit:
        yield _instant(LIMIT, limit)
    for statement in told.statements:
        yield _statement(statement)
    code = PROCESSING.get(function)
    if function is F.REQUEST_DECIDED:
        code = next((DECIDED[status.code] for status in told.statuses if status.code in DECIDED), None)
    if code:
        yield segment("GEI", CONSIGNMENT_STATE, code)
    yield segment("GEI", CONSIGNMENT_STATE, (function.value, OWN_LIST, "ZZZ", function.short))


def _instant(qualifier: str, at: datetime) -> Segment:
    return segment("DTM", (qualifier, at.astimezone(UTC).strftime("%Y%m%d%H%M%S") + "UTC", "304"))


def _statement(statement: Statement) -> Segment:
    code = (statement.code, OWN_LIST, "ZZZ") if statement.code else ""
    return segment("FTX", "CUS", "", code, _texts(statement.text))


def _texts(text: str) -> tuple[str, ...]:
    """A text in the components that one segment has for it."""
    return tuple(text[start : start + TEXT_LENGTH] for start in range(0, len(text), TEXT_LENGTH))[:TEXTS] or ("",)


def _references(told: Notification) -> Iterator[Segment]:
    if told.mrn:
        yield segment("RFF", (MRN, told.mrn))
        if told.accepted_at:
            yield _instant(ACCEPTED_AT, told.accepted_at)
    if told.lrn:
        yield segment("RFF", (LRN, told.lrn))


def _fault(fault: Fault) -> Iterator[Segment]:
    """Where, which rule, and in words: what is wrong and what to do, the pointer to it, the value."""
    item = fault.pointer.removeprefix("/items/").partition("/")[0] if fault.pointer.startswith("/items/") else ""
    yield segment("ERP", ("2", str(int(item) + 1)) if item.isdecimal() else ("1",))
    short = fault.rule if len(fault.rule) <= 8 else "FORMAT"
    yield segment("ERC", (short, OWN_LIST, "ZZZ"))
    words = [part[:TEXT_LENGTH] for part in (fault.text, fault.pointer, fault.value, fault.rule)]
    yield segment("FTX", "AAO", "", "", words)


def _payment(payment: Payment, currency: str) -> Iterator[Segment]:
    # A payment with a reference is one charge of several; without one it is the sum of them all.
    if payment.reference:
        yield segment("TAX", "3", ("", "", "", payment.reference[:35]))
    else:
        yield segment("TAX", "4")
    yield segment("MOA", ("9", _amount(payment.amount), currency))
    if payment.assessed is not None:
        yield segment("MOA", ("161", _amount(payment.assessed), currency))


def _taxes(taxes: tuple[TaxLine, ...], document: str, currency: str) -> Iterator[Segment]:
    """Each tax of each goods item, below the declaration that it is part of."""
    if not taxes:
        return
    yield segment("DOC", "929", document)
    item = 0
    for tax in sorted(taxes, key=lambda line: line.item):
        if tax.item != item:
            item = tax.item
            yield segment("CST", str(item))
        rate = f"{tax.rate:f}" if tax.rate is not None else ""
        yield segment("TAX", "1", (tax.type, OWN_LIST, "ZZZ"), "", "", ("", "", "", rate))
        if tax.base is not None:
            yield segment("MOA", ("56", _amount(tax.base), currency))
        yield segment("MOA", ("161", _amount(tax.amount), currency))


def _amount(value: Decimal) -> str:
    return f"{value:f}"
