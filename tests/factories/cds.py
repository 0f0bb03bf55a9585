"""The same declaration in XML (WCO DEC-DMS 2) as `factories.declarations` has in JSON."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

DEC = "urn:wco:datamodel:WCO:DEC-DMS:2"
MD = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
REQUEST = "http://uk/gov/hmrc/mdg/declarationmanagement/submitdeclaration/request/schema/v1"

_STATUS = {"self": "1", "direct": "2", "indirect": "3"}


def el(name: str, *parts: str, **attributes: str) -> str:
    """An element, or nothing where it would be empty."""
    inside = "".join(parts)
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<p:{name}{shown}>{inside}</p:{name}>" if inside else ""


def text(values: dict[str, Any], key: str) -> str:
    return escape(str(values[key])) if values.get(key) is not None else ""


def money(name: str, value: dict[str, str] | None) -> str:
    return el(name, value["amount"], currencyID=value["currency"]) if value else ""


def party(name: str, value: dict[str, Any] | None) -> str:
    value = value or {}
    address = value.get("address") or {}
    return el(
        name,
        el("Name", text(value, "name")),
        el("ID", text(value, "id")),
        el(
            "Address",
            el("CityName", text(address, "city")),
            el("CountryCode", text(address, "country")),
            el("Line", text(address, "line")),
            el("PostcodeID", text(address, "postcode")),
        ),
    )


def previous(values: dict[str, Any]) -> str:
    return "".join(
        el(
            "PreviousDocument",
            el("CategoryCode", text(one, "category")),
            el("ID", text(one, "id")),
            el("TypeCode", text(one, "type")),
            el("LineNumeric", text(one, "line")),
        )
        for one in values.get("previous_documents", [])
    )


def _document(one: dict[str, Any]) -> str:
    unit = {"unitCode": one["unit"]} if "unit" in one else {}
    return el(
        "AdditionalDocument",
        el("CategoryCode", one["code"][0]),
        el("ID", text(one, "id")),
        el("Name", text(one, "name")),
        el("TypeCode", one["code"][1:]),
        el("LPCOExemptionCode", text(one, "status")),
        el("WriteOff", el("QuantityQuantity", text(one, "quantity"), **unit)),
    )


def _commodity(item: dict[str, Any]) -> str:
    code = item.get("commodity_code") or ""
    quantity = item.get("supplementary_quantity") or {}
    unit = {"unitCode": quantity["unit"]} if "unit" in quantity else {}
    return el(
        "Commodity",
        el("Description", text(item, "description")),
        el("Classification", el("ID", code[:8]), el("IdentificationTypeCode", "TSP" if code else "")),
        el("Classification", el("ID", code[8:]), el("IdentificationTypeCode", "TRC" if code[8:] else "")),
        el("DutyTaxFee", el("DutyRegimeCode", text(item, "preference"))),
        el(
            "GoodsMeasure",
            el("GrossMassMeasure", text(item, "gross_mass_kg"), unitCode="KGM"),
            el("NetNetWeightMeasure", text(item, "net_mass_kg")),
            el("TariffQuantity", text(quantity, "quantity"), **unit),
        ),
        el("InvoiceLine", money("ItemChargeAmount", item.get("price"))),
    )


def _item(item: dict[str, Any]) -> str:
    origins = ((item.get("origin"), "1"), (item.get("preferential_origin"), "2"))
    return el(
        "GovernmentAgencyGoodsItem",
        el("SequenceNumeric", text(item, "number")),
        *(_document(one) for one in item.get("documents", [])),
        _commodity(item),
        el("CustomsValuation", el("MethodCode", text(item, "valuation_method"))),
        el("GovernmentProcedure", el("CurrentCode", item["procedure"][:2]), el("PreviousCode", item["procedure"][2:])),
        *(el("GovernmentProcedure", el("CurrentCode", one)) for one in item.get("additional_procedures", [])),
        *(el("Origin", el("CountryCode", code), el("TypeCode", kind)) for code, kind in origins if code),
        *(
            el(
                "Packaging",
                el("SequenceNumeric", text(one, "sequence")),
                el("MarksNumbersID", text(one, "marks")),
                el("QuantityQuantity", text(one, "count")),
                el("TypeCode", text(one, "type")),
            )
            for one in item.get("packages", [])
        ),
        previous(item),
    )


def _consignment(m: dict[str, Any]) -> str:
    transport, place = m.get("transport") or {}, m.get("goods_location") or {}
    container = {True: "1", False: "0"}.get(transport.get("container_indicator"), "")  # type: ignore[arg-type]
    return el(
        "Consignment",
        el("ContainerCode", container),
        el(
            "ArrivalTransportMeans",
            el("ID", text(transport, "arrival_id")),
            el("IdentificationTypeCode", text(transport, "arrival_id_type")),
        ),
        el(
            "GoodsLocation",
            el("Name", text(place, "name")),
            el("ID", text(place, "id")),
            el("TypeCode", text(place, "type")),
            el("Address", el("TypeCode", text(place, "qualifier")), el("CountryCode", text(place, "country"))),
        ),
        *(
            el(
                "TransportEquipment",
                el("SequenceNumeric", text(one, "sequence")),
                el("ID", text(one, "id")),
                *(
                    el("Seal", el("SequenceNumeric", str(place)), el("ID", escape(seal)))
                    for place, seal in enumerate(one.get("seals", []), start=1)
                ),
            )
            for one in m.get("equipment", [])
        ),
    )


def _shipment(m: dict[str, Any]) -> str:
    terms = m.get("delivery_terms") or {}
    return el(
        "GoodsShipment",
        el("TransactionNatureCode", text(m, "transaction_nature")),
        party("Consignee", m.get("consignee")),
        _consignment(m),
        el("CustomsValuation", money("FreightChargeAmount", (m.get("valuation") or {}).get("freight"))),
        el("Destination", el("CountryCode", text(m, "destination_country"))),
        el("ExportCountry", el("ID", text(m, "export_country"))),
        *(_item(item) for item in m["items"]),
        party("Importer", m.get("importer")),
        previous(m),
        el(
            "TradeTerms",
            el("ConditionCode", text(terms, "incoterm")),
            el("LocationID", text(terms, "location")),
            el("LocationName", text(terms, "location_name")),
        ),
        el("UCR", el("TraderAssignedReferenceID", text(m, "ucr"))),
    )


def declaration(m: dict[str, Any]) -> str:
    """The element Declaration with the content of a message that the JSON factory made."""
    transport, agent = m.get("transport") or {}, m.get("representative") or {}
    return el(
        "Declaration",
        el("FunctionCode", "9"),
        el("FunctionalReferenceID", text(m, "lrn")),
        el("TypeCode", text(m, "type_code")),
        el("GoodsItemQuantity", text(m, "item_count")),
        el("DeclarationOfficeID", text(m, "office")),
        money("InvoiceAmount", m.get("invoice_total")),
        el("TotalGrossMassMeasure", text(m, "total_gross_mass_kg")),
        el("TotalPackageQuantity", text(m, "total_packages")),
        el("Agent", el("ID", text(agent, "id")), el("FunctionCode", _STATUS.get(agent.get("status", ""), ""))),
        el(
            "BorderTransportMeans",
            el("ID", text(transport, "border_id")),
            el("IdentificationTypeCode", text(transport, "border_id_type")),
            el("RegistrationNationalityCode", text(transport, "border_nationality")),
            el("ModeCode", text(transport, "border_mode")),
        ),
        party("Declarant", m["declarant"]),
        el("ExitOffice", el("ID", text(m, "exit_office"))),
        party("Exporter", m.get("exporter")),
        _shipment(m),
    )


def declaration_xml(m: dict[str, Any], *, wrapped: str = "metadata") -> bytes:
    """The message as a document: `bare`, in WCO `metadata`, or in the `request` of a gateway.

    Fields that this writer does not know (insurance, the country of the delivery terms) must not be in the message.
    """
    body = declaration(m).replace("<p:Declaration>", f'<p:Declaration xmlns:p="{DEC}">', 1)
    if wrapped != "bare":
        version = "<m:WCODataModelVersionCode>3.6</m:WCODataModelVersionCode><m:WCOTypeName>DEC</m:WCOTypeName>"
        body = f'<m:MetaData xmlns:m="{MD}">{version}{body}</m:MetaData>'
    if wrapped == "request":
        detail = f"<v1:requestDetail>{body}</v1:requestDetail>"
        body = f'<v1:submitDeclarationRequest xmlns:v1="{REQUEST}">{detail}</v1:submitDeclarationRequest>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode()


def plain_for_xml(m: dict[str, Any]) -> dict[str, Any]:
    """The message without what the XML writer does not write, so that both forms have equal content."""
    terms = {key: value for key, value in (m.get("delivery_terms") or {}).items() if key != "country"}
    valuation = {key: value for key, value in (m.get("valuation") or {}).items() if key == "freight"}
    return m | {"delivery_terms": terms or None, "valuation": valuation or None}
