"""Amendments by WCO pointers: the elements that they name are taken from the request and put into the declaration.

A pointer leads from the declaration (42A) through classes, each with the number of the line or its place in the
order, to a class or one element (`TagID`). What the request holds at that place is the new value; where it holds
nothing there, the element or the line is taken away. Items are numbered anew after one was removed (DL-002).

Source: WCO Data Model 3, classes 06A and 97A; HMRC CDS amendment samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from declarations.messages.cds.ids import class_id, element_id
from declarations.messages.cds.nodes import WCO, Group, Leaf
from declarations.messages.cds.table import DECLARATION
from singlewindow.kernel.errors import Violation

POINTER_RULE = "DL-092"
"""Each pointer of an amendment leads to an element of the declaration."""

_NAME = f"{{{WCO}}}"
_NUMBER = f"{_NAME}SequenceNumeric"


@dataclass(frozen=True, slots=True)
class Step:
    """One class on the way of a pointer."""

    group: Group
    number: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change that a request asks for."""

    steps: tuple[Step, ...]
    leaf: Leaf | None
    """The element that changes; none where the class as a whole does."""
    reason_code: str


def amendments_read(request: _Element) -> tuple[list[Amendment], list[Violation]]:
    """The amendments of a request, and what is wrong with their pointers."""
    read: list[Amendment] = []
    wrong: list[Violation] = []
    for place, element in enumerate(request.findall(f"{_NAME}Amendment"), 1):
        reason = (element.findtext(f"{_NAME}ChangeReasonCode") or "").strip()
        found = _resolved(element, reason)
        if found is None:
            text = "The pointer leads to no element of a declaration."
            remedy = "Begin with class 42A and name each class on the way."
            wrong.append(Violation(POINTER_RULE, "", text, remedy, source=f"/Declaration/Amendment[{place}]"))
        else:
            read.append(found)
    return read, wrong


def _resolved(element: _Element, reason: str) -> Amendment | None:
    pointers = [
        (_section(pointer), _number(pointer), (pointer.findtext(f"{_NAME}TagID") or "").strip())
        for pointer in element.findall(f"{_NAME}Pointer")
    ]
    if not pointers or pointers[0][0] != class_id("Declaration"):
        return None
    group, steps = DECLARATION, []
    for place, (section, number, tag) in enumerate(pointers):
        if place:
            inner = next(
                (part for part in group.parts if isinstance(part, Group) and class_id(part.name) == section), None
            )
            if inner is None:
                return None
            group = inner
            steps.append(Step(group, number))
        if tag:
            leaf = next(
                (one for one in group.parts if isinstance(one, Leaf) and element_id(group.name, one.name) == tag), None
            )
            return Amendment(tuple(steps), leaf, reason) if leaf and place == len(pointers) - 1 else None
    return Amendment(tuple(steps), None, reason) if steps else None


def _section(pointer: _Element) -> str:
    return (pointer.findtext(f"{_NAME}DocumentSectionCode") or "").strip()


def _number(pointer: _Element) -> int:
    text = (pointer.findtext(_NUMBER) or "1").strip()
    return int(text) if text.isdecimal() and text.isascii() else 1


def amend(declaration: _Element, request: _Element, amendments: list[Amendment]) -> None:
    """Change the elements of a declaration as a request asks, all in one."""
    removed: list[_Element] = []
    sources = [_content(request, one, amendments) for one in amendments]
    for amendment, source in zip(amendments, sources, strict=True):
        removed += _applied(declaration, amendment, source)
    for element in removed:
        if (parent := element.getparent()) is not None:
            parent.remove(element)
    if any(element.tag == f"{_NAME}GovernmentAgencyGoodsItem" for element in removed):
        items = declaration.findall(f"{_NAME}GoodsShipment/{_NAME}GovernmentAgencyGoodsItem/{_NUMBER}")
        for place, number in enumerate(items, 1):
            number.text = str(place)


