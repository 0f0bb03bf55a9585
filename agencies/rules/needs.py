"""What the law of the agencies asks of goods: pure functions.

Source: docs/rules/agencies.md, AG-010 to AG-014.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from agencies.types import AgencyInfo, CertificateKindInfo, DisclaimerInfo, ItemRequirement, RequirementInfo
from declarations.schemas import DeclarationMessage, Document, GoodsItem

PREFIX_LENGTHS = (2, 4, 6, 8, 10)
KG_PER_TONNE = 1000


@dataclass(frozen=True, slots=True)
class RequirementIndex:
    """Every requirement of one version, found by direction and HS prefix without asking the database."""

    version: int
    agencies: Mapping[str, AgencyInfo]
    by_prefix: Mapping[tuple[str, str], tuple[RequirementInfo, ...]]
    disclaimers: Mapping[str, DisclaimerInfo] = field(default_factory=dict)
    certificates: Mapping[str, CertificateKindInfo] = field(default_factory=dict)
    loaded_by: str = ""

    def for_goods(self, *, direction: str, commodity_code: str, country: str, on: date) -> Iterator[RequirementInfo]:
        """The requirements that goods meet with, the widest prefix first."""
        for length in PREFIX_LENGTHS:
            if length > len(commodity_code):
                return
            for requirement in self.by_prefix.get((direction, commodity_code[:length]), ()):
                if requirement.covers(country, on):
                    yield requirement


EMPTY_INDEX = RequirementIndex(version=0, agencies={}, by_prefix={})


def index_of(
    version: int,
    agencies: Iterable[AgencyInfo],
    requirements: Iterable[RequirementInfo],
    *,
    disclaimers: Iterable[DisclaimerInfo] = (),
    certificates: Iterable[CertificateKindInfo] = (),
    loaded_by: str = "",
) -> RequirementIndex:
    """Arrange requirements for look-up."""
    by_prefix: dict[tuple[str, str], tuple[RequirementInfo, ...]] = {}
    for requirement in requirements:
        key = (requirement.direction, requirement.hs_prefix)
        by_prefix[key] = (*by_prefix.get(key, ()), requirement)
    return RequirementIndex(
        version,
        {agency.code: agency for agency in agencies},
        by_prefix,
        {one.code: one for one in disclaimers},
        {one.code: one for one in certificates},
        loaded_by,
    )


def country_of(message: DeclarationMessage, item: GoodsItem) -> str:
    """The country that a requirement asks about: the origin of an import, the destination of an export."""
    if message.direction == "import":
        return item.origin or message.export_country or ""
    return item.destination_country or message.destination_country or ""


def requirements_of(message: DeclarationMessage, index: RequirementIndex, on: date) -> tuple[ItemRequirement, ...]:
    """Every requirement that the items of a message meet with, in the order of the items (AG-010, AG-013, AG-014)."""
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
        if requirement.asked_of(
            item.procedure,
            item.additional_procedures,
            goods_quantity(item, requirement.unit) if requirement.exempt_below else None,
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


def waiver_of(message: DeclarationMessage, need: ItemRequirement) -> str:
    """The code of the exemption or disclaimer that is declared for the item or the whole; empty: none (AG-011)."""
    if not need.requirement.waivers:
        return ""
    for _, _, item, document in documents_of(message):
        if document.code in need.requirement.waivers and (item is None or item.number == need.item):
            return document.code or ""
    return ""


def goods_quantity(item: GoodsItem, unit: str) -> Decimal | None:
    """How much of a permit in this unit the item uses by its own masses and quantities, if they tell."""
    if unit in ("KGM", "TNE") and item.net_mass_kg is not None:
        return item.net_mass_kg if unit == "KGM" else item.net_mass_kg / KG_PER_TONNE
    supplementary = item.supplementary_quantity
    return supplementary.quantity if supplementary is not None and supplementary.unit == unit else None


def disclaimer_applies(disclaimer: DisclaimerInfo | None, commodity_code: str, on: date) -> bool:
    """Whether a disclaimer may be declared for goods on a day; a code without data is a plain exemption (AG-090)."""
    if disclaimer is None:
        return True
    in_force = disclaimer.valid_from <= on and (disclaimer.valid_to is None or on <= disclaimer.valid_to)
    return in_force and (not disclaimer.hs_prefixes or commodity_code.startswith(disclaimer.hs_prefixes))
