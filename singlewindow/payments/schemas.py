"""What software sends to have something paid."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from declarations.schemas import MoneyAmount, Part

Ids = Annotated[tuple[UUID, ...], Field(max_length=100)]


class BasketRequest(Part):
    """What is to be paid at once."""

    demands: Ids = ()
    declarations: Ids = ()
    top_up: MoneyAmount | None = None
    """Onto the prepaid account."""


class PayRequest(Part):
    """How it is to be paid."""

    method: Literal["account", "provider", "bank"]
    provider: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")] = ""
