"""The elements of a declaration in WCO DEC-DMS 2, in their order, with the field of the canonical form for each.

This is our own reading of the message, element by element with the data element names of the WCO Data Model; no
schema file is shipped. Tests compare its verdict with schema validation where the schemas are at hand.
"""

from declarations.messages.cds import folds
from declarations.messages.cds.nodes import Group, Leaf
from declarations.messages.cds.parts import (
    ADDRESS,
    AMENDMENT,
    CHARGE,
    DESTINATION,
    DROPPED_NUMBER,
    EQUIPMENT_NUMBER,
    EXPORT_COUNTRY,
    HEADER_DOCUMENT,
    HEADER_INFORMATION,
    ITEM_DOCUMENT,
    ITEM_INFORMATION,
    PREVIOUS_DOCUMENT,
    UCR,
    consignor_of_consignment,
    full_party,
    party,
    reachable_party,
    roles,
    transport_means,
    unkept_party,
)
from declarations.messages.cds.values import flag, instant, kilograms, money, quantity, representation, whole

_NUMBER_AND_ID = (DROPPED_NUMBER, Leaf("ID", "id"))

_DUTY = Group(
    "DutyTaxFee",
    (
        Leaf("AdValoremTaxBaseAmount", "base_amount", money),
        Leaf("DeductAmount", "deduction", money),
        Leaf("DutyRegimeCode", "preference"),
        Leaf("SpecificTaxBaseQuantity", "base", quantity),
        Leaf("TaxRateNumeric", "rate"),
        Leaf("TypeCode", "tax_type"),
        Leaf("QuotaOrderID", "quota_order_number"),
        Group(
            "Payment",
            (
                Leaf("MethodCode", "method"),
                Leaf("TaxAssessedAmount", "assessed", money),
                Leaf("PaymentAmount", "payable", money),
            ),
        ),
    ),
    "duty_claims",
    many=True,
    fold=folds.duty,
)

_COMMODITY = Group(
    "Commodity",
    (
        Leaf("Description", "description"),
        Group(
            "Classification",
            (Leaf("ID", "code"), Leaf("IdentificationTypeCode", "type")),
            "commodity_code",
            many=True,
            fold=folds.classification,
        ),
        Group("DangerousGoods", (Leaf("UNDGID", "id"),), "un_numbers", many=True, fold=folds.dangerous_goods),
        _DUTY,
        Group(
            "GoodsMeasure",
            (
                Leaf("GrossMassMeasure", "gross_mass_kg", kilograms),
                Leaf("NetNetWeightMeasure", "net_mass_kg", kilograms),
                Leaf("TariffQuantity", "supplementary_quantity", quantity),
            ),
        ),
        Group("InvoiceLine", (Leaf("ItemChargeAmount", "price", money),)),
        Group(
            "TransportEquipment", (DROPPED_NUMBER, Leaf("ID", "id")), "container_ids", many=True, fold=folds.container
        ),
    ),
)

_PACKAGING = Group(
    "Packaging",
    (
        Leaf("SequenceNumeric", "sequence", whole),
        Leaf("MarksNumbersID", "marks"),
        Leaf("QuantityQuantity", "count", whole),
        Leaf("TypeCode", "type"),
        Leaf("PackingMaterialDescription"),
        Leaf("LengthMeasure"),
        Leaf("WidthMeasure"),
        Leaf("HeightMeasure"),
        Leaf("VolumeMeasure"),
    ),
    "packages",
    many=True,
)

