"""From a JSON pointer of ours, or an XPath of the sender's, to the pointer of a response of the WCO."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from declarations.messages.cds.nodes import Group, Leaf
from declarations.messages.cds.table import DECLARATION
from singlewindow.notifications.types import Pointer, Step
from singlewindow.notifications.wco_ids import CLASSES, TAGS

PART = re.compile(r"([A-Za-z]+)(?:\[([0-9]+)\])?", re.ASCII)
_ITEM = ("GoodsShipment", "GovernmentAgencyGoodsItem")

FOLDED: dict[str, tuple[str, ...]] = {
    # Fields that several elements make up, or that stand elsewhere: the element that a sender would look at.
    "items.commodity_code": (*_ITEM, "Commodity", "Classification", "ID"),
    "items.documents.code": (*_ITEM, "AdditionalDocument", "TypeCode"),
    "items.origin": (*_ITEM, "Origin", "CountryCode"),
    "items.preferential_origin": (*_ITEM, "Origin", "CountryCode"),
    "items.procedure": (*_ITEM, "GovernmentProcedure", "CurrentCode"),
    "items.additional_procedures": (*_ITEM, "GovernmentProcedure", "CurrentCode"),
    "items.container_ids": (*_ITEM, "Commodity", "TransportEquipment", "ID"),
    "items.preference": (*_ITEM, "Commodity", "DutyTaxFee", "DutyRegimeCode"),
}


def path_of(pointer: str, source: str = "") -> Pointer:
    """The classes and the element that a finding is about; what cannot be said as deep is said as deep as it can.

    Args:
        pointer: a JSON pointer into the canonical form.
        source: the XPath in the sender's own XML, which says it exactly where there is one.
    """
    if source.startswith("/"):
        names = [(name, int(number) if number else None) for name, number in PART.findall(_local(source))]
        return _steps([part for part in names if part[0] != "MetaData"])
    tokens = [token for token in pointer.split("/") if token]
    names_only = [token for token in tokens if not token.isdigit()]
    elements = _elements(".".join(names_only))
    numbers = [int(token) + 1 for token in tokens if token.isdigit()]
    first = numbers[0] if numbers and tokens[0] == "items" else None
    return _steps(
        [(name, first if name == "GovernmentAgencyGoodsItem" else None) for name in ("Declaration", *elements)]
    )


def _local(xpath: str) -> str:
    return re.sub(r"[A-Za-z_0-9.-]+:", "", xpath)


def _steps(names: Sequence[tuple[str, int | None]]) -> Pointer:
    steps: list[Step] = []
    around = ""
    for name, number in names:
        if name in CLASSES and name != "Authentication":
            steps.append(Step(CLASSES[name], "", number))
        elif (tag := TAGS.get(f"{around}/{name}")) and steps:
            last = steps[-1]
            steps[-1] = Step(last.section, tag[:4], last.sequence)
        around = name
    return tuple(steps)


@cache
def _elements(dotted: str) -> tuple[str, ...]:
    """The elements below the declaration for a field, or for the nearest field around it that has one."""
    tokens = tuple(dotted.split(".")) if dotted else ()
    while tokens:
        found = FOLDED.get(".".join(tokens)) or next(_searched(DECLARATION, tokens), None)
        if found is not None:
            return found
        tokens = tokens[:-1]
    return ()


def _searched(group: Group, tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for part in group.parts:
        to = tuple(part.to.split(".")) if part.to else ()
        if isinstance(part, Leaf):
            if to and to == tokens:
                yield (part.name,)
        elif tokens[: len(to)] == to:
            rest = tokens[len(to) :]
            if not rest and to:
                yield (part.name,)
            elif rest:
                yield from ((part.name, *below) for below in _searched(part, rest))
