"""The reduced form of a quote: only what costs depend on. A whole declaration message may be sent instead."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from declarations.schemas import MoneyAmount, Part, Quantity
from declarations.schemas.fields import Country, StrictDecimal


class QuoteItem(Part):
    """One kind of goods."""

    commodity_code: Annotated[str, Field(pattern=r"^(?:[0-9]{6}|[0-9]{8}|[0-9]{10})$")]
    origin: Country | None = None
    price: MoneyAmount
    net_mass_kg: StrictDecimal | None = None
    gross_mass_kg: StrictDecimal | None = None
    quantities: Annotated[tuple[Quantity, ...], Field(max_length=5)] = ()
    """Quantities beside the mass, where a rate is charged on them (litres, items)."""
    procedure: Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")] = "4000"
    additional_procedures: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")], ...], Field(max_length=9)
    ] = ()
    additional_codes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,6}$")], ...], Field(max_length=9)
    ] = ()
    preference: Annotated[str, Field(pattern=r"^[0-9]{3}$")] = "100"
    documents: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]{2,6}$")], ...], Field(max_length=20)] = ()
    """Codes of the documents at hand; a proof of origin opens a preference."""
    quota_order_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z.\-]{1,17}$")] | None = None
    """The tariff quota that is asked for."""


class QuoteRequest(Part):
    """What is to be brought in or sent out."""

    direction: Literal["import", "export"] = "import"
    incoterm: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    freight: MoneyAmount | None = None
    insurance: MoneyAmount | None = None
    items: Annotated[tuple[QuoteItem, ...], Field(min_length=1, max_length=999)]


class QuoteToVerify(Part):
    """A quote with the signature that came with it: the answer itself, or the SHA-256 of its bytes."""

    quote: dict[str, Any] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = ""
    signature: Annotated[str, Field(min_length=1, max_length=4096)]

    @model_validator(mode="after")
    def _one_of_them(self) -> "QuoteToVerify":
        if (self.quote is None) == (not self.sha256):
            raise ValueError("state the quote, or the SHA-256 of its bytes")
        return self
