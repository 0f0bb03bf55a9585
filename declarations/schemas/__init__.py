"""The declaration message, version 1: what every way in is read into."""

from declarations.schemas.changes import ChangeKind, ChangeOperation, ChangeRequestMessage, PresentationMessage
from declarations.schemas.fields import MoneyAmount, Part, Quantity
from declarations.schemas.goods import (
    AdditionalCode,
    Charge,
    Document,
    DutyClaim,
    Equipment,
    GoodsItem,
    Packages,
)
from declarations.schemas.message import (
    NOT_YET_PRESENTED,
    DeclarationMessage,
    DeliveryTerms,
    ExchangeRate,
    Transport,
    Valuation,
    Warehouse,
)
from declarations.schemas.parties import (
    AdditionalInformation,
    Address,
    Authorisation,
    Communication,
    GoodsLocation,
    Guarantee,
    OtherElement,
    Party,
    PreviousDocument,
    Representative,
    Role,
)
from declarations.schemas.places import in_message_order, pointer

__all__ = [
    "NOT_YET_PRESENTED",
    "AdditionalCode",
    "AdditionalInformation",
    "Address",
    "Authorisation",
    "ChangeKind",
    "ChangeOperation",
    "ChangeRequestMessage",
    "Charge",
    "Communication",
    "DeclarationMessage",
    "DeliveryTerms",
    "Document",
    "DutyClaim",
    "Equipment",
    "ExchangeRate",
    "GoodsItem",
    "GoodsLocation",
    "Guarantee",
    "MoneyAmount",
    "OtherElement",
    "Packages",
    "Part",
    "Party",
    "PresentationMessage",
    "PreviousDocument",
    "Quantity",
    "Representative",
    "Role",
    "Transport",
    "Valuation",
    "Warehouse",
    "in_message_order",
    "pointer",
]
