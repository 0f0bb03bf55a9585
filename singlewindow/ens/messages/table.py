"""The elements of CC315A and CC313A in their order, with their occurrence, their form and the field of each.

Our own reading of the two messages, version 11.2; no schema file is shipped. The later edition of the same version
("New") differs in two elements of the header that may be left out there: `reducible` marks them.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from singlewindow.ens.messages import forms
from singlewindow.ens.messages.forms import Form, digits, text

MANY: Final = 10**9
"""As many as one likes; the limits of numbers are rules."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element that holds a value."""

    name: str
    to: str
    form: Form
    least: int = 0
    reducible: bool = False
    most: int = field(init=False, default=1)


@dataclass(frozen=True, slots=True)
class Group:
    """An element that holds elements, in this order."""

    name: str
    to: str
    parts: tuple["Leaf | Group", ...]
    least: int = 0
    most: int = 1
    members: dict[str, tuple[int, "Leaf | Group"]] = field(init=False, compare=False, repr=False)
    fields: dict[str, "Leaf | Group"] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", {part.name: (place, part) for place, part in enumerate(self.parts)})
        object.__setattr__(self, "fields", {part.to: part for part in self.parts})

    @property
    def many(self) -> bool:
        """Whether its values are a list."""
        return self.most > 1


Part: TypeAlias = Leaf | Group
PARTY_FIELDS: Final = ("name", "street", "postcode", "city", "country")
"""What a party says of itself where its identification number does not."""


def _party(name: str, to: str, elements: str, *, least: int = 0, identified: bool = False) -> Group:
    """A trader: the elements are name, street, postcode, city, country, language and identification number."""
    person, street, postcode, city, country, language, number = elements.split()
    parts = (
        Leaf(person, "name", text(35)),
        Leaf(street, "street", text(35)),
        Leaf(postcode, "postcode", text(9)),
        Leaf(city, "city", text(35)),
        Leaf(country, "country", forms.COUNTRY),
        Leaf(language, "language", forms.LANGUAGE),
        Leaf(number, "id", forms.TRADER, int(identified)),
    )
    return Group(name, to, parts, least)


_CONSIGNOR = "NamCO17 StrAndNumCO122 PosCodCO123 CitCO124 CouCO125 NADLNGCO TINCO159"
_CONSIGNEE = "NamCE17 StrAndNumCE122 PosCodCE123 CitCE124 CouCE125 NADLNGCE TINCE159"
_NOTIFY = "NamNOTPAR672 StrNumNOTPAR673 PosCodNOTPAR676 CitNOTPAR674 CouCodNOTPAR675 NOTPAR670LNG TINNOTPAR671"
_ITEM_CONSIGNOR = "NamCO27 StrAndNumCO222 PosCodCO223 CitCO224 CouCO225 NADLNGGTCO TINCO259"
_ITEM_CONSIGNEE = "NamCE27 StrAndNumCE222 PosCodCE223 CitCE224 CouCE225 NADLNGGICE TINCE259"
_ITEM_NOTIFY = "NamPRTNOT642 StrNumPRTNOT646 PstCodPRTNOT644 CtyPRTNOT643 CouCodGINOT647 PRTNOT640LNG TINPRTNOT641"
_REPRESENTATIVE = "NamTRE1 StrAndNumTRE1 PosCodTRE1 CitTRE1 CouCodTRE1 TRAREPLNG TINTRE1"
_LODGER = "NamPLD1 StrAndNumPLD1 PosCodPLD1 CitPLD1 CouCodPLD1 PERLODSUMDECLNG TINPLD1"
_CARRIER = (
    "NamTRACARENT604 StrNumTRACARENT607 PstCodTRACARENT606 CtyTRACARENT603 CouCodTRACARENT605 TRACARENT601LNG "
    "TINTRACARENT602"
)