def _content(request: _Element, amendment: Amendment, all_of: list[Amendment]) -> _Element | None:
    """What the request holds at the place of an amendment."""
    element = request
    for depth, step in enumerate(amendment.steps):
        there = _own(element, step.group)
        found = _by_number(there, step) if _is_numbered(step.group) else None
        if found is None and not _is_numbered(step.group):
            found = _by_rank(there, step, sorted(_numbers_at(all_of, amendment, depth)))
        if found is None:
            return None
        element = found
    return element.find(_NAME + amendment.leaf.name) if amendment.leaf else element


def _own(element: _Element, group: Group) -> list[_Element]:
    """The elements of a group, without the statements that explain the request itself."""
    found = element.findall(_NAME + group.name)
    return [one for one in found if one.find(f"{_NAME}Pointer") is None]


def _is_numbered(group: Group) -> bool:
    return group.many and any(part.name == "SequenceNumeric" for part in group.parts)


def _by_number(there: list[_Element], step: Step) -> _Element | None:
    return next((one for one in there if (one.findtext(_NUMBER) or "").strip() == str(step.number)), None)


def _by_rank(there: list[_Element], step: Step, numbers: list[int]) -> _Element | None:
    """Lines without numbers: the whole list in its order, or as many lines as there are pointers to them."""
    if not step.group.many:
        return there[0] if there else None
    if len(there) == len(numbers):
        return there[numbers.index(step.number)]
    return there[step.number - 1] if 0 < step.number <= len(there) else None


def _numbers_at(all_of: list[Amendment], amendment: Amendment, depth: int) -> Iterator[int]:
    """The numbers that pointers on the same way name at this depth, each once."""
    way = amendment.steps[:depth]
    numbers = {
        one.steps[depth].number
        for one in all_of
        if len(one.steps) > depth
        and one.steps[:depth] == way
        and one.steps[depth].group is amendment.steps[depth].group
    }
    return iter(numbers)


def _applied(declaration: _Element, amendment: Amendment, source: _Element | None) -> list[_Element]:
    """Make one change; what is to go is given back, so that places in lists hold until all changes are made."""
    element, around = declaration, DECLARATION
    for depth, step in enumerate(amendment.steps):
        last = depth == len(amendment.steps) - 1 and amendment.leaf is None
        there = _own(element, step.group)
        found = _by_number(there, step) if _is_numbered(step.group) else None
        if found is None and not _is_numbered(step.group):
            place = step.number - 1 if step.group.many else 0
            found = there[place] if 0 <= place < len(there) else None
        if last:
            return _class_changed(element, around, step.group, found, source)
        if found is None:
            if source is None:
                return []
            found = _new(element, around, step)
        element, around = found, step.group
    leaf = amendment.leaf
    assert leaf is not None
    old = element.find(_NAME + leaf.name)
    if source is None:
        return [old] if old is not None else []
    _put(element, around, leaf.name, source, old)
    return []


def _class_changed(
    element: _Element, around: Group, group: Group, old: _Element | None, source: _Element | None
) -> list[_Element]:
    if source is None:
        return [old] if old is not None else []
    _put(element, around, group.name, source, old)
    return []


def _put(element: _Element, around: Group, name: str, source: _Element, old: _Element | None) -> None:
    """A copy of the source in place of the old element, or at its place in the order of the group."""
    copy = _copy(source)
    if old is not None:
        element.replace(old, copy)
    else:
        element.insert(_place(element, around, name), copy)


def _new(element: _Element, around: Group, step: Step) -> _Element:
    child = element.makeelement(_NAME + step.group.name)
    element.insert(_place(element, around, step.group.name), child)
    if _is_numbered(step.group):
        number = child.makeelement(_NUMBER)
        number.text = str(step.number)
        child.append(number)
    return child


def _place(element: _Element, around: Group, name: str) -> int:
    own = around.members[_NAME + name][0]
    return sum(1 for child in element if around.members[str(child.tag)][0] <= own)


def _copy(source: _Element) -> _Element:
    copy = source.makeelement(source.tag, {str(name): str(value) for name, value in source.items()})
    copy.text = source.text
    for child in source:
        copy.append(_copy(child))
    return copy
