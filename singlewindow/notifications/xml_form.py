"""Notifications as XML: Response of the WCO (RES-DMS 2) inside MetaData, the form of the CDS notifications.

The same notification always gives the same bytes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from lxml import etree
from lxml.etree import _Element

from singlewindow.notifications.types import Fault, Notification, Payment, Pointer, Statement, Status, TaxLine

METADATA = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
RES = "urn:wco:datamodel:WCO:RES-DMS:2"
TYPES = "urn:wco:datamodel:WCO:Response_DS:DMS:2"
NAMESPACES: dict[str, str] = {"md": METADATA, "resp": RES, "ds": TYPES}
MODEL_VERSION = "3.6"
AMOUNT_PLACES = Decimal("0.001")
CODE_LENGTH, TEXT_LENGTH, REFERENCE_LENGTH = 8, 512, 35


class NoMessage(ValueError):
    """No message of the WCO stands for the event; `silent` of the notification says why."""


def notification_xml(told: Notification) -> bytes:
    """The response that stands for a notification.

    Raises:
        NoMessage: none does.
    """
    if told.function is None:
        raise NoMessage(told.silent)
    metadata = etree.Element(f"{{{METADATA}}}MetaData", nsmap=NAMESPACES)
    head = ("WCODataModelVersionCode", MODEL_VERSION), ("WCOTypeName", "RES")
    for name, text in head:
        etree.SubElement(metadata, f"{{{METADATA}}}{name}").text = text
    response = _part(metadata, "Response")
    _leaf(response, "FunctionCode", told.function.value)
    _leaf(response, "FunctionalReferenceID", told.id.hex)
    _instant(response, "IssueDateTime", told.at)
    for statement in told.statements:
        _statement(response, statement)
    for path in told.changed:
        amendment = _part(response, "Amendment")
        _leaf(amendment, "ChangeReasonCode", told.change_reason)
        _path(amendment, path)
    for fault in told.faults:
        _fault(response, fault)
    for status in told.statuses:
        _status(response, status)
    _declaration(response, told)
    return etree.tostring(metadata, xml_declaration=True, encoding="UTF-8")


def _part(around: _Element, name: str) -> _Element:
    return etree.SubElement(around, f"{{{RES}}}{name}")


def _leaf(around: _Element, name: str, text: str, **attributes: str) -> None:
    if text:
        etree.SubElement(around, f"{{{RES}}}{name}", attributes).text = _clean(text)


def _clean(text: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff" and not "\ud800" <= sign <= "\udfff")
    )


def _instant(around: _Element, name: str, at: datetime | None) -> None:
    if at is not None:
        text = etree.SubElement(_part(around, name), f"{{{TYPES}}}DateTimeString", {"formatCode": "304"})
        text.text = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _path(around: _Element, path: Pointer) -> None:
    for step in path:
        pointer = _part(around, "Pointer")
        _leaf(pointer, "SequenceNumeric", str(step.sequence) if step.sequence else "")
        _leaf(pointer, "DocumentSectionCode", step.section)
        _leaf(pointer, "TagID", step.tag)


def _statement(response: _Element, statement: Statement) -> None:
    part = _part(response, "AdditionalInformation")
    _leaf(part, "StatementCode", statement.code)
    _leaf(part, "StatementDescription", statement.text[:TEXT_LENGTH])
    _instant(part, "LimitDateTime", statement.limit)
    _leaf(part, "StatementTypeCode", statement.type)
    _path(part, statement.path)


def _fault(response: _Element, fault: Fault) -> None:
    part = _part(response, "Error")
    short = fault.rule if len(fault.rule) <= CODE_LENGTH else CODES.get(fault.rule, OTHER_FORMAT)
    named = "" if short == fault.rule else f"[{fault.rule}] "
    _leaf(part, "Description", f"{named}{fault.text}"[:TEXT_LENGTH])
    _leaf(part, "ValidationCode", short)
    _path(part, fault.path)


OTHER_FORMAT = "CDS10020"
CODES = {
    "format.missing": "CDS10001",
    "format.unknown_field": "CDS10002",
    "format.unknown_element": "CDS10002",
    "format.repeated": "CDS10003",
    "format.pattern": "CDS10010",
    "format.length": "CDS10010",
    "format.type": "CDS10010",
    "format.decimal": "CDS10010",
}
"""Codes of CDS for findings whose id is longer than the eight characters that the element holds."""


def _status(response: _Element, status: Status) -> None:
    part = _part(response, "Status")
    _instant(part, "EffectiveDateTime", status.effective_at)
    _leaf(part, "NameCode", status.code)
    _instant(part, "ReleaseDateTime", status.released_at)


def _declaration(response: _Element, told: Notification) -> None:
    part = _part(response, "Declaration")
    _instant(part, "AcceptanceDateTime", told.accepted_at)
    _instant(part, "CancellationDateTime", told.cancelled_at)
    _leaf(part, "FunctionalReferenceID", told.lrn[:REFERENCE_LENGTH])
    _leaf(part, "ID", told.mrn)
    _instant(part, "RejectionDateTime", told.rejected_at)
    _leaf(part, "VersionID", str(told.version) if told.version else "")
    for payment in told.payments:
        _payment(_part(part, "DutyTaxFee"), payment, told.currency)
    if told.taxes:
        _goods(_part(part, "GoodsShipment"), told.taxes, told.currency)


def _payment(fee: _Element, payment: Payment, currency: str) -> None:
    part = _part(fee, "Payment")
    _leaf(part, "ReferenceID", payment.reference[:REFERENCE_LENGTH])
    if payment.assessed is not None:
        _amount(part, "TaxAssessedAmount", payment.assessed, currency)
    _instant(part, "DueDateTime", payment.due)
    _amount(part, "PaymentAmount", payment.amount, currency)


def _goods(shipment: _Element, lines: Iterable[TaxLine], currency: str) -> None:
    for item, taxes in groupby(sorted(lines, key=lambda line: line.item), key=lambda line: line.item):
        goods = _part(shipment, "GovernmentAgencyGoodsItem")
        _leaf(goods, "SequenceNumeric", str(item))
        commodity = _part(goods, "Commodity")
        for line in taxes:
            _tax(_part(commodity, "DutyTaxFee"), line, currency)


def _tax(fee: _Element, line: TaxLine, currency: str) -> None:
    if line.base is not None:
        _amount(fee, "AdValoremTaxBaseAmount", line.base, currency)
    if line.rate is not None:
        _leaf(fee, "TaxRateNumeric", f"{line.rate.quantize(AMOUNT_PLACES, ROUND_HALF_UP):f}")
    _leaf(fee, "TypeCode", line.type[:3])
    payment = _part(fee, "Payment")
    _amount(payment, "TaxAssessedAmount", line.amount, currency)
    _amount(payment, "PaymentAmount", line.amount, currency)


def _amount(around: _Element, name: str, value: Decimal, currency: str) -> None:
    text = f"{value.quantize(AMOUNT_PLACES, ROUND_HALF_UP).normalize():f}"
    _leaf(around, name, text, **({"currencyID": currency} if currency else {}))
