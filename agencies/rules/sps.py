"""Reads a UN/CEFACT SPSCertificate (version 17; the ePhyto of the IPPC): bounded, and with every fault at once.

Source: UN/CEFACT SPSCertificate; ISPM 12, appendix 1; docs/rules/agencies.md, AG-080.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree
from lxml.etree import _Element

from agencies.schemas.certificates import CertificateAct, CertificateLine, CertificateMessage
from singlewindow.kernel.errors import FormatRefused, Violation

ROOT = "SPSCertificate"
LINES_MAX = 500
ACTS = {"70": CertificateAct.ISSUE, "39": CertificateAct.ISSUE, "40": CertificateAct.WITHDRAW}
REPLACES = frozenset({"RPL", "ACW"})
"""Relationship codes of a referenced document that this one takes the place of."""
KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001")}
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class _Reader:
    """The message, and what is wrong with it so far."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.found: list[Violation] = []

    def fault(self, path: str, sentence: str, value: str = "") -> None:
        self.found.append(Violation("format.certificate", f"/{path}", sentence, value=value[:60]))

    def text(self, path: str, *, limit: int = 200, needed: bool = False, under: _Element | None = None) -> str:
        element = (self.root if under is None else under).find("/".join(f"{{*}}{part}" for part in path.split("/")))
        value = " ".join((element.text or "").split()) if element is not None else ""
        if needed and not value:
            self.fault(path, "This is needed.")
        if len(value) > limit:
            self.fault(path, f"At most {limit} characters.", value)
        return value[:limit]

    def country(self, path: str) -> str:
        value = self.text(path, limit=10)
        if value and not COUNTRY.fullmatch(value):
            self.fault(path, "A country has two capital letters.", value)
            return ""
        return value

    def day(self, path: str) -> date:
        told = self.text(path, limit=35, needed=True)
        if not told:
            return date.min
        for form in ("%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S%z"):
            try:
                return datetime.strptime(told, form).date()  # noqa: DTZ007  (only its day counts, as it is written)
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(told).date()
        except ValueError:
            self.fault(path, "This is no date.", told)
            return date.min

    def kilograms(self, under: _Element, path: str) -> Decimal | None:
        element = under.find("/".join(f"{{*}}{part}" for part in path.split("/")))
        if element is None or not (element.text or "").strip():
            return None
        factor = KILOGRAMS.get(element.get("unitCode", "KGM"))
        try:
            value = Decimal((element.text or "").strip())
        except InvalidOperation:
            value = Decimal(-1)
        if factor is None or not value.is_finite() or not 0 < value < 10**12:
            self.fault(path, "This is no mass in kilograms, tonnes or grams.", element.text or "")
            return None
        return round(value * factor, 6)


def certificate_read(root: _Element) -> CertificateMessage:
    """Read a certificate that was safely parsed.

    Raises:
        FormatRefused: certificate.unreadable, with every fault and its place.
    """
    if etree.QName(root).localname != ROOT:
        raise FormatRefused("This is no SPSCertificate.", code="certificate.unreadable")
    reader = _Reader(root)
    document, consignment = "SPSExchangedDocument", "SPSConsignment"
    status = reader.text(f"{document}/StatusCode", limit=10, needed=True)
    if status and status not in ACTS:
        reader.fault(f"{document}/StatusCode", "70 issues a certificate and 40 withdraws it.", status)
    lines = _lines(reader)
    export = reader.country(f"{consignment}/ExportSPSCountry/ID")
    country = reader.country(f"{document}/IssuerSPSParty/SpecifiedSPSAddress/CountryID") or export
    if not country:
        reader.fault(f"{consignment}/ExportSPSCountry/ID", "The issuing country is needed.")
    message = CertificateMessage(
        number=reader.text(f"{document}/ID", limit=70, needed=True),
        type_code=reader.text(f"{document}/TypeCode", limit=3, needed=True),
        act=ACTS.get(status, CertificateAct.ISSUE),
        issued_on=reader.day(f"{document}/IssueDateTime/DateTimeString")
        if root.find(f"{{*}}{document}/{{*}}IssueDateTime/{{*}}DateTimeString") is not None
        else reader.day(f"{document}/IssueDateTime/DateTime"),
        country=country,
        name=reader.text(f"{document}/Name"),
        issuer=reader.text(f"{document}/IssuerSPSParty/Name"),
        consignor=reader.text(f"{consignment}/ConsignorSPSParty/Name"),
        consignee=reader.text(f"{consignment}/ConsigneeSPSParty/Name"),
        destination=reader.country(f"{consignment}/ImportSPSCountry/ID"),
        replaces=_replaced(reader),
        net_kg=_net(reader, lines),
        lines=lines,
    )
    if message.act is CertificateAct.ISSUE and message.net_kg is None:
        reader.fault(f"{consignment}/IncludedSPSConsignmentItem", "The net mass of the goods is needed.")
    if reader.found:
        raise FormatRefused("The certificate has faults.", code="certificate.unreadable", violations=reader.found)
    return message


def _replaced(reader: _Reader) -> str:
    for one in reader.root.findall("{*}SPSExchangedDocument/{*}ReferenceSPSReferencedDocument"):
        if reader.text("RelationshipTypeCode", under=one, limit=10) in REPLACES:
            return reader.text("ID", under=one, limit=70)
    return ""


def _lines(reader: _Reader) -> tuple[CertificateLine, ...]:
    path = "{*}SPSConsignment/{*}IncludedSPSConsignmentItem/{*}IncludedSPSTradeLineItem"
    elements = reader.root.findall(path)
    if len(elements) > LINES_MAX:
        reader.fault("SPSConsignment/IncludedSPSConsignmentItem", f"At most {LINES_MAX} lines are read.")
    return tuple(_line(reader, number, one) for number, one in enumerate(elements[:LINES_MAX], start=1))


def _line(reader: _Reader, number: int, element: _Element) -> CertificateLine:
    classes = tuple(
        (reader.text("SystemID", under=one, limit=20) or reader.text("SystemName", under=one, limit=20), code)
        for one in element.findall("{*}ApplicableSPSClassification")
        if (code := reader.text("ClassCode", under=one, limit=30))
    )
    return CertificateLine(
        number=number,
        description=reader.text("Description", under=element),
        scientific_name=reader.text("ScientificName", under=element),
        classifications=classes,
        origin=reader.text("OriginSPSCountry/ID", under=element, limit=2),
        net_kg=reader.kilograms(element, "NetWeightMeasure"),
    )


def _net(reader: _Reader, lines: tuple[CertificateLine, ...]) -> Decimal | None:
    """The net mass of the whole: what the consignment says, else the sum of its lines."""
    consignment = reader.root.find("{*}SPSConsignment")
    if consignment is not None and (told := reader.kilograms(consignment, "NetWeightMeasure")) is not None:
        return told
    masses = [line.net_kg for line in lines]
    if not masses or any(mass is None for mass in masses):
        return None
    return sum((mass for mass in masses if mass is not None), Decimal(0))
