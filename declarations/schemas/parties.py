"""Who is named in a declaration, and what they hold or secure."""

from typing import Annotated, Literal

from pydantic import Field

from declarations.schemas.fields import (
    An3,
    Country,
    MoneyAmount,
    Part,
    Text4,
    Text9,
    Text17,
    Text35,
    Text50,
    Text70,
    Text256,
    Text512,
)

Identifier = Text17
"""The identification of a party (EORI, TIN): WCO R-elements, an..17."""


class Address(Part):
    """A postal address."""

    line: Text70 | None = None
    """WCO 239, street and number."""
    city: Text35 | None = None
    """WCO 241."""
    postcode: Text9 | None = None
    """WCO 245."""
    country: Country | None = None
    """WCO 242."""
    region: Text35 | None = None
    """WCO 243, part of the country, by code or name."""


class Communication(Part):
    """One way to reach a party."""

    type: An3 | None = None
    """TE telephone, EM e-mail, FX fax (UN/EDIFACT 3155)."""
    value: Text50 | None = None


class Party(Part):
    """A party by its identification, or by name and address."""

    id: Identifier | None = None
    name: Text70 | None = None
    address: Address | None = None
    contact: Text70 | None = None
    communication: Communication | None = None


class Representative(Part):
    """Who acts for the declarant. Source: WCO class Agent (R003, R004)."""

    id: Identifier | None = None
    name: Text70 | None = None
    address: Address | None = None
    status: Literal["direct", "indirect", "self"] | None = None


class Role(Part):
    """A further party in a coded role (supply chain actor, fiscal reference)."""

    role: An3
    id: Identifier


class Authorisation(Part):
    """A decision of customs that the declaration rests on."""

    id: Identifier
    """Who holds it."""
    category: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")]
    """Its kind (CGU, DPO, SDE, EIR)."""


class Guarantee(Part):
    """What secures the debt. Source: WCO class ObligationGuarantee."""

    id: Text70 | None = None
    """Its reference number (GRN)."""
    reference: Text35 | None = None
    """Another reference of it."""
    security_code: An3 | None = None
    """Its type (WCO 100)."""
    access_code: Text4 | None = None
    amount: MoneyAmount | None = None
    office: Text17 | None = None


class PreviousDocument(Part):
    """What the goods stood on before. Source: WCO D018, D019, D031."""

    category: An3
    """X declaration, Y initial declaration, Z earlier document."""
    type: An3
    id: Text70
    line: Annotated[int, Field(strict=True, ge=0, le=99999)] | None = None


class AdditionalInformation(Part):
    """A statement. Source: WCO 225, 226."""

    code: Text17 | None = None
    text: Text512 | None = None
    type: An3 | None = None


class OtherElement(Part):
    """An element of the sender's message that has no field of its own here: kept as it came, decided upon by nobody."""

    path: Annotated[str, Field(min_length=1, max_length=250, pattern=r"^[A-Za-z0-9/\[\]@]+$")]
    """Its place in the sender's message, for example Surety/Name."""
    value: Text512


class GoodsLocation(Part):
    """Where the goods can be looked at. Source: WCO 064, L097."""

    type: An3 | None = None
    """A designated place, B authorised place, C approved place, D other."""
    qualifier: An3 | None = None
    """How the place is named: U UN/LOCODE, Y authorisation number, Z address and so on."""
    id: Text17 | None = None
    name: Text256 | None = None
    country: Country | None = None
    line: Text70 | None = None
    city: Text35 | None = None
    postcode: Text9 | None = None
