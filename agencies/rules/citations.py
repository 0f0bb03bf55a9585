"""What a declaration says of the permits that it names: pure functions, each finding with its rule id.

Source: docs/rules/agencies.md, AG-001 to AG-006.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.rules.needs import country_of, documents_of, goods_quantity
from agencies.states import PermitState
from agencies.types import PermitInfo
from declarations.schemas import DeclarationMessage, GoodsItem
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import Money

LPCO_CODE = re.compile(r"7P[0-9]{2}", re.ASCII)
"""Document codes of permits that agencies of this window issue; no other code list uses the range."""

WHOLE_CONSIGNMENT = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """A permit that a declaration names: where it stands, and for which goods."""

    pointer: str
    item: int
    goods: tuple[GoodsItem, ...]
    code: str
    number: str
    quantity: Decimal | None
    unit: str


def citations_of(message: DeclarationMessage) -> tuple[Citation, ...]:
    """The permits that a message names."""
    return tuple(
        Citation(
            pointer=f"{pointer}/{position}",
            item=WHOLE_CONSIGNMENT if item is None else item.number,
            goods=message.items if item is None else (item,),
            code=document.code,
            number=document.id or "",
            quantity=document.quantity,
            unit=document.unit or "",
        )
        for pointer, position, item, document in documents_of(message)
        if document.code and LPCO_CODE.fullmatch(document.code)
    )


def covered(permit: PermitInfo, message: DeclarationMessage, goods: Iterable[GoodsItem]) -> tuple[GoodsItem, ...]:
    """The items that a permit covers by commodity and country."""
    return tuple(
        item
        for item in goods
        if (item.commodity_code or "").startswith(permit.hs_prefix)
        and (not permit.origin or permit.origin == country_of(message, item))
    )


def quantity_of(citation: Citation, permit: PermitInfo, message: DeclarationMessage) -> Decimal | None:
    """What to write off: the quantity that is stated, else what the covered goods themselves say."""
    if citation.quantity is not None:
        return citation.quantity
    parts = [goods_quantity(item, permit.unit) for item in covered(permit, message, citation.goods)]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None


def citation_findings(
    citation: Citation, permit: PermitInfo | None, message: DeclarationMessage, on: date
) -> Iterator[Violation]:
    """Everything that is wrong with one permit that a declaration names.

    A permit that is used up is no error: the goods wait for its agency (AG-021).
    """
    if permit is None:
        yield unknown_permit(citation)
        return
    yield from _validity(citation, permit, on)
    yield from _coverage(citation, permit, message)
    yield from _quantity(citation, permit, message)
    yield from _value(citation, permit, message)
    yield from _holder(citation, permit, message)


def unknown_permit(citation: Citation) -> Violation:
    """AG-001: the permit exists, and its holder is an organisation that the actor may file for.

    A permit of someone else is unknown too, in the same words: its existence is its holder's secret.
    """
    return Violation(
        rule="AG-001",
        pointer=f"{citation.pointer}/id",
        message="Unknown permit: no permit of this type and number is held by a party you may file for.",
        remedy="Check type and number against the permit itself.",
        value=citation.number,
    )


def _validity(citation: Citation, permit: PermitInfo, on: date) -> Iterator[Violation]:
    """AG-002: the permit is in force on the day, and is neither suspended nor revoked."""
    state = permit.state_on(on)
    pointer = f"{citation.pointer}/id"
    if on < permit.valid_from:
        sentence = f"The permit is valid from {permit.valid_from} only."
        yield Violation("AG-002", pointer, sentence, "Use a permit that is valid today.", citation.number)
    elif state is PermitState.EXPIRED or on > permit.valid_to:
        sentence = f"The permit ended on {permit.valid_to}."
        yield Violation("AG-002", pointer, sentence, "Ask the agency for a new permit.", citation.number)
    elif state in (PermitState.SUSPENDED, PermitState.REVOKED):
        sentence = f"The permit is {state}."
        yield Violation("AG-002", pointer, sentence, "Ask the agency that issued it.", citation.number)


def _coverage(citation: Citation, permit: PermitInfo, message: DeclarationMessage) -> Iterator[Violation]:
    """AG-003: the permit covers the direction, the commodity and the country of the goods."""
    pointer = f"{citation.pointer}/id"
    if permit.direction != message.direction:
        yield Violation(
            "AG-003", pointer, f"The permit is for {permit.direction} only.", "Name a permit for this direction."
        )
    elif not covered(permit, message, citation.goods):
        where = f" from or to {permit.origin}" if permit.origin else ""
        yield Violation(
            "AG-003",
            pointer,
            f"The permit covers goods of HS {permit.hs_prefix}{where}, which these are not.",
            "Name the permit that was issued for these goods.",
            citation.number,
        )


def _quantity(citation: Citation, permit: PermitInfo, message: DeclarationMessage) -> Iterator[Violation]:
    """AG-004: the quantity is positive, and in the unit of the permit."""
    if citation.unit and citation.unit != permit.unit:
        yield Violation(
            "AG-004",
            f"{citation.pointer}/unit",
            f"The permit is written off in {permit.unit}.",
            f"State the quantity in {permit.unit}.",
            citation.unit,
        )
        return
    quantity = quantity_of(citation, permit, message)
    if quantity is None:
        if covered(permit, message, citation.goods):
            yield Violation(
                "AG-004",
                f"{citation.pointer}/quantity",
                f"How much of the permit these goods use is not stated, and cannot be told in {permit.unit}.",
                f"State the quantity in {permit.unit}.",
            )
    elif quantity <= 0 or quantity != round(quantity, 6):
        yield Violation(
            "AG-004",
            f"{citation.pointer}/quantity",
            "The quantity to write off must be more than zero, with six decimals at most.",
            value=format(quantity, "f"),
        )


def goods_value(item: GoodsItem) -> Money | None:
    """What the item is worth, as far as it says: statistical value, customs value, else price."""
    told = item.statistical_value or item.customs_value or item.price
    return Money(told.amount, told.currency) if told is not None else None


def _value(citation: Citation, permit: PermitInfo, message: DeclarationMessage) -> Iterator[Violation]:
    """AG-006: a permit that is limited by value is named for goods whose value is told."""
    if permit.value_limit is None:
        return
    if any(goods_value(item) is None for item in covered(permit, message, citation.goods)):
        yield Violation(
            "AG-006",
            f"{citation.pointer}/id",
            "The permit is limited by value, and these goods tell none.",
            "State the price of the item.",
            citation.number,
        )


def _holder(citation: Citation, permit: PermitInfo, message: DeclarationMessage) -> Iterator[Violation]:
    """AG-005: the permit's holder is the importer, or the exporter of an export, where one is named by its number."""
    party = message.importer if message.direction == "import" else message.exporter
    if party is not None and party.id and party.id != permit.holder_identifier:
        role = "importer" if message.direction == "import" else "exporter"
        yield Violation(
            "AG-005",
            f"{citation.pointer}/id",
            f"The permit was issued to another party than the {role}.",
            f"Name a permit of the {role}, or correct the {role}.",
            citation.number,
        )
