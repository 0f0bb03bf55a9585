"""What software sends of disclosures."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from declarations.schemas.fields import StrictDecimal


class DisclosureRequest(BaseModel):
    """An error of one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mrn: Annotated[str, Field(pattern=r"^[0-9]{2}[A-Z]{2}[A-Z0-9]{14}$", description="Number of the declaration")]
    offence: Annotated[str, Field(min_length=1, max_length=6, description="Code of the breach")]
    facts: Annotated[str, Field(min_length=1, max_length=2000, description="What was wrong, and how it happened")]
    element: Annotated[str, Field(max_length=250, description="Pointer to what was declared wrongly")] = ""
    evaded: Annotated[StrictDecimal, Field(description="Duty and taxes not paid, in home currency")] = Decimal(0)
