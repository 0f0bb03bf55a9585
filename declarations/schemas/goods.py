"""One goods item, and the equipment that carries it."""

from typing import Annotated

from pydantic import Field

from declarations.schemas.fields import (
    An3,
    Country,
    Currency,
    Instant,
    MoneyAmount,
    Part,
    Quantity,
    StrictDecimal,
    Text17,
    Text35,
    Text70,
    Text512,
    Unit,
)
from declarations.schemas.parties import AdditionalInformation, Party, PreviousDocument, Role

Sequence = Annotated[int, Field(strict=True, ge=0, le=99999)]
Count = Annotated[int, Field(strict=True, ge=0, le=99999999)]
TransactionNature = Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]


class Equipment(Part):
    """A container or other equipment, with its seals. Source: WCO 159, 165."""

    sequence: Sequence
    id: Text17 | None = None
    seals: tuple[Text35, ...] = ()


class AdditionalCode(Part):
    """A code beside the commodity code: a trade measure, an excise or a national code."""

    type: An3
    """TRA supplementary tariff code, GN national code, and so on (WCO 337)."""
    code: Annotated[str, Field(min_length=1, max_length=18, pattern=r"^[A-Za-z0-9.\-]+$")]


class Packages(Part):
    """One kind of packages. Source: WCO 141, 142, 144."""

    sequence: Sequence
    type: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,2}$")] | None = None
    """UN/ECE Recommendation 21."""
    count: Count | None = None
    marks: Text512 | None = None


class Document(Part):
    """A document, certificate or authorisation produced or referred to. Source: WCO D005, D006, D028, D031."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,6}$")] | None = None
    """Category and type in one (N935, C501, 9AID, 7P01)."""
    id: Text70 | None = None
    name: Text35 | None = None
    status: An3 | None = None
    """What is presented, or why not (WCO 360)."""
    valid_on: Instant | None = None
    quantity: StrictDecimal | None = None
    """How much of a permit this item uses."""
    unit: Unit | None = None
    amount: MoneyAmount | None = None
    issuer: Text70 | None = None
    issuer_role: An3 | None = None


class Charge(Part):
    """An amount to add to the price or to take off it (UCC valuation codes: A additions, B deductions)."""

    code: An3
    amount: StrictDecimal
    currency: Currency


class DutyClaim(Part):
    """What the declarant says of one duty or tax: compared with our assessment, never taken for it."""

    tax_type: An3 | None = None
    method: Annotated[str, Field(pattern=r"^[A-Za-z]$")] | None = None
    """How it is paid."""
    base_quantity: StrictDecimal | None = None
    unit: Unit | None = None
    base_amount: MoneyAmount | None = None
    deduction: MoneyAmount | None = None
    rate: StrictDecimal | None = None
    assessed: MoneyAmount | None = None
    payable: MoneyAmount | None = None


class GoodsItem(Part):
    """One line of goods: one commodity, one origin, one procedure. Source: WCO class GovernmentAgencyGoodsItem."""

    number: Annotated[int, Field(strict=True, ge=1, le=99999)]
    """WCO 006."""
    description: Text512 | None = None
    """WCO 137."""
    commodity_code: Annotated[str, Field(pattern=r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$")] | None = None
    """WCO 145: 6 digits of the Harmonized System, then the tariff's own."""
    additional_codes: tuple[AdditionalCode, ...] = ()
    un_numbers: tuple[Annotated[str, Field(pattern=r"^[0-9]{4}$")], ...] = ()
    """Dangerous goods (WCO 143)."""
    origin: Annotated[str, Field(pattern=r"^(?:[A-Z]{2}|[0-9]{4})$")] | None = None
    """WCO 063, non-preferential."""
    preferential_origin: Annotated[str, Field(pattern=r"^(?:[A-Z]{2}|[0-9]{4})$")] | None = None
    """WCO 063: a country, or a group of countries by its tariff number."""
    preference: Annotated[str, Field(pattern=r"^[0-9A-Z]{3}$")] | None = None
    """WCO 115, duty regime."""
    procedure: Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")]
    """Requested and previous procedure, two characters each (4000)."""
    additional_procedures: tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")], ...] = ()
    gross_mass_kg: StrictDecimal | None = None
    """WCO 126."""
    net_mass_kg: StrictDecimal | None = None
    """WCO 128."""
    supplementary_quantity: Quantity | None = None
    """WCO 130."""
    price: MoneyAmount | None = None
    """WCO 112, the item's price on the invoice."""
    statistical_value: MoneyAmount | None = None
    """WCO 114."""
    customs_value: MoneyAmount | None = None
    """WCO 108."""
    valuation_method: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")] | None = None
    """WCO 103: 1 to 6, as in the articles of the WTO Valuation Agreement."""
    valuation_indicators: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,4}$")] | None = None
    valuation_adjustments: tuple[Charge, ...] = ()
    packages: tuple[Packages, ...] = ()
    container_ids: tuple[Text17, ...] = ()
    documents: tuple[Document, ...] = ()
    previous_documents: tuple[PreviousDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    export_country: Country | None = None
    destination_country: Country | None = None
    quota_order_number: Text17 | None = None
    transaction_nature: TransactionNature | None = None
    ucr: Text35 | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    buyer: Party | None = None
    seller: Party | None = None
    additional_actors: tuple[Role, ...] = ()
    fiscal_references: tuple[Role, ...] = ()
    duty_claims: tuple[DutyClaim, ...] = ()

    @property
    def hs6(self) -> str:
        """The subheading of the Harmonized System, or nothing where no commodity is declared."""
        return (self.commodity_code or "")[:6]
