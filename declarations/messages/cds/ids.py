"""Ids of the WCO Data Model for the classes and elements of DEC-DMS 2: what the pointers of an amendment name."""

from types import MappingProxyType
from typing import Final


def _ids(text: str) -> MappingProxyType[str, str]:
    return MappingProxyType(dict(entry.split(":") for entry in text.split()))


CLASSES: Final = _ids(
    "AEOMutualRecognitionParty:16C AdditionalDocument:02A AdditionalInformation:03A Address:04A Agent:05A "
    "Amendment:06A ArrivalTransportMeans:10A Authentication:61B Authenticator:12A AuthorisationHolder:17C "
    "BorderTransportMeans:15A Buyer:16A Carrier:18A ChargeDeduction:58B Classification:21A Commodity:23A "
    "Communication:25A Consignee:27A Consignment:28A ConsignmentItem:29A Consignor:30A Contact:34A "
    "CurrencyExchange:40A CustomsValuation:41A DangerousGoods:12C Declarant:57B Declaration:42A "
    "DepartureTransportMeans:46A Destination:99B DomesticDutyTaxParty:55B DutyTaxFee:50A ExitOffice:56A "
    "ExportCountry:95B Exporter:57A Freight:62A GoodsLocation:64A GoodsMeasure:65A GoodsShipment:67A "
    "GovernmentAgencyGoodsItem:68A GovernmentProcedure:70A GuaranteeOffice:14C Importer:74A Invoice:78A "
    "InvoiceLine:79A Itinerary:81A LoadingLocation:83A ObligationGuarantee:90A Origin:92A Packaging:93A Payer:56B "
    "Payment:94A Pointer:97A PresentationOffice:15C PreviousDocument:99A Seal:44B Seller:09B Submitter:17B "
    "SupervisingOffice:97B Surety:19B TradeTerms:22B TransportEquipment:31B UCR:35B ValuationAdjustment:39B "
    "Warehouse:43B WriteOff:22C "
)
"""Class ids by the name of the group, as `DocumentSectionCode` gives them."""

