"""Applications for permits in several states, and a certificate of another country."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from agencies.services import (
    IssueLine,
    IssueOrder,
    application_apply,
    application_draft,
    certificate_receive,
    part_issue,
    part_query,
    part_refuse,
)
from agencies.types import ApplicationInfo
from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock

ORANGES = {"commodity_code": "0805102000", "description": "Sweet oranges, fresh", "country": "MA"}
POULTRY = {"commodity_code": "0207140000", "description": "Poultry cuts, frozen", "country": "BR"}
GRAPES = {"commodity_code": "0806100000", "description": "Table grapes", "country": "CL"}

CERTIFICATE = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:SPSCertificate xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:17"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21">
 <rsm:SPSExchangedDocument><ram:Name>Phytosanitary certificate</ram:Name><ram:ID>CL-2026-0004711</ram:ID>
  <ram:TypeCode>851</ram:TypeCode><ram:StatusCode>70</ram:StatusCode>
  <ram:IssueDateTime><udt:DateTimeString>{day}</udt:DateTimeString></ram:IssueDateTime>
  <ram:IssuerSPSParty><ram:Name>Plant health service of the exporting country</ram:Name></ram:IssuerSPSParty>
 </rsm:SPSExchangedDocument>
 <rsm:SPSConsignment><ram:ConsignorSPSParty><ram:Name>Valle Verde SA</ram:Name></ram:ConsignorSPSParty>
  <ram:ConsigneeSPSParty><ram:Name>Amari Foods Ltd</ram:Name></ram:ConsigneeSPSParty>
  <ram:ExportSPSCountry><ram:ID>CL</ram:ID></ram:ExportSPSCountry>
  <ram:ImportSPSCountry><ram:ID>ZZ</ram:ID></ram:ImportSPSCountry>
  <ram:IncludedSPSConsignmentItem><ram:IncludedSPSTradeLineItem>
   <ram:Description>Table grapes</ram:Description><ram:ScientificName>Vitis vinifera</ram:ScientificName>
   <ram:NetWeightMeasure unitCode="KGM">18000</ram:NetWeightMeasure>
   <ram:ApplicableSPSClassification><ram:SystemID>HS</ram:SystemID><ram:ClassCode>080610</ram:ClassCode>
   </ram:ApplicableSPSClassification><ram:OriginSPSCountry><ram:ID>CL</ram:ID></ram:OriginSPSCountry>
  </ram:IncludedSPSTradeLineItem></ram:IncludedSPSConsignmentItem></rsm:SPSConsignment></rsm:SPSCertificate>"""


def applications_load() -> int:
    """Write applications of the demonstration trader: a draft, and others that agencies have taken up."""
    trader, officer = (actor_of_user(User.objects.get(username=name)) for name in ("trader", "plant-health"))
    assert trader.organisation_id is not None
    _draft(trader, (GRAPES, "18000"))
    with clock.frozen(clock.now() - timedelta(hours=20)):
        _sent(trader, (ORANGES, "24000"), (POULTRY, "12000"))  # its fee of the veterinary service is owed
        asked, issued, refused = (_sent(trader, (goods, "5000")) for goods in (ORANGES, GRAPES, ORANGES))
    part_query(
        actor=officer,
        part_id=asked.parts[0].id,
        text="From which orchard do the oranges come?",
        element="Line 1, origin",
        consequence="The application is decided on what is here.",
    )
    today = clock.today()
    lines = (IssueLine(1, Decimal(5000)),)
    order = IssueOrder(valid_from=today, valid_to=today + timedelta(days=180), lines=lines, tolerance=Decimal("0.02"))
    part_issue(actor=officer, part_id=issued.parts[0].id, order=order)
    reason = "The region of origin is under quarantine for citrus canker."
    part_refuse(actor=officer, part_id=refused.parts[0].id, reason=reason, law="Plant Protection Act 2011, section 16")
    with unit_of_work() as work:
        body = CERTIFICATE.format(day=today.strftime("%Y%m%d")).encode()
        certificate_receive(work, body=body, actor=officer)
    return 5


def _draft(trader: Actor, *goods: tuple[dict[str, str], str]) -> ApplicationInfo:
    today = clock.today()
    lines: list[dict[str, Any]] = [
        {"number": number, **what, "quantity": quantity, "unit": "KGM"}
        for number, (what, quantity) in enumerate(goods, start=1)
    ]
    content = {
        "direction": "import",
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=180)).isoformat(),
        "goods": lines,
    }
    assert trader.organisation_id is not None
    return application_draft(actor=trader, holder_id=trader.organisation_id, content=content)


def _sent(trader: Actor, *goods: tuple[dict[str, str], str]) -> ApplicationInfo:
    return application_apply(actor=trader, application_id=_draft(trader, *goods).id)
