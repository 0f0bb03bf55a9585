"""What the law of the agencies says of a declaration: pure functions, each finding with its rule id.

Source: docs/rules/agencies.md.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.states import PermitState
from agencies.types import AgencyInfo, ItemRequirement, PermitInfo, RequirementInfo
from declarations.schemas import DeclarationMessage, Document, GoodsItem
from singlewindow.kernel.errors import Violation

LPCO_CODE = re.compile(r"7P[0-9]{2}", re.ASCII)
"""Document codes of permits that agencies of this window issue; no other code list uses the range."""

PREFIX_LENGTHS = (2, 4, 6, 8, 10)
WHOLE_CONSIGNMENT = 0
KG_PER_TONNE = 1000


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


@dataclass(frozen=True, slots=True)
class RequirementIndex:
    """Every requirement of one version, found by direction and HS prefix without asking the database."""

    version: int
    agencies: Mapping[str, AgencyInfo]
    by_prefix: Mapping[tuple[str, str], tuple[RequirementInfo, ...]]

    def for_goods(self, *, direction: str, commodity_code: str, country: str, on: date) -> Iterator[RequirementInfo]:
        """The requirements that goods meet with, the widest prefix first."""
        for length in PREFIX_LENGTHS:
            if length > len(commodity_code):
                return
            for requirement in self.by_prefix.get((direction, commodity_code[:length]), ()):
                if requirement.covers(country, on):
                    yield requirement


EMPTY_INDEX = RequirementIndex(version=0, agencies={}, by_prefix={})


def index_of(version: int, agencies: Iterable[AgencyInfo], requirements: Iterable[RequirementInfo]) -> RequirementIndex:
    """Arrange requirements for look-up."""
    by_prefix: dict[tuple[str, str], tuple[RequirementInfo, ...]] = {}
    for requirement in requirements:
        key = (requirement.direction, requirement.hs_prefix)
        by_prefix[key] = (*by_prefix.get(key, ()), requirement)
    return RequirementIndex(version, {agency.code: agency for agency in agencies}, by_prefix)


def country_of(message: DeclarationMessage, item: GoodsItem) -> str:
    """The country that a requirement asks about: the origin of an import, the destination of an export."""
    if message.direction == "import":
        return item.origin or message.export_country or ""
    return item.destination_country or message.destination_country or ""


def requirements_of(message: DeclarationMessage, index: RequirementIndex, on: date) -> tuple[ItemRequirement, ...]:
    """Every requirement that the items of a message meet with, in the order of the items (AG-010)."""
    if not index.by_prefix:
        return ()
    return tuple(
        ItemRequirement(item.number, requirement)
        for item in message.items
        if item.commodity_code
        for requirement in index.for_goods(
            direction=message.direction,
            commodity_code=item.commodity_code,
            country=country_of(message, item),
            on=on,
        )
    )


def documents_of(message: DeclarationMessage) -> Iterator[tuple[str, int, GoodsItem | None, Document]]:
    """Every document with the JSON pointer of its list and its place there, in the order of the message.

    The item is empty for the header.
    """
    for position, document in enumerate(message.documents):
        yield "/documents", position, None, document
    for index, item in enumerate(message.items):
        pointer = f"/items/{index}/documents"
        for position, document in enumerate(item.documents):
            yield pointer, position, item, document


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


def waived(message: DeclarationMessage, need: ItemRequirement) -> bool:
    """Whether a coded exemption from the requirement is declared for the item or the whole (AG-011)."""
    if not need.requirement.waivers:
        return False
    return any(
        document.code in need.requirement.waivers
        for _, _, item, document in documents_of(message)
        if item is None or item.number == need.item
    )


def goods_quantity(item: GoodsItem, unit: str) -> Decimal | None:
    """How much of a permit in this unit the item uses by its own masses and quantities, if they tell."""
    if unit in ("KGM", "TNE") and item.net_mass_kg is not None:
        return item.net_mass_kg if unit == "KGM" else item.net_mass_kg / KG_PER_TONNE
    supplementary = item.supplementary_quantity
    return supplementary.quantity if supplementary is not None and supplementary.unit == unit else None


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
