"""Certificates of other countries, as their plant and animal health services send them."""

from singlewindow.kernel.identifiers import uuid7


def sps_xml(
    number: str = "MA-EPHYTO-1",
    *,
    type_code: str = "851",
    status: str = "70",
    issued: str = "2026-05-20",
    country: str = "MA",
    net: str = "10",
    unit: str = "KGM",
    replaces: str = "",
    more: str = "",
    lines: int = 1,
) -> bytes:
    """An SPSCertificate (version 17) of our own making; `more` stands inside the exchanged document."""
    replaced = (
        "<ram:ReferenceSPSReferencedDocument><ram:RelationshipTypeCode>RPL</ram:RelationshipTypeCode>"
        f"<ram:ID>{replaces}</ram:ID></ram:ReferenceSPSReferencedDocument>"
        if replaces
        else ""
    )
    goods = "".join(
        f"""<ram:IncludedSPSTradeLineItem>
          <ram:SequenceNumeric>{line}</ram:SequenceNumeric>
          <ram:Description>Sweet oranges, fresh</ram:Description>
          <ram:ScientificName>Citrus sinensis</ram:ScientificName>
          <ram:NetWeightMeasure unitCode="{unit}">{net}</ram:NetWeightMeasure>
          <ram:ApplicableSPSClassification><ram:SystemID>HS</ram:SystemID><ram:ClassCode>080510</ram:ClassCode>
          </ram:ApplicableSPSClassification>
          <ram:OriginSPSCountry><ram:ID>{country}</ram:ID></ram:OriginSPSCountry>
        </ram:IncludedSPSTradeLineItem>"""
        for line in range(1, lines + 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:SPSCertificate xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSCertificate:17"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21">
  <rsm:SPSExchangedDocument>
    <ram:Name>Phytosanitary certificate</ram:Name>
    <ram:ID>{number}</ram:ID>
    <ram:TypeCode>{type_code}</ram:TypeCode>
    <ram:StatusCode>{status}</ram:StatusCode>
    <ram:IssueDateTime><udt:DateTimeString>{issued}</udt:DateTimeString></ram:IssueDateTime>
    <ram:IssuerSPSParty><ram:Name>Plant health service</ram:Name></ram:IssuerSPSParty>
    {replaced}{more}
  </rsm:SPSExchangedDocument>
  <rsm:SPSConsignment>
    <ram:ConsignorSPSParty><ram:Name>Groves of Souss</ram:Name></ram:ConsignorSPSParty>
    <ram:ConsigneeSPSParty><ram:Name>Amari Foods Ltd</ram:Name></ram:ConsigneeSPSParty>
    <ram:ExportSPSCountry><ram:ID>{country}</ram:ID></ram:ExportSPSCountry>
    <ram:ImportSPSCountry><ram:ID>ZZ</ram:ID></ram:ImportSPSCountry>
    <ram:IncludedSPSConsignmentItem>{goods}</ram:IncludedSPSConsignmentItem>
  </rsm:SPSConsignment>
</rsm:SPSCertificate>""".encode()


def number_new() -> str:
    """A number that no other certificate has."""
    return f"MA-{uuid7().hex[-16:].upper()}"
