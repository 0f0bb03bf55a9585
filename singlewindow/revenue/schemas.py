"""Messages of the API: a claim, in one of its three kinds."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from singlewindow.revenue.types import ClaimKind, DrawbackBasis

Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")]
Quantity = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
Mrn = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]


class Part(BaseModel):
    """What every part shares: nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LineRequest(Part):
    """What is asked back of one tax of one item; item 0 is the whole declaration."""

    item: Annotated[int, Field(strict=True, ge=0, le=99999)]
    tax_type: Annotated[str, Field(min_length=1, max_length=10)]
    amount: Amount

    @property
    def figure(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.amount)


class ExitRequest(Part):
    """Goods of one item that left again or were destroyed."""

    basis: DrawbackBasis
    import_item: Annotated[int, Field(strict=True, ge=1, le=99999)]
    export_item: Annotated[int, Field(strict=True, ge=1, le=99999)] | None = None
    quantity: Quantity
    evidence: Annotated[str, Field(max_length=200)] = ""


class ClaimRequest(Part):
    """A claim: a repayment names lines, a drawback exits, a remission a demand."""

    kind: ClaimKind
    text: Annotated[str, Field(max_length=1000)]
    reason_code: Annotated[str, Field(max_length=20)] = ""
    mrn: Mrn | None = None
    lines: Annotated[list[LineRequest], Field(max_length=500)] = []
    export_mrn: Mrn | None = None
    authorisation: Annotated[str, Field(max_length=35)] = ""
    exits: Annotated[list[ExitRequest], Field(max_length=100)] = []
    demand_id: UUID | None = None
