"""What an assessment reads out of the reduced form of a quote."""

from declarations.schemas import MoneyAmount
from fees.schemas import QuoteItem, QuoteRequest
from fees.types import Direction, Facts, ItemFacts, Sum


def facts_of_request(request: QuoteRequest) -> Facts:
    """The facts of a quote, as a declaration of the same goods would give them."""
    return Facts(
        direction=Direction(request.direction),
        items=tuple(_item(item, i) for i, item in enumerate(request.items)),
        incoterm=request.incoterm or "",
        freight=_sum(request.freight, "/freight"),
        insurance=_sum(request.insurance, "/insurance"),
    )


def _item(item: QuoteItem, place: int) -> ItemFacts:
    pointer = f"/items/{place}"
    return ItemFacts(
        number=place + 1,
        pointer=pointer,
        commodity_code=item.commodity_code,
        origin=item.origin or "",
        preference=item.preference,
        procedure=item.procedure,
        additional_procedures=item.additional_procedures,
        additional_codes=item.additional_codes,
        price=_sum(item.price, f"{pointer}/price"),
        net_mass_kg=item.net_mass_kg,
        gross_mass_kg=item.gross_mass_kg,
        quantities=tuple((stated.unit, stated.quantity) for stated in item.quantities if stated.unit),
        documents=item.documents,
        quota_order_number=item.quota_order_number or "",
    )


def _sum(amount: MoneyAmount | None, pointer: str) -> Sum | None:
    return None if amount is None else Sum(amount.amount, amount.currency, pointer)