_MESSAGE: Final[tuple[Part, ...]] = (
    Leaf("MesSenMES3", "sender", text(35), 1),
    Leaf("MesRecMES6", "recipient", text(35)),
    Leaf("DatOfPreMES9", "prepared_on", forms.PREPARED_ON, 1),
    Leaf("TimOfPreMES10", "prepared_at", forms.PREPARED_AT, 1),
    Leaf("PriMES15", "priority", forms.LETTER),
    Leaf("MesIdeMES19", "message_id", text(14), 1),
    Leaf("MesTypMES20", "message_type", forms.MESSAGE_TYPE, 1),
    Leaf("CorIdeMES25", "correlation_id", text(14)),
)


def _header(reference: Leaf, place: str, place_language: str, instant: str) -> Group:
    parts = (
        reference,
        Leaf("TraModAtBorHEA76", "transport_mode", digits(1, 2), 1),
        Leaf("IdeOfMeaOfTraCroHEA85", "transport_id", text(27)),
        Leaf("IdeOfMeaOfTraCroHEA85LNG", "transport_id_language", forms.LANGUAGE),
        Leaf("NatOfMeaOfTraCroHEA87", "transport_nationality", forms.COUNTRY),
        Leaf("TotNumOfIteHEA305", "item_count", digits(1, 5), 1, reducible=True),
        Leaf("TotNumOfPacHEA306", "package_count", digits(1, 7)),
        Leaf("TotGroMasHEA307", "gross_mass_kg", forms.MASS),
        Leaf(place, "place", text(35), 1, reducible=True),
        Leaf(place_language, "place_language", forms.LANGUAGE),
        Leaf("SpeCirIndHEA1", "special_circumstance", forms.CAPITAL),
        Leaf("TraChaMetOfPayHEA1", "freight_payment_method", forms.CAPITAL),
        Leaf("ComRefNumHEA", "commercial_reference", text(70)),
        Leaf("ConRefNumHEA", "conveyance_reference", text(35)),
        Leaf("PlaLoaGOOITE334", "loading_place", forms.PLACE),
        Leaf("PlaLoaGOOITE334LNG", "loading_place_language", forms.LANGUAGE),
        Leaf("PlaUnlGOOITE334", "unloading_place", forms.PLACE),
        Leaf("CodPlUnHEA357LNG", "unloading_place_language", forms.LANGUAGE),
        Leaf(instant, "declared_at", forms.INSTANT, 1),
    )
    return Group("HEAHEA", "header", parts, 1)


_ITEM = Group(
    "GOOITEGDS",
    "items",
    (
        Leaf("IteNumGDS7", "number", digits(1, 5), 1),
        Leaf("GooDesGDS23", "description", text(280)),
        Leaf("GooDesGDS23LNG", "description_language", forms.LANGUAGE),
        Leaf("GroMasGDS46", "gross_mass_kg", forms.MASS),
        Leaf("MetOfPayGDI12", "freight_payment_method", forms.CAPITAL),
        Leaf("ComRefNumGIM1", "commercial_reference", text(70)),
        Leaf("UNDanGooCodGDI1", "un_number", digits(4, 4)),
        Leaf("PlaLoaGOOITE333", "loading_place", forms.PLACE),
        Leaf("PlaLoaGOOITE333LNG", "loading_place_language", forms.LANGUAGE),
        Leaf("PlaUnlGOOITE333", "unloading_place", forms.PLACE),
        Leaf("PlaUnlGOOITE333LNG", "unloading_place_language", forms.LANGUAGE),
        Group(
            "PRODOCDC2",
            "documents",
            (
                Leaf("DocTypDC21", "type", text(4), 1),
                Leaf("DocRefDC23", "reference", text(35), 1),
                Leaf("DocRefDCLNG", "language", forms.LANGUAGE),
            ),
            most=99,
        ),
        Group("SPEMENMT2", "special_mentions", (Leaf("AddInfCodMT23", "code", text(5), 1),), most=99),
        _party("TRACONCO2", "consignor", _ITEM_CONSIGNOR),
        Group("COMCODGODITM", "commodity", (Leaf("ComNomCMD1", "code", digits(4, 8), 1),)),
        _party("TRACONCE2", "consignee", _ITEM_CONSIGNEE),
        Group("CONNR2", "containers", (Leaf("ConNumNR21", "number", text(17), 1),), most=99),
        Group(
            "IDEMEATRAGI970",
            "transport_means",
            (
                Leaf("NatIDEMEATRAGI973", "nationality", forms.COUNTRY),
                Leaf("IdeMeaTraGIMEATRA971", "id", text(27), 1),
                Leaf("IdeMeaTraGIMEATRA972LNG", "language", forms.LANGUAGE),
            ),
            most=MANY,
        ),
        Group(
            "PACGS2",
            "packages",
            (
                Leaf("KinOfPacGS23", "kind", forms.PACKAGE, 1),
                Leaf("NumOfPacGS24", "count", digits(1, 5)),
                Leaf("NumOfPieGS25", "pieces", digits(1, 5)),
                Leaf("MarNumOfPacGSL21", "marks", text(140)),
                Leaf("MarNumOfPacGSL21LNG", "language", forms.LANGUAGE),
            ),
            most=99,
        ),
        _party("PRTNOT640", "notify_party", _ITEM_NOTIFY),
    ),
    least=1,
    most=MANY,
)