GOODS_ITEM = Group(
    "GovernmentAgencyGoodsItem",
    (
        Leaf("CustomsValueAmount", "customs_value", money),
        Leaf("SequenceNumeric", "number", whole),
        Leaf("StatisticalValueAmount", "statistical_value", money),
        Leaf("TransactionNatureCode", "transaction_nature"),
        ITEM_DOCUMENT,
        ITEM_INFORMATION,
        roles("AEOMutualRecognitionParty", "additional_actors"),
        full_party("Buyer", "buyer"),
        _COMMODITY,
        party("Consignee", "consignee"),
        party("Consignor", "consignor"),
        Group(
            "CustomsValuation",
            (
                Leaf("MethodCode", "valuation_method"),
                Group("ChargeDeduction", CHARGE, "valuation_adjustments", many=True, fold=folds.item_charge),
            ),
        ),
        DESTINATION,
        roles("DomesticDutyTaxParty", "fiscal_references"),
        EXPORT_COUNTRY,
        Group(
            "GovernmentProcedure",
            (Leaf("CurrentCode", "current"), Leaf("PreviousCode", "previous")),
            "procedure",
            many=True,
            fold=folds.procedure,
        ),
        Group(
            "Origin",
            (Leaf("CountryCode", "country"), Leaf("RegionID"), Leaf("TypeCode", "type")),
            "origin",
            many=True,
            fold=folds.origin,
        ),
        _PACKAGING,
        PREVIOUS_DOCUMENT,
        full_party("Seller", "seller"),
        UCR,
        Group("ValuationAdjustment", (Leaf("AdditionCode", "valuation_indicators"),)),
    ),
    "items",
    many=True,
    most=999,
)

_GOODS_LOCATION = Group(
    "GoodsLocation",
    (
        Leaf("Name", "name"),
        Leaf("ID", "id"),
        Leaf("TypeCode", "type"),
        Group(
            "Address",
            (
                Leaf("TypeCode", "qualifier"),
                Leaf("CityName", "city"),
                Leaf("CountryCode", "country"),
                Leaf("Line", "line"),
                Leaf("PostcodeID", "postcode"),
            ),
        ),
    ),
    "goods_location",
)

_SHIPMENT_CONSIGNMENT = Group(
    "Consignment",
    (
        Leaf("ContainerCode", "transport.container_indicator", flag),
        transport_means("ArrivalTransportMeans", "arrival"),
        transport_means("DepartureTransportMeans", "departure"),
        _GOODS_LOCATION,
        Group("LoadingLocation", (Leaf("Name"), Leaf("ID", "transport.loading_location"))),
        Group(
            "TransportEquipment",
            (*EQUIPMENT_NUMBER, Group("Seal", _NUMBER_AND_ID, "seals", many=True, fold=folds.seal)),
            "equipment",
            many=True,
        ),
    ),
)

_SHIPMENT = Group(
    "GoodsShipment",
    (
        Leaf("ExitDateTime", "", instant),
        Leaf("TransactionNatureCode", "transaction_nature"),
        roles("AEOMutualRecognitionParty", "additional_actors"),
        full_party("Buyer", "buyer"),
        party("Consignee", "consignee"),
        _SHIPMENT_CONSIGNMENT,
        party("Consignor", "consignor"),
        Group(
            "CustomsValuation",
            (
                Leaf("FreightChargeAmount", "freight", money),
                Group("ChargeDeduction", CHARGE, "other_charges", many=True, fold=folds.charge),
            ),
            "valuation",
        ),
        DESTINATION,
        roles("DomesticDutyTaxParty", "fiscal_references"),
        EXPORT_COUNTRY,
        GOODS_ITEM,
        full_party("Importer", "importer"),
        Group("Invoice", (Leaf("ID"), Leaf("IssueDateTime", "", instant))),
        unkept_party("Payer"),
        PREVIOUS_DOCUMENT,
        full_party("Seller", "seller"),
        unkept_party("Surety"),
        Group(
            "TradeTerms",
            (
                Leaf("ConditionCode", "incoterm"),
                Leaf("CountryRelationshipCode"),
                Leaf("Description"),
                Leaf("LocationID", "location"),
                Leaf("LocationName", "location_name"),
            ),
            "delivery_terms",
        ),
        UCR,
        Group("Warehouse", (Leaf("ID", "id"), Leaf("TypeCode", "type")), "warehouse"),
    ),
)

