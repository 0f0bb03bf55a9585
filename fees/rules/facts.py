"""What an assessment reads out of a declaration message."""

from collections.abc import Iterable
from decimal import Decimal

from declarations.schemas import Charge, DeclarationMessage, Document, GoodsItem, MoneyAmount
from fees.types import Direction, Facts, ItemFacts, Sum


def facts_of(message: DeclarationMessage) -> Facts:
    """The facts of a message, each sum with the place that states it."""
    valuation = message.valuation
    return Facts(
        direction=Direction(message.direction),
        items=tuple(_item(item, f"/items/{i}") for i, item in enumerate(message.items)),
        incoterm=message.delivery_terms.incoterm if message.delivery_terms else "",
        freight=_sum(valuation.freight if valuation else None, "/valuation/freight"),
        insurance=_sum(valuation.insurance if valuation else None, "/valuation/insurance"),
        additions=_charges(valuation.other_charges if valuation else (), "/valuation/other_charges"),
        deductions=_charges(valuation.deductions if valuation else (), "/valuation/deductions"),
        invoice_total=_sum(message.invoice_total, "/invoice_total"),
        documents=_codes(message.documents),
        authorisations=tuple(authorisation.category for authorisation in message.authorisations),
    )


def _item(item: GoodsItem, pointer: str) -> ItemFacts:
    adjustments = _charges(item.valuation_adjustments, f"{pointer}/valuation_adjustments")
    return ItemFacts(
        number=item.number,
        pointer=pointer,
        commodity_code=item.commodity_code or "",
        origin=item.origin or "",
        preferential_origin=item.preferential_origin or "",
        preference=item.preference or "",
        procedure=item.procedure,
        additional_procedures=item.additional_procedures,
        additional_codes=tuple(code.code for code in item.additional_codes),
        price=_sum(item.price, f"{pointer}/price"),
        stated_value=_sum(item.customs_value, f"{pointer}/customs_value")
        or _sum(item.statistical_value, f"{pointer}/statistical_value"),
        net_mass_kg=item.net_mass_kg,
        gross_mass_kg=item.gross_mass_kg,
        quantities=_quantities(item),
        additions=tuple(part for part in adjustments if not part.code.startswith("B")),
        deductions=tuple(part for part in adjustments if part.code.startswith("B")),
        documents=_codes(item.documents),
        valuation_method=item.valuation_method or "",
        quota_order_number=item.quota_order_number or "",
    )


def _quantities(item: GoodsItem) -> tuple[tuple[str, Decimal], ...]:
    """The supplementary quantity, then what the declarant states as the base of a tax."""
    stated = []
    if item.supplementary_quantity is not None and item.supplementary_quantity.unit:
        stated.append((item.supplementary_quantity.unit, item.supplementary_quantity.quantity))
    stated += [
        (claim.unit, claim.base_quantity)
        for claim in item.duty_claims
        if claim.unit and claim.base_quantity is not None
    ]
    return tuple(stated)


def _sum(amount: MoneyAmount | None, pointer: str) -> Sum | None:
    return None if amount is None else Sum(amount.amount, amount.currency, pointer)


def _charges(charges: Iterable[Charge], pointer: str) -> tuple[Sum, ...]:
    return tuple(Sum(charge.amount, charge.currency, f"{pointer}/{i}", charge.code) for i, charge in enumerate(charges))


def _codes(documents: Iterable[Document]) -> tuple[str, ...]:
    return tuple(document.code for document in documents if document.code)
