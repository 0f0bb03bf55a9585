"""The declaration as it is kept: one canonical form for every way in.

A browser, JSON or XML gives the same value, the same bytes and the same hash. What is empty is left out, decimals
stand in their shortest form, instants in UTC.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from declarations.schemas.fields import (
    Country,
    Currency,
    Instant,
    MoneyAmount,
    Part,
    StrictDecimal,
    Text17,
    Text35,
    Text256,
)
from declarations.schemas.goods import Charge, Count, Document, Equipment, GoodsItem, TransactionNature
from declarations.schemas.parties import (
    AdditionalInformation,
    Authorisation,
    GoodsLocation,
    Guarantee,
    OtherElement,
    Party,
    PreviousDocument,
    Representative,
    Role,
)
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

NOT_YET_PRESENTED = frozenset("DEFK")
"""Second part of the declaration type: these are lodged before the goods are presented."""

_Mode = Annotated[str, Field(pattern=r"^[0-9]$")]
_TransportIdType = Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]


class Transport(Part):
    """How the goods travel."""

    border_mode: _Mode | None = None
    """WCO 183, mode at the border (UN/ECE Recommendation 19)."""
    border_id: Text35 | None = None
    border_id_type: _TransportIdType | None = None
    border_name: Text35 | None = None
    border_nationality: Country | None = None
    """WCO T005, nationality of the active means of transport."""
    arrival_id: Text35 | None = None
    arrival_id_type: _TransportIdType | None = None
    departure_id: Text35 | None = None
    departure_id_type: _TransportIdType | None = None
    inland_mode: _Mode | None = None
    container_indicator: bool | None = Field(default=None, strict=True)
    """WCO 096."""
    itinerary: tuple[Country, ...] = ()
    """WCO 064, countries of the route in order."""
    loading_location: Text17 | None = None
    """WCO L009."""
    manifest_reference: Text35 | None = None
    freight_payment_method: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] | None = None
    carrier: Party | None = None


class DeliveryTerms(Part):
    """Source: WCO 090, L008."""

    incoterm: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    location: Text17 | None = None
    location_name: Text256 | None = None
    country: Country | None = None


class Warehouse(Part):
    """Source: WCO 090, L067."""

    type: Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")] | None = None
    id: Text35 | None = None


class ExchangeRate(Part):
    """A rate that buyer and seller agreed on. Source: WCO 118."""

    currency: Currency | None = None
    rate: StrictDecimal


class Valuation(Part):
    """What makes a price into a customs value, for the whole consignment."""

    freight: MoneyAmount | None = None
    insurance: MoneyAmount | None = None
    other_charges: tuple[Charge, ...] = ()
    deductions: tuple[Charge, ...] = ()


class DeclarationMessage(Part):
    """A customs declaration in its canonical form. Source: WCO Data Model, class 42A Declaration."""

    schema_version: Literal["1"] = "1"
    lrn: Text35
    """Local reference number, the trader's own, once per declarant (WCO D026)."""
    type_code: Annotated[str, Field(pattern=r"^(?:IM|EX|CO)[A-Z]$")]
    """IM or EX, then the kind: A standard, C simplified, Y and Z supplementary; D, E, F and K before presentation."""
    issued_at: Instant | None = None
    tax_point_at: Instant | None = None
    """The acceptance date that the declarant states (WCO 023)."""
    office: Text17 | None = None
    """Where it is lodged (WCO G005)."""
    presentation_office: Text17 | None = None
    supervising_office: Text17 | None = None
    exit_office: Text17 | None = None
    item_count: Annotated[int, Field(strict=True, ge=0, le=99999)] | None = None
    """WCO 111."""
    total_packages: Count | None = None
    """WCO 146."""
    total_gross_mass_kg: StrictDecimal | None = None
    """WCO 131."""
    invoice_total: MoneyAmount | None = None
    """WCO 109."""
    agreed_rates: tuple[ExchangeRate, ...] = ()
    declarant: Party
    """WCO class Declarant."""
    representative: Representative | None = None
    submitter: Party | None = None
    exporter: Party | None = None
    consignor: Party | None = None
    importer: Party | None = None
    consignee: Party | None = None
    """Who receives the goods abroad, for an export."""
    buyer: Party | None = None
    seller: Party | None = None
    additional_actors: tuple[Role, ...] = ()
    fiscal_references: tuple[Role, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    documents: tuple[Document, ...] = ()
    previous_documents: tuple[PreviousDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    transport: Transport | None = None
    goods_location: GoodsLocation | None = None
    equipment: tuple[Equipment, ...] = ()
    export_country: Country | None = None
    """Country the goods are sent from (WCO 062)."""
    destination_country: Country | None = None
    delivery_terms: DeliveryTerms | None = None
    transaction_nature: TransactionNature | None = None
    warehouse: Warehouse | None = None
    ucr: Text35 | None = None
    """The trader's unique consignment reference (WCO 016)."""
    valuation: Valuation | None = None
    items: Annotated[tuple[GoodsItem, ...], Field(max_length=20_000)] = ()
    other_elements: Annotated[tuple[OtherElement, ...], Field(max_length=999)] = ()

    @property
    def direction(self) -> Literal["import", "export"]:
        """Which way the goods cross the border."""
        return "export" if self.type_code[:2] == "EX" else "import"

    @property
    def kind_letter(self) -> str:
        """The last letter of the type: what kind of declaration it is."""
        return self.type_code[2]

    @property
    def goods_presented(self) -> bool:
        """Whether lodging it says that the goods are here already."""
        return self.kind_letter not in NOT_YET_PRESENTED

    def net_mass_total_kg(self) -> Decimal:
        """The sum of the items' net masses."""
        return sum((item.net_mass_kg or Decimal(0) for item in self.items), Decimal(0))

    def without_access_codes(self) -> "DeclarationMessage":
        """The message as it may be kept: an access code proves something once, and is forgotten."""
        if not any(guarantee.access_code for guarantee in self.guarantees):
            return self
        kept = tuple(guarantee.model_copy(update={"access_code": None}) for guarantee in self.guarantees)
        return self.model_copy(update={"guarantees": kept})

    def canonical(self) -> dict[str, Any]:
        """The message as plain JSON values, with everything empty left out."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        plain["schema_version"] = self.schema_version
        return plain

    def canonical_bytes(self) -> bytes:
        """The canonical form as RFC 8785 bytes; equal content gives equal bytes whatever way it came in."""
        return canonical_bytes(self.canonical())

    def sha256(self) -> str:
        """The hash that names this content."""
        return sha256_hex(self.canonical_bytes())