ELEMENTS: Final = _ids(
    "AcceptanceDateTime:023 AccessCode:499 AdValoremTaxBaseAmount:116 AdditionCode:188 WriteOff/AmountAmount:503 "
    "ObligationGuarantee/AmountAmount:492 Authentication:104 PreviousDocument/CategoryCode:D031 "
    "AdditionalDocument/CategoryCode:D031 AuthorisationHolder/CategoryCode:R145 ChangeReasonCode:099 "
    "ChargesTypeCode:371 CityName:241 ConditionCode:090 ContainerCode:096 Address/CountryCode:242 "
    "Destination/CountryCode:465 Origin/CountryCode:063 CountryRelationshipCode:106 CountrySubDivisionCode:244 "
    "CountrySubDivisionName:243 CurrencyTypeCode:135 CurrentCode:166 CustomsValueAmount:108 "
    "DeclarationOfficeID:065 DeductAmount:111 Commodity/Description:137 TradeTerms/Description:089 "
    "DocumentSectionCode:375 DutyRegimeCode:164 EffectiveDateTime:276 ExitDateTime:024 FreightChargeAmount:117 "
    "Declaration/FunctionCode:017 Agent/FunctionCode:102 FunctionalReferenceID:D026 GoodsItemQuantity:228 "
    "GrossMassMeasure:126 HeightMeasure:402 Declaration/ID:D014 ObligationGuarantee/ID:D014 Submitter/ID:R059 "
    "AdditionalDocument/ID:D005 Agent/ID:R004 AuthorisationHolder/ID:R144 BorderTransportMeans/ID:T006 "
    "Carrier/ID:R012 Communication/ID:240 Consignor/ID:R021 Declarant/ID:R123 ExitOffice/ID:G005 Exporter/ID:R032 "
    "AEOMutualRecognitionParty/ID:R143 Buyer/ID:R010 Consignee/ID:R015 ArrivalTransportMeans/ID:T002 "
    "DepartureTransportMeans/ID:T004 GoodsLocation/ID:L017 LoadingLocation/ID:L010 TransportEquipment/ID:159 "
    "Seal/ID:165 DomesticDutyTaxParty/ID:R119 ExportCountry/ID:062 Classification/ID:145 PreviousDocument/ID:D018 "
    "Seller/ID:R051 UCR/ID:016 Importer/ID:R038 Invoice/ID:D016 Payer/ID:R121 Surety/ID:R055 Warehouse/ID:L019 "
    "GuaranteeOffice/ID:G014 PresentationOffice/ID:G015 SupervisingOffice/ID:G012 "
    "BorderTransportMeans/IdentificationTypeCode:T018 ArrivalTransportMeans/IdentificationTypeCode:T034 "
    "DepartureTransportMeans/IdentificationTypeCode:T029 InvoiceAmount:109 Declaration/IssueDateTime:D011 "
    "Invoice/IssueDateTime:D015 IssueLocationID:D012 ItemChargeAmount:112 LPCOExemptionCode:360 LengthMeasure:367 "
    "Line:239 LineNumeric:171 LoadingListQuantity:013 LocationID:L002 LocationName:L001 MarksNumbersID:142 "
    "Payment/MethodCode:107 CustomsValuation/MethodCode:122 BorderTransportMeans/ModeCode:T022 "
    "ArrivalTransportMeans/ModeCode:T020 DepartureTransportMeans/ModeCode:T021 Authenticator/Name:R007 "
    "Submitter/Name:R058 Agent/Name:R003 BorderTransportMeans/Name:T005 Carrier/Name:R011 Consignor/Name:R020 "
    "Declarant/Name:R124 Contact/Name:246 Exporter/Name:R031 Buyer/Name:R009 Consignee/Name:R014 "
    "ArrivalTransportMeans/Name:T001 DepartureTransportMeans/Name:T003 GoodsLocation/Name:L016 "
    "LoadingLocation/Name:L009 AdditionalDocument/Name:D028 Seller/Name:R050 Importer/Name:R037 Payer/Name:R120 "
    "Surety/Name:R054 NetNetWeightMeasure:128 OtherChargeDeductionAmount:181 PackingMaterialDescription:344 "
    "PaymentAmount:378 PaymentMethodCode:098 PostcodeID:245 PreviousCode:161 WriteOff/QuantityQuantity:502 "
    "Packaging/QuantityQuantity:144 QuotaOrderID:401 RateNumeric:118 ReferenceID:100 Destination/RegionID:477 "
    "Origin/RegionID:066 RegistrationNationalityCode:T014 RoleCode:R005 RoutingCountryCode:064 "
    "SecurityDetailsCode:101 SequenceNumeric:006 SpecificCircumstancesCodeCode:504 SpecificTaxBaseQuantity:129 "
    "StatementCode:226 StatementDescription:225 StatementTypeCode:369 StatisticalValueAmount:114 TagID:381 "
    "TariffQuantity:130 TaxAssessedAmount:120 TaxRateNumeric:115 TotalGrossMassMeasure:131 "
    "TotalPackageQuantity:146 TraderAssignedReferenceID:009 TransactionNatureCode:103 Declaration/TypeCode:D013 "
    "AdditionalDocument/TypeCode:D006 BorderTransportMeans/TypeCode:T010 Communication/TypeCode:253 "
    "Address/TypeCode:410 ArrivalTransportMeans/TypeCode:T008 DepartureTransportMeans/TypeCode:T009 "
    "GoodsLocation/TypeCode:L110 DutyTaxFee/TypeCode:113 Origin/TypeCode:501 Packaging/TypeCode:141 "
    "PreviousDocument/TypeCode:D019 Warehouse/TypeCode:L112 UNDGID:506 VolumeMeasure:395 WidthMeasure:368 "
)
"""Element ids by name, or by group and name where one name stands for several, as `TagID` gives them."""


def class_id(group: str) -> str:
    """The id of a group."""
    return CLASSES.get(group, "")


def element_id(group: str, leaf: str) -> str:
    """The id of an element of a group."""
    return ELEMENTS.get(f"{group}/{leaf}") or ELEMENTS.get(leaf, "")
