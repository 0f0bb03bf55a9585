"""Groups that occur in several places of the message: parties, documents, means of transport."""

from declarations.messages.cds import folds
from declarations.messages.cds.nodes import Fold, Group, Leaf
from declarations.messages.cds.values import instant, money, quantity, whole

_ADDRESS_PARTS = (
    Leaf("CityName", "city"),
    Leaf("CountryCode", "country"),
    Leaf("CountrySubDivisionCode", "region"),
    Leaf("CountrySubDivisionName"),
    Leaf("Line", "line"),
    Leaf("PostcodeID", "postcode"),
)
ADDRESS = Group("Address", _ADDRESS_PARTS, "address")
TYPED_ADDRESS = Group("Address", (Leaf("TypeCode"), *_ADDRESS_PARTS), "address")
CONTACT = Group("Contact", (Leaf("Name", "contact"),))
COMMUNICATION = Group("Communication", (Leaf("ID", "value"), Leaf("TypeCode", "type")), "communication")
_NAME_AND_ID = (Leaf("Name", "name"), Leaf("ID", "id"))


def party(name: str, to: str, *, fold: Fold | None = None) -> Group:
    """A party by identification, or name and address."""
    return Group(name, (*_NAME_AND_ID, ADDRESS), to, fold=fold)


def full_party(name: str, to: str) -> Group:
    """A party with a person to contact."""
    return Group(name, (*_NAME_AND_ID, ADDRESS, CONTACT, COMMUNICATION), to)


def reachable_party(name: str, to: str) -> Group:
    """A party that can be called."""
    return Group(name, (*_NAME_AND_ID, ADDRESS, COMMUNICATION), to)


def consignor_of_consignment() -> Group:
    """The consignor where it stands at the consignment."""
    return Group("Consignor", (*_NAME_AND_ID, TYPED_ADDRESS), "consignor", fold=folds.party_of_consignment)


def unkept_party(name: str) -> Group:
    """A party that nothing here decides upon; its elements are kept as they came."""
    address = Group("Address", tuple(Leaf(part.name) for part in _ADDRESS_PARTS))
    return Group(name, (Leaf("Name"), Leaf("ID"), address))


def roles(name: str, to: str) -> Group:
    """Parties in coded roles."""
    return Group(name, (Leaf("ID", "id"), Leaf("RoleCode", "role")), to, many=True)


def transport_means(name: str, prefix: str) -> Group:
    """A means of transport on one leg; its mode is the inland mode."""
    return Group(
        name,
        (
            Leaf("Name"),
            Leaf("ID", f"{prefix}_id"),
            Leaf("IdentificationTypeCode", f"{prefix}_id_type"),
            Leaf("TypeCode"),
            Leaf("ModeCode", "inland_mode"),
        ),
        "transport",
    )


PREVIOUS_DOCUMENT = Group(
    "PreviousDocument",
    (Leaf("CategoryCode", "category"), Leaf("ID", "id"), Leaf("TypeCode", "type"), Leaf("LineNumeric", "line", whole)),
    "previous_documents",
    many=True,
)

HEADER_DOCUMENT = Group(
    "AdditionalDocument",
    (Leaf("CategoryCode", "category"), Leaf("ID", "id"), Leaf("TypeCode", "type")),
    "documents",
    many=True,
    fold=folds.document,
)

ITEM_DOCUMENT = Group(
    "AdditionalDocument",
    (
        Leaf("CategoryCode", "category"),
        Leaf("EffectiveDateTime", "valid_on", instant),
        Leaf("ID", "id"),
        Leaf("Name", "name"),
        Leaf("TypeCode", "type"),
        Leaf("LPCOExemptionCode", "status"),
        Group("Submitter", (Leaf("Name", "issuer"), Leaf("RoleCode", "issuer_role"))),
        Group(
            "WriteOff",
            (Leaf("QuantityQuantity", "used", quantity), Leaf("AmountAmount", "amount", money)),
            "write_off",
            fold=folds.sent_quantity,
        ),
    ),
    "documents",
    many=True,
    fold=folds.document,
)

_INFORMATION = (Leaf("StatementCode", "code"), Leaf("StatementDescription", "text"), Leaf("StatementTypeCode", "type"))
_POINTER = Group("Pointer", (Leaf("SequenceNumeric"), Leaf("DocumentSectionCode"), Leaf("TagID")), many=True)
HEADER_INFORMATION = Group("AdditionalInformation", (*_INFORMATION, _POINTER), "additional_information", many=True)
ITEM_INFORMATION = Group("AdditionalInformation", _INFORMATION, "additional_information", many=True)
AMENDMENT = Group("Amendment", (Leaf("ChangeReasonCode"), _POINTER), many=True)

CHARGE = (Leaf("ChargesTypeCode", "code"), Leaf("OtherChargeDeductionAmount", "money", money))
DESTINATION = Group("Destination", (Leaf("CountryCode", "destination_country"), Leaf("RegionID")))
EXPORT_COUNTRY = Group("ExportCountry", (Leaf("ID", "export_country"),))
UCR = Group("UCR", (Leaf("ID"), Leaf("TraderAssignedReferenceID", "ucr")))
EQUIPMENT_NUMBER = (Leaf("SequenceNumeric", "sequence", whole), Leaf("ID", "id"))
DROPPED_NUMBER = Leaf("SequenceNumeric", "sequence", whole)
"""The number of a line that becomes a plain entry of a list."""