_CONSIGNMENT_ITEM = Group(
    "ConsignmentItem",
    (
        Leaf("SequenceNumeric"),
        unkept_party("Consignor"),
        Group("Freight", (Leaf("PaymentMethodCode"),)),
    ),
    many=True,
    most=999,
)

_CONSIGNMENT = Group(
    "Consignment",
    (
        reachable_party("Carrier", "transport.carrier"),
        _CONSIGNMENT_ITEM,
        consignor_of_consignment(),
        Group("Freight", (Leaf("PaymentMethodCode", "transport.freight_payment_method"),)),
        Group(
            "Itinerary",
            (DROPPED_NUMBER, Leaf("RoutingCountryCode", "country")),
            "transport.itinerary",
            many=True,
            fold=folds.itinerary,
        ),
    ),
)

_GUARANTEE = Group(
    "ObligationGuarantee",
    (
        Leaf("AmountAmount", "amount", money),
        Leaf("ID", "id"),
        Leaf("ReferenceID", "reference"),
        Leaf("SecurityDetailsCode", "security_code"),
        Leaf("AccessCode", "access_code"),
        Group("GuaranteeOffice", (Leaf("ID", "office"),)),
    ),
    "guarantees",
    many=True,
)

_BORDER_TRANSPORT = Group(
    "BorderTransportMeans",
    (
        Leaf("Name", "border_name"),
        Leaf("ID", "border_id"),
        Leaf("IdentificationTypeCode", "border_id_type"),
        Leaf("TypeCode"),
        Leaf("RegistrationNationalityCode", "border_nationality"),
        Leaf("ModeCode", "border_mode"),
    ),
    "transport",
)

DECLARATION = Group(
    "Declaration",
    (
        Leaf("AcceptanceDateTime", "tax_point_at", instant),
        Leaf("FunctionCode", "function"),
        Leaf("FunctionalReferenceID", "lrn"),
        Leaf("ID"),
        Leaf("IssueDateTime", "issued_at", instant),
        Leaf("IssueLocationID"),
        Leaf("TypeCode", "type_code"),
        Leaf("GoodsItemQuantity", "item_count", whole),
        Leaf("DeclarationOfficeID", "office"),
        Leaf("InvoiceAmount", "invoice_total", money),
        Leaf("LoadingListQuantity"),
        Leaf("TotalGrossMassMeasure", "total_gross_mass_kg", kilograms),
        Leaf("TotalPackageQuantity", "total_packages", whole),
        Leaf("SpecificCircumstancesCodeCode"),
        Group("Authentication", (Leaf("Authentication"), Group("Authenticator", (Leaf("Name"),)))),
        party("Submitter", "submitter"),
        HEADER_DOCUMENT,
        HEADER_INFORMATION,
        Group(
            "Agent",
            (Leaf("Name", "name"), Leaf("ID", "id"), Leaf("FunctionCode", "status", representation), ADDRESS),
            "representative",
        ),
        AMENDMENT,
        Group(
            "AuthorisationHolder",
            (Leaf("ID", "id"), Leaf("CategoryCode", "category")),
            "authorisations",
            many=True,
        ),
        _BORDER_TRANSPORT,
        _CONSIGNMENT,
        Group(
            "CurrencyExchange",
            (Leaf("CurrencyTypeCode", "currency"), Leaf("RateNumeric", "rate")),
            "agreed_rates",
            many=True,
        ),
        full_party("Declarant", "declarant"),
        Group("ExitOffice", (Leaf("ID", "exit_office"),)),
        full_party("Exporter", "exporter"),
        _SHIPMENT,
        _GUARANTEE,
        Group("PresentationOffice", (Leaf("ID", "presentation_office"),)),
        Group("SupervisingOffice", (Leaf("ID", "supervising_office"),)),
    ),
)