_BEFORE_ROUTE: Final[tuple[Part, ...]] = (
    _party("TRACONCO1", "consignor", _CONSIGNOR),
    _party("TRACONCE1", "consignee", _CONSIGNEE),
    _party("NOTPAR670", "notify_party", _NOTIFY),
    _ITEM,
    Group("ITI", "itinerary", (Leaf("CouOfRouCodITI1", "country", forms.COUNTRY, 1),), most=99),
)
_LODGEMENT_OFFICE = Group("CUSOFFLON", "lodgement_office", (Leaf("RefNumCOL1", "id", forms.OFFICE, 1),))
_AFTER_ROUTE: Final[tuple[Part, ...]] = (
    _party("TRAREP", "representative", _REPRESENTATIVE, identified=True),
    _party("PERLODSUMDEC", "lodger", _LODGER, least=1, identified=True),
    Group(
        "SEAID529",
        "seals",
        (Leaf("SeaIdSEAID530", "id", text(20), 1), Leaf("SeaIdSEAID530LNG", "language", forms.LANGUAGE)),
        most=MANY,
    ),
    Group(
        "CUSOFFFENT730",
        "first_entry",
        (
            Leaf("RefNumCUSOFFFENT731", "office", forms.OFFICE, 1),
            Leaf("ExpDatOfArrFIRENT733", "expected_at", forms.INSTANT, 1),
        ),
        least=1,
    ),
    Group("CUSOFFSENT740", "subsequent_entries", (Leaf("RefNumSUBENR909", "office", forms.OFFICE, 1),), most=99),
    _party("TRACARENT601", "carrier", _CARRIER),
)

NEW: Final = "CC315A"
AMENDMENT: Final = "CC313A"

MESSAGES: Final[dict[str, Group]] = {
    NEW: Group(
        NEW,
        "",
        (
            *_MESSAGE,
            _header(Leaf("RefNumHEA4", "lrn", text(22), 1), "DecPlaHEA394", "DecPlaHEA394LNG", "DecDatTimHEA114"),
            *_BEFORE_ROUTE,
            _LODGEMENT_OFFICE,
            *_AFTER_ROUTE,
        ),
    ),
    AMENDMENT: Group(
        AMENDMENT,
        "",
        (
            *_MESSAGE,
            _header(Leaf("DocNumHEA5", "mrn", forms.MRN, 1), "AmdPlaHEA598", "AmdPlaHEA598LNG", "DatTimAmeHEA113"),
            *_BEFORE_ROUTE,
            *_AFTER_ROUTE,
        ),
    ),
}
